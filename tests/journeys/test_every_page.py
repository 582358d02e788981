"""Every page that anybody can reach by links, after six dossiers went their ways: whole, accessible, never too wide."""

import asyncio
import re
import time
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from playwright.sync_api import Browser
from tests.journeys.people import Somebody

from contracts.catalogue import TOPICS
from contracts.intake import DossierRated
from kit.embedded import free_port
from kit.testing.browser import chromium
from kit.testing.events import a_record
from motcua.demo.story import Walk
from motcua.programs import SERVICES
from motcua.stack import Stack

pytestmark = [
    pytest.mark.slow,
    pytest.mark.db,
    pytest.mark.kafka,
    pytest.mark.browser,
    pytest.mark.xdist_group("machine"),
    pytest.mark.timeout(900),
]
# An id, a number, a code, a token: what differs between pages that are the same.
VARIABLE = re.compile(r"^[0-9a-f-]{36}$|^\d+$|^[\w.]*\d{6}-\d+.*$|^[\w-]{20,}$")
NOT_PAGES = re.compile(
    r"\.(csv|pdf)($|\?)|/(static|documents|files|slips|result|preview|look|sign-out|api|sandbox|id)(/|$|\?)"
)
SAME = re.compile(r"(?<=/queue/)[a-z_]+")  # the lists of the queue are one page
MOST_OF_A_KIND = 6  # of pages that differ by what they are about: the six dossiers went six ways
PARKED_SECONDS = 60.0
EACH_LEAST = 3  # a person who reaches fewer pages than this has been locked out
PEOPLE = (
    ("p-applicant-hospital", ("", "/pay", "/messages")),
    ("p-applicant-dentist", ("",)),
    ("p-one-stop-officer", ("/officer", "/pay", "/desk/counter", "/desk/post")),
    ("p-post-clerk", ("/desk/post",)),
    ("p-case-officer", ("/officer",)),
    ("p-division-head", ("/officer",)),
    ("p-branch-head", ("/officer",)),
    ("p-department-leader", ("/officer",)),
    ("p-clerk", ("/officer",)),
    ("p-calendar-admin", ("/officer",)),
    ("p-accountant", ("/pay",)),
    ("p-auditor", ("/officer", "/messages", "/operator/erasures")),
    ("p-operator", ("/officer", "/operator/parked", "/operator/erasures")),
)


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A machine on which the demo's six dossiers went their roads, and a stranger wrote to its topics."""
    stack = Stack(tmp_path_factory.mktemp("walked"), free_port(), lambda words: None)
    stack.start()
    try:
        assert Walk(stack).run() == 0
        asyncio.run(write_rubbish(stack))
        until_parked(stack)
        yield stack
    finally:
        stack.stop()


async def write_rubbish(stack: Stack) -> None:
    """What nobody can read, on every topic; and an event whose first one never comes, so that it waits."""
    early = a_record(DossierRated(dossier_id=uuid4(), score=5, rated_at=datetime.now(UTC)), sequence=2)
    async with AIOKafkaProducer(bootstrap_servers=stack.kafka.bootstrap) as producer:
        for topic in TOPICS:
            await producer.send_and_wait(topic, b"\xff\x00", key=b"nobody")
        await producer.send_and_wait(early.topic, early.body, key=early.key.encode(), headers=early.headers)


def until_parked(stack: Stack) -> None:
    """Until every service keeps what it could not take, and workflow what it waits with."""
    until = time.monotonic() + PARKED_SECONDS
    query = "select count(*) from kit_parked where is_failed"
    while not (
        all(int(stack.postgres.sql(query, name)) for name in SERVICES)
        and int(stack.postgres.sql("select count(*) from kit_parked where not is_failed", "workflow"))
    ):
        assert time.monotonic() < until, "nothing was parked"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def kind_of(address: str) -> str:
    """The page an address is of: its path without what varies."""
    parts = ["{}" if VARIABLE.match(part) else part for part in urlsplit(address).path.split("/")]
    return SAME.sub("{}", "/".join(parts))


