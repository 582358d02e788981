"""Pages of the queue: a list with its filters, the same as a file and on paper, and many cases given away at once."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.datastructures import FormData

from kit.download import Download
from kit.now import TIME_ZONE, Now
from kit.pages import FieldError
from kit.pages.forms import Checked
from kit.tx import Tx
from rules.catalogue import load
from rules.records.status import LOOKS, Status
from rules.wording import channel_vi
from workflow import handlers, reads
from workflow.domain.access import Staff
from workflow.domain.errors import Incomplete, NoSuchList, WorkflowError
from workflow.domain.moves import HEAD, LEADER
from workflow.domain.sheet import as_csv
from workflow.reads import FILTERS, Question, QueueRow
from workflow.web.shown import BASE, Officer, attempt, queue_path, refused, show
from workflow.web.words import left_words

router = APIRouter()
LONGEST_WORDS = 200
Text = Annotated[str, Query(max_length=LONGEST_WORDS)]
MOST_AT_ONCE = 100
SEARCH = "search"  # where the session remembers what was looked for
REMEMBERED = "~"  # stands in an address for words that may name a person (R18)
CSV_HEADINGS = (
    *("Mã hồ sơ", "Số tiếp nhận", "Người nộp", "Thủ tục", "Lĩnh vực", "Hình thức nộp", "Trạng thái", "Bước", "Đơn vị"),
    *("Người giữ", "Nộp lúc", "Từ lúc", "Hạn", "Còn lại"),
)


def asked_question(
    request: Request,
    q: Text = "",
    status: Text = "",
    procedure: Text = "",
    field: Text = "",
    channel: Text = "",
    unit: Text = "",
    holder: Text = "",
    received_from: Text = "",
    received_to: Text = "",
    due_from: Text = "",
    due_to: Text = "",
    sort: Text = "urgent",
    after: Annotated[str, Query(max_length=500)] = "",
    before: Annotated[str, Query(max_length=500)] = "",
) -> Question:
    """What the address asks; an empty field of the form asks nothing, and neither does one that makes no sense."""
    return Question(
        words=request.session.get(SEARCH, "") if q == REMEMBERED else q,
        status=int(status) if status.isdecimal() and int(status) in set(Status) else None,
        procedure=procedure or None,
        field=field or None,
        channel=channel or None,
        unit=unit or None,
        holder=holder or None,
        received_from=_day(received_from),
        received_to=_day(received_to),
        due_from=_day(due_from),
        due_to=_day(due_to),
        sort=sort if sort.removeprefix("-") in reads.SORTS else "urgent",
        after=after,
        before=before,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


Asked = Annotated[Question, Depends(asked_question)]


@router.get("/queue/{name}.csv")
async def queue_file(tx: Tx, now: Now, staff: Officer, name: str, question: Asked) -> Response:
    """The whole list as it is filtered, as a CSV file."""
    rows = await reads.export_cases(tx, staff, _of(question, name), now)
    body = as_csv(CSV_HEADINGS, (_csv_row(row) for row in rows))
    return Download(body, f"ho-so-{name}-{now.astimezone(TIME_ZONE):%Y%m%d-%H%M}.csv", "text/csv").answer()


@router.get("/queue/{name}/print")
async def queue_paper(request: Request, tx: Tx, now: Now, staff: Officer, name: str, question: Asked) -> Response:
    """The whole list as it is filtered, laid out for paper."""
    question = _of(question, name)
    rows = await reads.export_cases(tx, staff, question, now)
    facts: dict[str, Any] = {
        "rows": rows,
        "title": FILTERS[name],
        "chosen": await _chosen(tx, staff, question),
        "back": address(question),
    }
    return await show(request, tx, staff, "queue_print.html", now=now, **facts)


@router.post("/queue/{name}/search")
async def search(request: Request, staff: Officer, form: Checked, name: str) -> Response:
    """Find by words: sent as a form, and what may name a person stays out of the address (R18)."""
    words = " ".join(str(form.get("q", "")).replace("\0", "").split())[:LONGEST_WORDS]
    request.session[SEARCH] = words
    return RedirectResponse(address(_of(Question(words=words), name)), HTTPStatus.SEE_OTHER)


def shown_words(words: str) -> str:
    """The words as an address may say them: codes and serials have digits, names have none."""
    return words if not words or any(each.isdigit() for each in words) else REMEMBERED


@router.get("/queue/{name}")
async def queue(request: Request, tx: Tx, now: Now, staff: Officer, name: str, question: Asked) -> Response:
    """The cases of one list; found by words without diacritics."""
    return await queue_page(request, tx, now, staff, _of(question, name))


def _of(question: Question, name: str) -> Question:
    """The same asked of this list. Raises NoSuchList."""
    if name not in FILTERS:
        raise NoSuchList(name)
    return Question(**{**vars(question), "filter": name})


async def queue_page(request: Request, tx: AsyncSession, now: Now, staff: Staff, question: Question) -> Response:
    await handlers.note_staff(tx, staff)
    found = await reads.find_cases(tx, staff, question, now)
    choices = await _choices(tx, staff)
    return await show(
        request,
        tx,
        staff,
        "queue.html",
        now=now,
        question=question,
        found=found,
        title=FILTERS[question.filter],
        address=address,
        shown_words=shown_words,
        choices=choices,
        chosen=_said(question, choices),
        may_give=bool(staff.roles & {HEAD, LEADER}),
    )


def address(question: Question, rest: str = "", **changes: Any) -> str:
    """Where a list is, with these changes to what is asked; a page's place is kept only where it is one of them."""
    said = {"q": shown_words(question.words), **question.narrowed, "sort": question.sort} | changes
    kept = {
        name: value for name, value in said.items() if value not in (None, "") and (name, value) != ("sort", "urgent")
    }
    path = f"{BASE}/queue/{question.filter}{rest}" if rest else queue_path(question.filter)
    return f"{path}?{urlencode(kept)}" if kept else path


