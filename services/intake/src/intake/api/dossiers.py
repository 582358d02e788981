"""Filing in one call, following a dossier, and what the applicant does on its road."""

import hashlib
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Header, Query, Response
from pydantic import AwareDatetime

from intake import reads
from intake.api.calling import Applicant, Office, problems
from intake.api.shapes import DossierOut, EndingIn, RatingIn, SubmissionIn, SupplementIn
from intake.api.tracking import TrackOut
from intake.domain.errors import KeyMissing
from intake.handlers import endings, filing, results, supplements
from intake.measures import FiledOnline
from kit.download import Download
from kit.now import Now
from kit.tx import Tx

router = APIRouter(tags=["Dossiers"])


@router.post(
    "/dossiers",
    status_code=HTTPStatus.CREATED,
    summary="File a dossier",
    responses=problems(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
    | {200: {"model": DossierOut, "description": "The same key with the same body: the dossier it made before"}},
)
async def submit(
    counted: FiledOnline,
    submission: SubmissionIn,
    person: Applicant,
    tx: Tx,
    now: Now,
    office: Office,
    response: Response,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> DossierOut:
    """Everything wrong is told at once (`submission-invalid`). A repeat under the same key changes nothing."""
    if idempotency_key is None:
        raise KeyMissing
    body = orjson.dumps(submission.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
    dossier, is_new = await filing.submit_dossier(
        tx,
        person.id,
        filing.Submission(
            submission.procedure_id,
            submission.forms,
            submission.contact,
            [(one.component, one.upload_id) for one in submission.uploads],
        ),
        office=office,
        key=idempotency_key,
        body_sha256=hashlib.sha256(body).hexdigest(),
        now=now,
    )
    if not is_new:
        counted.repeated()
    response.status_code = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    response.headers["Location"] = f"/api/intake/v1/dossiers/{dossier.id}"
    return DossierOut.model_validate(dossier)


@router.get("/dossiers", summary="My dossiers, newest first", responses=problems())
async def list_dossiers(
    person: Applicant,
    tx: Tx,
    before: Annotated[AwareDatetime | None, Query(description="only what was received before this moment")] = None,
) -> list[DossierOut]:
    """At most 50; for those filed earlier, `before` is the last one's `received_at`."""
    return [DossierOut.model_validate(one) for one in await reads.own_dossiers(tx, person.id, before=before)]


@router.get("/dossiers/{dossier_id}", summary="Follow a dossier", responses=problems(HTTPStatus.NOT_FOUND))
async def follow(dossier_id: UUID, person: Applicant, tx: Tx) -> TrackOut:
    """All that the page shows: the road with times reached and planned, what is asked, whom to call, documents."""
    return TrackOut.of(await reads.track(tx, person.id, dossier_id))


@router.post(
    "/dossiers/{dossier_id}/supplements",
    status_code=HTTPStatus.CREATED,
    summary="Answer a supplement request with exactly what was asked for",
    responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
async def answer(dossier_id: UUID, given: SupplementIn, person: Applicant, tx: Tx, now: Now) -> DossierOut:
    """A further package of the same dossier, which is then checked anew. A second answer to a round is refused."""
    uploads = [(one.component, one.upload_id) for one in given.uploads]
    dossier = await supplements.answer_supplement(
        tx, person.id, dossier_id, given.round, uploads=uploads, forms=given.forms, now=now
    )
    return DossierOut.model_validate(dossier)


@router.post(
    "/dossiers/{dossier_id}/withdrawal",
    status_code=HTTPStatus.ACCEPTED,
    summary="Take the dossier back",
    responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
async def withdraw(dossier_id: UUID, given: EndingIn, person: Applicant, tx: Tx, now: Now) -> DossierOut:
    """A repeat changes nothing. The status follows when the one-stop unit's system has heard it (7)."""
    dossier = await endings.request_withdrawal(tx, dossier_id, given.reason, applicant_id=person.id, now=now)
    return DossierOut.model_validate(dossier)


@router.post(
    "/dossiers/{dossier_id}/stop",
    status_code=HTTPStatus.ACCEPTED,
    summary="Ask to stop the handling of an accepted dossier",
    responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
async def stop(dossier_id: UUID, given: EndingIn, person: Applicant, tx: Tx, now: Now) -> DossierOut:
    """The one-stop unit answers: stopped with form 05 (8), or refused where the result is signed already."""
    dossier = await endings.request_stop(tx, dossier_id, given.reason, applicant_id=person.id, now=now)
    return DossierOut.model_validate(dossier)


@router.post(
    "/dossiers/{dossier_id}/result-collection",
    summary="Take the result: the proof of delivery, once",
    responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
async def collect(dossier_id: UUID, person: Applicant, tx: Tx, now: Now) -> DossierOut:
    return DossierOut.model_validate(await results.collect_result(tx, person.id, dossier_id, now=now))


@router.get(
    "/dossiers/{dossier_id}/documents/{name}",
    summary="A slip, a notice or the result",
    response_class=Response,
    responses=problems(HTTPStatus.NOT_FOUND) | {200: {"content": {"application/pdf": {}}, "description": "The bytes"}},
)
async def document(dossier_id: UUID, name: str, person: Applicant, tx: Tx, now: Now) -> Response:
    """The bytes are checked against their digest. The first time the result is read here, it is collected."""
    found, data = await reads.open_document(tx, person.id, dossier_id, name)
    await results.collect_by_reading(tx, person.id, dossier_id, found.name, now=now)
    return Download(data, name, found.media_type).answer()


@router.post(
    "/dossiers/{dossier_id}/rating",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Rate how it was handled, once",
    responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
async def rate(dossier_id: UUID, given: RatingIn, person: Applicant, tx: Tx, now: Now) -> None:
    """Only the score is told to others; the words stay here."""
    await results.rate_dossier(tx, person.id, dossier_id, given.score, given.comment, now=now)
