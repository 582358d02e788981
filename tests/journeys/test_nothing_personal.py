"""Six dossiers go their roads on a real machine with planted values in whatever people type; then every log, topic,
metric, trace, address and short message is searched for them, and the traces are followed from request to SMTP."""

import asyncio
import json
import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import httpx
import pytest
from aiokafka import AIOKafkaConsumer
from tests.erasure.searching import Places, in_records, seen_in

from kit.bus import Bus
from kit.embedded import free_port
from kit.reader import record_of
from kit.testing.collector import Collector, Seen, a_collector
from motcua.demo.actions import Actions
from motcua.demo.people import choose
from motcua.demo.story import Walk
from motcua.programs import SERVICES
from motcua.stack import Stack

pytestmark = [
    pytest.mark.slow,
    pytest.mark.db,
    pytest.mark.kafka,
    pytest.mark.xdist_group("machine"),
    pytest.mark.timeout(600),
]
VALUES = {
    "name": "Xóahếttên",
    "phone": "0977123459",
    "e-mail": "xoahetthu",
    "address": "Xóahếtnhà",
    "identity number": "001199555777",
    "file name": "xoahettep",
    "dose": "27,3591 mSv",
    "words": "Xóahếtlời",
}
TYPED = (
    f"Trịnh {VALUES['name']} Thử, {VALUES['identity number']}, {VALUES['phone']}, {VALUES['dose']}, {VALUES['words']}"
)
BY_ENDING = {
    "name": f"Trịnh {VALUES['name']} Thử",
    "phone": VALUES["phone"],
    "email": f"hopthu@{VALUES['e-mail']}.example",
    "address": f"Số 9 ngõ {VALUES['address']}, tỉnh Mẫu",
    "id_number": VALUES["identity number"],
    "receiver": f"Trịnh {VALUES['name']} Thử",
}
WORDS = (
    "work_description", "purpose", "duty", "specialty", "reason", "reason_vi", "note", "conclusion", "comment", "shown",
    "where_to_go", "sender", "install_location", "so_department",
)  # fmt: skip
TOLD = {
    "http.request.method", "http.route", "http.response.status_code", "error.type", "peer.service",
    "messaging.system", "messaging.operation.name", "messaging.operation.type", "messaging.destination.name",
    "messaging.consumer.group.name", "cloudevents.event_type",
}  # fmt: skip
HEALTH = {"health": "sức khỏe", "dose": "mSv", "x-ray": "x-quang", "radiation": "bức xạ", "hospital": "bệnh viện"}
FIXED = {"device_name", "organisation"}  # what the catalogue or a list of choices gives
STAYS = ("đổi tên/địa chỉ/điện thoại/fax", "mất", "chụp")  # choices of a list
SIGNED_IN = (
    ("p-applicant-hospital", ("/", "/pay", "/messages")),
    ("p-applicant-dentist", ("/",)),
    ("p-one-stop-officer", ("/officer", "/desk/counter")),
    ("p-department-leader", ("/officer",)),
    ("p-accountant", ("/pay",)),
    ("p-auditor", ("/messages", "/operator/erasures")),
    ("p-operator", ("/operator/parked",)),
)
MOST_PAGES = 60
LEADS = re.compile(r"""(?:href|src|action|formaction)\s*=\s*["']([^"']*)["']""")


def planted(value: Any, key: str = "") -> Any:
    """What somebody sends, with the planted values in every field where a person writes of themselves or freely."""
    if isinstance(value, Mapping):
        return {inner: planted(one, inner) for inner, one in value.items()}
    if isinstance(value, list):
        return [planted(one, key) for one in value]
    if not isinstance(value, str) or key in FIXED or value.startswith(STAYS):
        return value
    if key in WORDS:
        return f"{value} {TYPED}"
    ending = next((end for end in BY_ENDING if key.endswith(end)), None)
    return BY_ENDING[ending] if ending else value


