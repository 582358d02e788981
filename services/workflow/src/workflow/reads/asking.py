"""What somebody asks of the queue, and the same in SQL. Shows nothing itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from sqlalchemy import ColumnElement, and_, cast, false, or_, text, true
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlmodel import col, select

from kit.now import TIME_ZONE
from rules.catalogue import load
from workflow.domain.access import Scope, Staff
from workflow.domain.moves import LEADER
from workflow.domain.status import Status
from workflow.domain.words import words_of
from workflow.reads.leading import apology_drafted, apology_to_fill, further_round, waits_for_leader
from workflow.store.tables import CaseRow

FILTERS: Mapping[str, str] = MappingProxyType(
    {
        "mine": "Việc của tôi",
        "today": "Hạn hôm nay",
        "week": "Hạn trong tuần",
        "overdue": "Quá hạn",
        "waiting": "Chờ người khác",
        "unassigned": "Chưa giao ai",
        "stop_asked": "Xin dừng giải quyết",
        "apology_to_fill": "Thư xin lỗi cần ghi lý do",
        "apology": "Thư xin lỗi chờ duyệt",
        "further_round": "Bổ sung lần tiếp theo",
        "correction": "Kết quả thay thế chờ ký",
        "to_return": "Có kết quả, chờ trả",
        "open": "Đang giải quyết",
        "returned": "Đã trả kết quả",
        "all": "Tất cả",
    }
)
_APPLICANTS_TURN = (Status.WAITING_FOR_SUPPLEMENT, Status.WAITING_FOR_FEE)
GROWING = ("returned", "all")
COUNTED = tuple(name for name in FILTERS if name not in (*GROWING, "correction"))
# Those of GROWING grow for ever; `correction` holds what has ended too, and is counted by itself.
# In words and not as a parameter: only so does the planner see that the index of running cases holds them all.
RUNNING = text("cases.status in (1, 2, 4, 5, 6, 9)")


@dataclass(frozen=True)
class Question:
    """What somebody asks of the queue. `after` or `before` is where a page begins or ends, as the last page said it."""

    filter: str = "mine"
    words: str = ""
    status: int | None = None
    procedure: str | None = None
    field: str | None = None
    channel: str | None = None
    unit: str | None = None
    holder: str | None = None
    received_from: date | None = None
    received_to: date | None = None
    due_from: date | None = None
    due_to: date | None = None
    sort: str = "urgent"
    after: str = ""
    before: str = ""

    @property
    def narrowed(self) -> dict[str, object]:
        """What it asks besides its list and its words, by name."""
        kept = ("filter", "words", "sort", "after", "before")
        said = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in kept}
        return {name: value for name, value in said.items() if value is not None}


def seen_by(scope: Scope) -> ColumnElement[bool]:
    """`Scope.covers` in SQL; a test holds the two together."""
    in_office = col(CaseRow.office) == scope.office
    return in_office if scope.unit is None else and_(in_office, col(CaseRow.units).contains([scope.unit]))


def filters(staff: Staff, now: datetime) -> dict[str, ColumnElement[bool]]:
    """Each list by its name."""
    midnight = _midnight(now.astimezone(TIME_ZONE).date())
    tomorrow = midnight + timedelta(days=1)
    next_week = midnight + timedelta(days=7 - midnight.weekday())
    deadline, status = col(CaseRow.deadline_at), col(CaseRow.status)
    not_late = col(CaseRow.late_from) > now
    asked_others = col(CaseRow.open_opinions) > 0
    return {
        "mine": _mine(staff),
        "today": and_(deadline >= midnight, deadline < tomorrow, not_late),
        "week": and_(deadline >= midnight, deadline < next_week, not_late),
        "overdue": and_(_running(), col(CaseRow.late_from) <= now),
        "waiting": and_(
            _running(), or_(status.in_((Status.WAITING_FOR_SUPPLEMENT, Status.WAITING_FOR_FEE)), asked_others)
        ),
        "unassigned": and_(_running(), col(CaseRow.role).is_not(None), col(CaseRow.holder_id).is_(None)),
        "stop_asked": and_(_running(), col(CaseRow.stop_asked_at).is_not(None)),
        "apology_to_fill": and_(_running(), apology_to_fill()),
        "apology": and_(_running(), apology_drafted()),
        "further_round": and_(_running(), further_round()),
        "correction": col(CaseRow.correction).is_not(None),
        "to_return": and_(_running(), status == Status.FINISHED),
        "open": and_(_running(), status != Status.FINISHED),
        "returned": status == Status.RETURNED,
        "all": true(),
    }


def _running() -> ColumnElement[bool]:
    return and_(RUNNING)


def _mine(staff: Staff) -> ColumnElement[bool]:
    """What waits for this person: their unit, one of their roles, given to nobody else; what a leader must sign."""
    if not staff.roles:
        return false()
    holder = col(CaseRow.holder_id)
    for_me = or_(holder.is_(None), holder == staff.id)
    with_me = and_(col(CaseRow.unit) == staff.unit, col(CaseRow.role).in_(sorted(staff.roles)), for_me)
    return and_(_running(), or_(with_me, waits_for_leader()) if LEADER in staff.roles else with_me)


def asked(question: Question) -> ColumnElement[bool]:
    """What the question asks besides its list."""
    return and_(true(), *_same(question), *_spans(question), *_words(question))


def _same(question: Question) -> Iterable[ColumnElement[bool]]:
    for name, column in (
        ("status", CaseRow.status),
        ("procedure", CaseRow.procedure_id),
        ("channel", CaseRow.channel),
        ("unit", CaseRow.unit),
        ("holder", CaseRow.holder_id),
    ):
        if (wanted := getattr(question, name)) is not None:
            yield col(column) == wanted
    if question.field is not None:
        yield col(CaseRow.procedure_id).in_(
            sorted({one.id for one in load().procedures if one.field_id == question.field})
        )


def _spans(question: Question) -> Iterable[ColumnElement[bool]]:
    """Days are whole: from the first one's midnight to the midnight after the last one."""
    for name, column in (("received", CaseRow.received_at), ("due", CaseRow.deadline_at)):
        first, last = getattr(question, f"{name}_from"), getattr(question, f"{name}_to")
        if first is not None:
            yield col(column) >= _midnight(first)
        if last is not None:
            yield col(column) < _midnight(last) + timedelta(days=1)


def _words(question: Question) -> Iterable[ColumnElement[bool]]:
    if words := words_of(question.words):
        prefixes = " & ".join(f"'{word}':*" for word in words)  # words hold letters, figures and dots only
        matches = col(CaseRow.words).op("@@")(cast(prefixes, TSQUERY))
        yield _looked_up_first(matches) if question.filter in GROWING else matches


def _looked_up_first(matches: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same, by itself and first: the planner takes a rare word for a common one, and would walk the whole list."""
    found = select(CaseRow.dossier_id).where(matches).cte("found").prefix_with("materialized")
    return col(CaseRow.dossier_id).in_(select(found.c.dossier_id))


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), TIME_ZONE)