def is_seen(address: str, seen: dict[str, set[str]]) -> bool:
    """Whether enough of its kind was looked at: a dossier's own page several times, any other once."""
    kind = kind_of(address)
    looked = seen.setdefault(kind, set())
    most = MOST_OF_A_KIND if kind.endswith(("/dossiers/{}", "/cases/{}")) else 1
    return urlsplit(address).path in looked or len(looked) >= most


def visit(somebody: Somebody, person: str, address: str) -> int:
    """Go there, signing in where another service asks who it is; the answer's status."""
    answer = somebody.page.goto(address)
    if "/id/" in somebody.page.url:
        somebody.push(somebody.page.locator(f'button[name="person"][value="{person}"]').first)
        somebody.page.wait_for_url(lambda url: "/id/" not in url)
        answer = somebody.page.goto(address)
    return answer.status if answer else 0


def links_of(somebody: Somebody) -> list[str]:
    """Where the page leads to, inside the machine, without what is no page."""
    found = somebody.page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
    whole = [urljoin(somebody.page.url, href).partition("#")[0] for href in found]
    return [
        one for one in whole if one.startswith(somebody.address) and not NOT_PAGES.search(one[len(somebody.address) :])
    ]


@pytest.mark.proves("K07")
@pytest.mark.parametrize(("person", "homes"), PEOPLE, ids=[person for person, _ in PEOPLE])
def test_every_page_that_somebody_reaches_is_whole_and_accessible(
    walked: Stack, browser: Browser, person: str, homes: tuple[str, ...]
) -> None:
    seen: dict[str, set[str]] = {}
    for home in homes:
        base = "" if home.startswith(("/desk", "/operator")) else home
        somebody = Somebody(browser, walked.url, person, base)
        waiting = deque([f"{walked.url}{home or '/'}", *links_of(somebody)])
        while waiting:
            address = waiting.popleft()
            if is_seen(address, seen):
                continue
            seen[kind_of(address)].add(urlsplit(address).path)
            assert (status := visit(somebody, person, address)) == 200, f"{person} at {address}: {status}"
            name = kind_of(address).replace("/", "_").replace("{}", "x")
            somebody.look(f"all/{person}{name}-{len(seen[kind_of(address)])}")
            waiting.extend(links_of(somebody))
        somebody.close()
    assert len(seen) >= EACH_LEAST, seen


# The code of a dossier whose applicant has nothing left that is still handled: by law only they may be erased.
ENDED = """
select code from dossier d where code is not null and not exists (
  select 1 from dossier other where other.applicant_id = d.applicant_id and other.status not in (3, 7, 8, 10)
) order by code limit 1
"""


@pytest.mark.proves("K07")
def test_an_operator_erases_somebody_and_reads_the_proof_and_gives_a_parked_event_up(
    walked: Stack, browser: Browser
) -> None:
    """Last in this file: who is erased is known to nobody afterwards."""
    operator = Somebody(browser, walked.url, "p-operator", "")
    operator.go("/operator/parked")
    operator.page.locator("main table a").first.click()
    operator.press("Bỏ sự kiện này")
    operator.look("70-parked-drop")
    with operator.page.expect_navigation():
        operator.press("Bỏ sự kiện")  # without a reason
    operator.look("71-parked-drop-why")
    operator.page.locator('textarea[name="why"]').fill("Bản ghi lạ, không phải của ta")
    with operator.page.expect_navigation():
        operator.press("Bỏ sự kiện")
    operator.go("/operator/parked/decisions")
    assert "đã bỏ" in operator.words
    operator.look("72-parked-decisions")
    code = walked.postgres.sql(ENDED, "intake").strip()
    operator.go(f"/operator/erasures?code={code}")
    operator.look("73-erasure-begins")
    operator.page.locator('input[name="request"]').fill("12/YC-2025")
    with operator.page.expect_navigation():
        operator.page.locator('main form[method="post"] button[type="submit"]').click()
    assert "Hãy đánh dấu" in operator.words
    operator.look("74-erasure-not-sure")
    operator.page.locator('input[name="sure"]').check()
    with operator.page.expect_navigation():
        operator.page.locator('main form[method="post"] button[type="submit"]').click()
    operator.until(operator.page.url, lambda words: "Đã xóa xong ở cả bốn dịch vụ" in words)
    operator.look("75-erasure-proof")
    operator.go("/operator/erasures")
    operator.look("76-erasures")
    operator.close()