class Heard:
    """Every address that was asked for or that an answer leads to."""

    def __init__(self) -> None:
        self.addresses: set[str] = set()

    def note(self, answer: httpx.Response) -> None:
        """A hook of httpx."""
        self.addresses.add(str(answer.request.url))
        self.addresses.add(answer.headers.get("location", ""))

    def places(self) -> Places:
        found: Places = {}
        for address in self.addresses:
            said = unquote(address.replace("+", " "))
            if "/sandbox/mail/api/" in said:
                continue  # the story looks into its mailbox
            if kinds := seen_in(said, VALUES):
                found[address] = kinds
        return found


class Planting(Actions):
    """The story's people, who type the planted values."""

    def __init__(self, stack: Stack, heard: Heard) -> None:
        super().__init__(stack)
        self.heard = heard
        self.sent: Counter[str] = Counter()
        self.story["contact"] = planted(self.story["contact"])  # whose mailbox is looked at

    def as_(self, role: str) -> httpx.Client:
        client = super().as_(role)
        client.event_hooks = {"response": [self.heard.note]}
        return client

    def ask(self, role: str, method: str, path: str, **words: Any) -> Any:
        if "json" in words:
            words["json"] = planted(words["json"])
            self.sent.update(seen_in(json.dumps(words["json"], ensure_ascii=False), VALUES))
        if "files" in words:
            name, content, kind = words["files"]["file"]
            name = f"{VALUES['file name']} Trịnh {VALUES['name']} {name}"
            words["files"] = {"file": (name, content, kind)}
            self.sent.update(seen_in(name, VALUES))
        return super().ask(role, method, path, **words)


class Road:
    """What is left of the whole road."""

    def __init__(self, stack: Stack, collector: Collector, heard: Heard, sent: Counter[str]) -> None:
        self.stack, self.collector, self.heard, self.sent = stack, collector, heard, sent
        self.spans: list[Seen] = []


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    with pytest.MonkeyPatch.context() as patch, a_collector() as collector:
        patch.setenv("MOTCUA_OTLP_ENDPOINT", collector.address)
        stack = Stack(tmp_path_factory.mktemp("planted"), free_port(), lambda words: None)
        stack.start()
        try:
            walk, heard = Walk(stack), Heard()
            walk.actions = actions = Planting(stack, heard)
            assert walk.run() == 0
            one = Road(stack, collector, heard, actions.sent)
            for person, homes in SIGNED_IN:
                look_around(stack, heard, person, homes)
            collector.wait_for(lambda spans: {"send returned by email"} <= {span.name for span in spans})
            one.spans = collector.wait_for(lambda spans: not orphans(spans))
            yield one
        finally:
            stack.stop()


def look_around(stack: Stack, heard: Heard, person: str, homes: tuple[str, ...]) -> None:
    """Somebody signs in and follows links, as many as there is time for."""
    hooks = {"response": [heard.note]}
    with httpx.Client(base_url=stack.url, timeout=30, follow_redirects=True, event_hooks=hooks) as browser:
        looked, waiting = set[str](), deque(homes)
        while waiting and len(looked) < MOST_PAGES:
            path = waiting.popleft()
            kind = re.sub(r"[0-9a-f-]{36}|\d+", "{}", path.partition("?")[0])
            if kind in looked:
                continue
            looked.add(kind)
            page = browser.get(path, headers={"accept": "text/html"})
            if urlsplit(str(page.url)).path.startswith("/id/"):
                choose(browser, page, person)
                page = browser.get(path, headers={"accept": "text/html"})
            if "text/html" not in page.headers.get("content-type", ""):
                continue
            leads = LEADS.findall(page.text)
            heard.addresses.update(leads)
            whole = [urljoin(str(page.url), lead).partition("#")[0] for lead in leads]
            waiting.extend(one.removeprefix(stack.url) for one in whole if is_page(one, stack.url))