async def _choices(tx: AsyncSession, staff: Staff) -> dict[str, list[tuple[str, str]]]:
    """What each filter can be set to: value and words."""
    procedures = {one.id: one for one in load().procedures}
    fields = {one.field_id: one.field_vi for one in procedures.values()}
    return {
        "procedure": sorted(((id, one.name_vi) for id, one in procedures.items()), key=lambda one: one[1]),
        "field": sorted(fields.items(), key=lambda one: one[1]),
        "channel": [(channel, channel_vi(channel)) for channel in ("online", "direct", "postal")],
        "status": [(str(int(status)), LOOKS[status][0]) for status in Status],
        "unit": [(unit.id, unit.name_vi) for unit in load().office(staff.office).units],
        "holder": await reads.all_staff(tx, staff.office),
    }


async def _chosen(tx: AsyncSession, staff: Staff, question: Question) -> list[tuple[str, str]]:
    return _said(question, await _choices(tx, staff))


def _said(question: Question, choices: dict[str, list[tuple[str, str]]]) -> list[tuple[str, str]]:
    """What the list is narrowed by: the filter's name, and its value in words."""
    found = []
    for name, value in question.narrowed.items():
        words = dict(choices.get(name, ())).get(str(value))
        found.append((name, words or (f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value))))
    return found


def _csv_row(row: QueueRow) -> list[str | int | None]:
    case = row.case
    moments = (case.received_at, case.since, case.deadline_at)
    received, since, due = (f"{at:%Y-%m-%d %H:%M}" if at else "" for at in moments)
    return [
        *(case.code, case.arrival_number, row.shown_applicant, row.procedure_vi, row.field_vi),
        *(channel_vi(case.channel), LOOKS[case.status][0], row.step_vi, row.unit_vi, row.holder, received, since, due),
        "" if row.is_stopped else left_words(row),
    ]


@router.get("/reassignment")
async def choose_reassignment(
    request: Request,
    tx: Tx,
    now: Now,
    staff: Officer,
    case: Annotated[list[UUID], Query(max_length=MOST_AT_ONCE)] = [],  # noqa: B006
) -> Response:
    """Whom the chosen cases are to be given to."""
    return await reassignment_page(request, tx, now, staff, case, {})


@router.post("/reassignment")
async def reassign(request: Request, tx: Tx, now: Now, staff: Officer, form: Checked) -> Response:
    """Give the chosen cases away, each by itself; shows what became of each."""
    said = {name: str(form.get(name, "")).strip() for name in ("assignee_id", "unit", "reason")}
    seen = _chosen_cases(form)
    if not said["reason"]:
        wrong = [FieldError("reason", "Hãy ghi lý do giao lại.")]
        return await reassignment_page(request, tx, now, staff, list(seen), said, wrong, 422)
    before = await reads.pick_cases(tx, staff, seen, now)
    outcomes = []
    for row in before:
        id, version = row.case.dossier_id, seen[row.case.dossier_id]
        command = handlers.reassign(
            tx, id, said["assignee_id"] or None, said["unit"] or None, said["reason"],
            staff=staff, seen_version=version, now=now,
        )  # fmt: skip
        outcomes.append((row, _why_not(request, await attempt(tx, command))))
    after = {row.case.dossier_id: row for row in await reads.pick_cases(tx, staff, seen, now)}
    facts: dict[str, Any] = {"outcomes": [(after.get(row.case.dossier_id, row), why) for row, why in outcomes]}
    return await show(request, tx, staff, "reassigned.html", now=now, **facts)


def _chosen_cases(form: FormData) -> dict[UUID, int | None]:
    """The chosen cases, with the version of each that was seen."""
    found: dict[UUID, int | None] = {}
    for text in form.getlist("case")[:MOST_AT_ONCE]:
        id, _, version = str(text).partition("@")
        try:
            found[UUID(id)] = int(version) if version.isdecimal() and len(version) < 10 else None
        except ValueError:
            continue
    return found


def _why_not(request: Request, error: WorkflowError | None) -> str:
    if error is None:
        return ""
    if isinstance(error, Incomplete):
        return " ".join(sentence for _, sentence in error.field_errors)
    return refused(request, error)[0][0].sentence


async def reassignment_page(
    request: Request,
    tx: AsyncSession,
    now: Now,
    staff: Staff,
    ids: list[UUID],
    said: dict[str, str],
    errors: list[FieldError] | None = None,
    status_code: int = 200,
) -> Response:
    rows = await reads.pick_cases(tx, staff, ids, now)
    choices = await _choices(tx, staff)
    facts = {"rows": rows, "choices": choices, "said": said, "errors": errors or []}
    return await show(request, tx, staff, "reassignment.html", now=now, status_code=status_code, **facts)
