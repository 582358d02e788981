"""Every procedure of the catalogue: a whole dossier made from its data is taken, a broken one refused at its place."""

import random
from datetime import datetime, time
from typing import Any

import httpx
import pytest

from kit.testing.databases import set_clock
from kit.testing.people import bearer
from kit.tx import Database
from rules import catalogue as law
from rules.calendar import HANOI
from rules.records.procedure import Procedure
from rules.testing import SampleDossier, broken_dossiers, day_of_filing, whole_dossier

from .builders import API, CONTACT, KHOI, send, upload
from .test_pages import Reader, as_typed, khoi, visitor

__all__ = ["khoi", "visitor"]
pytestmark = pytest.mark.db
CATALOGUE = law.load()
EVERY = sorted(CATALOGUE.procedures, key=lambda one: (one.id, one.version))
MOST_BROKEN = 12  # of each procedure and seed; the rules' own tests try them all


def is_taken_here(one: Procedure) -> bool:
    return CATALOGUE.filing_open(one, "online", "this_portal", day_of_filing(one)) and bool(one.components)


HERE = [one for one in EVERY if is_taken_here(one)]


def named(one: Procedure) -> str:
    return one.id


def a_sample(procedure: Procedure, seed: int) -> SampleDossier:
    """A whole dossier that holds something: where every paper is left to the case, a seed may leave out all of them."""
    seeds = (whole_dossier(procedure, n, catalogue=CATALOGUE) for n in range(seed, seed + 50))
    return next(one for one in seeds if one.forms or one.files)


def body_of(procedure: Procedure, sample: SampleDossier, upload_id: str) -> dict[str, Any]:
    uploads = [
        {"component": component, "upload_id": upload_id}
        for component, number in sample.files.items()
        for _ in range(number)
    ]
    return {"procedure_id": procedure.id, "forms": dict(sample.forms), "contact": CONTACT, "uploads": uploads}


async def on_its_day(database: Database, procedure: Procedure) -> None:
    await set_clock(database, datetime.combine(day_of_filing(procedure), time(9), HANOI))


def test_most_procedures_can_be_filed_here_while_this_portal_was_open() -> None:
    assert len(HERE) >= 15


@pytest.mark.proves("R14")
@pytest.mark.parametrize("procedure", HERE, ids=named)
async def test_a_whole_dossier_of_any_procedure_is_filed_and_seen(
    client: httpx.AsyncClient, database: Database, procedure: Procedure
) -> None:
    await on_its_day(database, procedure)
    upload_id = await upload(client, "any")
    for seed in range(2):
        answer = await send(client, body_of(procedure, a_sample(procedure, seed), upload_id), key=f"k-{seed}")
        assert answer.status_code == 201, answer.text
    track = await client.get(f"{API}/dossiers/{answer.json()['id']}", headers=bearer(KHOI))
    assert track.status_code == 200
    keys = {stop["key"] for stop in track.json()["stops"]}
    assert ("fee" in keys) == (procedure.start_rule == "valid_dossier_and_fee")


@pytest.mark.parametrize("procedure", HERE, ids=named)
async def test_a_broken_dossier_of_any_procedure_is_refused_where_it_is_broken(
    client: httpx.AsyncClient, database: Database, procedure: Procedure
) -> None:
    await on_its_day(database, procedure)
    upload_id = await upload(client, "any")
    broken = list(broken_dossiers(procedure, catalogue=CATALOGUE))
    random.Random(procedure.id).shuffle(broken)
    for number, one in enumerate(broken[:MOST_BROKEN]):
        answer = await send(client, body_of(procedure, one.dossier, upload_id), key=f"b-{number}")
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:motcua:problem:submission-invalid"), one.what
        errors = answer.json()["field_errors"]
        told = [(error["form_id"], tuple(error["path"]), error["component"]) for error in errors]
        assert any(one.is_named_by(*each) for each in told), (one.what, one.form_id, one.path, one.component, told)


@pytest.mark.parametrize("procedure", [one for one in EVERY if one not in HERE], ids=named)
async def test_what_is_not_taken_here_says_why(
    client: httpx.AsyncClient, database: Database, procedure: Procedure
) -> None:
    await on_its_day(database, procedure)
    body = {"procedure_id": procedure.id, "forms": {}, "contact": CONTACT, "uploads": []}
    answer = await send(client, body)
    assert answer.status_code == 409
    assert answer.json()["type"].rpartition(":")[2] in ("filing-closed", "components-unpublished")
    assert answer.json()["sentence_vi"]


@pytest.mark.proves("R14")
@pytest.mark.parametrize("procedure", EVERY, ids=named)
async def test_the_page_of_every_procedure_is_whole_and_says_what_is_not_published(
    visitor: Reader, database: Database, procedure: Procedure
) -> None:
    await on_its_day(database, procedure)
    page = await visitor.open(f"/procedures/{procedure.id}")
    assert (visitor.status, page.h1) == (200, procedure.name_vi)
    if procedure.limit is None:
        assert "Chưa công bố" in page.text
    if procedure.why_not_accepted and procedure.components and is_taken_here(procedure):
        assert procedure.why_not_accepted.vi in page.text
    has_button = any(link.href.startswith("/filing/new") for link in page.links)
    assert has_button == is_taken_here(procedure)


async def test_a_dossier_that_holds_nothing_is_refused(client: httpx.AsyncClient, database: Database) -> None:
    optional = [one for one in HERE if not one.form_ids and not any(part.required for part in one.components)]
    assert optional
    for procedure in optional:
        await on_its_day(database, procedure)
        body = {"procedure_id": procedure.id, "forms": {}, "contact": CONTACT, "uploads": []}
        answer = await send(client, body)
        assert answer.status_code == 422
        assert [error["code"] for error in answer.json()["field_errors"]] == ["nothing_filed"]


@pytest.mark.parametrize("procedure", [one for one in HERE if one.form_ids], ids=named)
async def test_every_type_of_answer_is_kept_as_one_goes(
    khoi: Reader, client: httpx.AsyncClient, database: Database, procedure: Procedure
) -> None:
    await on_its_day(database, procedure)
    begun = await client.post(f"{API}/drafts", headers=bearer(KHOI), json={"procedure_id": procedure.id})
    draft_id = begun.json()["id"]
    for form_id, sheets in a_sample(procedure, 1).forms.items():
        page = await khoi.open(f"/filing/{draft_id}/forms/{form_id}")
        token = page.form(f"forms/{form_id}?sheet=1").fields["form_token"]
        address = f"/filing/{draft_id}/forms/{form_id}/saved?sheet=1"
        saved = await khoi.client.post(address, data=as_typed(sheets[0]) | {"form_token": token})
        assert saved.text.startswith("Đã lưu lúc"), saved.text
        kept = (await client.get(f"{API}/drafts/{draft_id}", headers=bearer(KHOI))).json()["forms"][form_id][0]
        assert kept == {key: value for key, value in sheets[0].items() if value is not False}
        page = await khoi.open(f"/filing/{draft_id}/forms/{form_id}")
        assert page.form(f"forms/{form_id}?sheet=1").fields.keys() >= set(as_typed(sheets[0]))