def is_page(address: str, url: str) -> bool:
    path = address.removeprefix(url)
    return address.startswith(url + "/") and not re.search(r"sign-out|sign-in|/static/|/id/|/sandbox/|/api/", path)


def test_every_value_was_typed_and_is_kept_where_it_belongs(road: Road) -> None:
    """Else the searches prove nothing."""
    assert set(road.sent) == set(VALUES)
    kept = "\n".join(road.stack.postgres.sql("select t::text from known_contact t", "intake").splitlines())
    assert "name" in seen_in(kept, VALUES)


def test_no_log_says_them(road: Road) -> None:
    logs = [path for path in road.stack.folder.rglob("*.log") if path.is_file() and "kafka/data" not in str(path)]
    found = {path.name: kinds for path in logs if (kinds := seen_in(path.read_bytes(), VALUES))}
    assert {f"{name}.log" for name in SERVICES} <= {path.name for path in logs}
    assert found == {}


def test_every_line_of_a_services_log_is_json_with_service_role_and_trace(road: Road) -> None:
    for name in SERVICES:
        lines = (road.stack.folder / "log" / f"{name}.log").read_text().splitlines()
        for line in lines:
            said = json.loads(line)
            assert (said["service"], said["role"]) == (name, "all")
            assert {"trace_id", "levelname", "message", "asctime"} <= set(said)
        loud = [line for line in map(json.loads, lines) if line["levelname"] in ("ERROR", "CRITICAL")]
        assert [line for line in loud if not line["name"].startswith("aiokafka")] == [], "nothing was wrong"


def test_no_topic_says_them(road: Road) -> None:
    records = asyncio.run(all_records(road.stack.kafka.bootstrap))
    assert {record.topic for record in records} >= {f"{name}.events" for name in SERVICES}
    assert in_records(records, VALUES) == {}


async def all_records(bootstrap: str) -> list[Any]:
    """Every record of every topic, from its beginning to its present end."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    try:
        topics = [one for one in await consumer.topics() if not one.startswith("__")]
        places = await Bus(bootstrap).partitions_of(topics)
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        found: list[Any] = []
        while [place for place, end in ends.items() if await consumer.position(place) < end]:
            for messages in (await consumer.getmany(timeout_ms=1000)).values():
                found += [record_of(message) for message in messages]
        return found
    finally:
        await consumer.stop()


def test_no_metric_says_them(road: Road) -> None:
    assert road.stack.site is not None
    for name in SERVICES:
        said = httpx.get(f"http://{road.stack.site.ports.address(name)}/metrics", timeout=10).text
        assert "motcua_http_request_seconds" in said
        assert seen_in(said, VALUES) == set(), name


def test_no_trace_says_them_nor_whose_dossier_it_was(road: Road) -> None:
    whole = b"\n".join(road.collector.bodies)
    assert seen_in(whole, VALUES) == set()
    ids = road.stack.postgres.sql("select id::text from dossier union select applicant_id::text from dossier", "intake")
    words = [span.name + json.dumps(span.attributes) for span in road.spans]
    assert not [id_ for id_ in ids.split() if any(id_ in one for one in words)]
    assert {name for span in road.spans for name in span.attributes} <= TOLD


def test_no_address_says_them(road: Road) -> None:
    assert len(road.heard.addresses) > 200
    assert road.heard.places() == {}


def test_no_short_message_names_anybody(road: Road) -> None:
    with httpx.Client(base_url=road.stack.url, timeout=30) as client:
        asked: dict[str, str | int] = {"channel": "sms", "limit": 1000}
        sent = client.get("/sandbox/mail/api/messages", params=asked).json()
    assert sent, "short messages went out"
    for one in sent:
        text = {name: value for name, value in one.items() if name not in ("to", "recipient", "phone")}
        assert seen_in(json.dumps(text, ensure_ascii=False), VALUES) == set()
        assert not seen_in(
            json.dumps(text, ensure_ascii=False), {"health": "sức khỏe", "dose": "mSv", "x-ray": "x-quang"}
        )


def orphans(spans: Sequence[Seen]) -> set[str]:
    """What hangs on a span that did not come."""
    ids = {(span.trace, span.id) for span in spans}
    return {span.name for span in spans if span.parent and (span.trace, span.parent) not in ids}


def chain(spans: list[Seen], last: Seen) -> list[Seen]:
    """From the first span of its trace to this one."""
    by_id = {span.id: span for span in spans if span.trace == last.trace}
    found = [last]
    while found[0].parent:
        found.insert(0, by_id[found[0].parent])
    return found


def roads_to(road: Road, name: str) -> list[list[tuple[str, str, str]]]:
    found = (chain(road.spans, span) for span in road.spans if span.name == name)
    return [[(one.service.removeprefix("motcua-"), one.kind, one.name) for one in spans] for spans in found]


def test_a_trace_leads_from_the_citizens_request_to_the_mail_server(road: Road) -> None:
    assert [
        ("intake", "SERVER", "POST /api/intake/v1/dossiers"),
        ("notify", "CONSUMER", "process intake.dossier_submitted.v1"),
        ("notify", "INTERNAL", "send received by email"),
        ("notify", "CLIENT", "call mail"),
    ] in roads_to(road, "call mail")
    (sent, *_) = [span for span in road.spans if span.name == "send intake.dossier_submitted.v1"]
    assert chain(road.spans, sent)[0].name == "POST /api/intake/v1/dossiers"
    heard = {span.service for span in road.spans if span.trace == sent.trace and span.kind == "CONSUMER"}
    assert heard >= {"motcua-workflow", "motcua-payments", "motcua-notify"}


def test_a_trace_leads_through_two_topics_and_back(road: Road) -> None:
    """The officer finds it valid; payments hears what to demand; notify writes to the payer and tells that it did."""
    through = [[name for _, _, name in one] for one in roads_to(road, "call mail")]
    assert any(
        "process workflow.fee_requested.v1" in one or "process payments.fee_demanded.v1" in one for one in through
    )
    told = roads_to(road, "process notify.message_sent.v1")
    assert any(one[0][1] == "SERVER" and "send received by email" in [name for _, _, name in one] for one in told)


def test_calls_of_the_platform_and_of_the_post_are_in_the_trace_of_who_caused_them(road: Road) -> None:
    systems = {span.attributes["peer.service"] for span in road.spans if span.kind == "CLIENT"}
    assert {"mail", "sms"} <= systems
    assert len(systems) >= 4, systems
    starts = {one[0][2] for one in roads_to(road, "order a parcel")}
    assert starts == {"POST /api/workflow/v1/cases/{dossier_id}/posting"}
    receipts = {one[0][2] for one in roads_to(road, "fetch a receipt")}
    assert receipts == {"POST /api/payments/v1/demands/{demand_id}/attempts"}
    paid = [span for span in road.spans if span.name.endswith("/platform/notification")]
    attempts = {span.trace for span in road.spans if span.name == "POST /api/payments/v1/demands/{demand_id}/attempts"}
    assert [link for span in paid for link in span.links if link in attempts]


def test_every_span_has_its_parent_and_requests_begin_traces(road: Road) -> None:
    assert orphans(road.spans) == set()
    assert all(not span.parent for span in road.spans if span.kind == "SERVER")
    assert not [span for span in road.spans if span.name.endswith(("/healthz", "/readyz", "/metrics"))]


def test_a_collector_that_hangs_slows_no_request(road: Road) -> None:
    road.collector.hangs.set()
    took = []
    with httpx.Client(base_url=road.stack.url, timeout=30) as client:
        for _ in range(200):
            answer = client.get("/procedures")
            assert answer.status_code == 200
            took.append(answer.elapsed.total_seconds())
    assert sorted(took)[len(took) * 9 // 10] < 0.5
