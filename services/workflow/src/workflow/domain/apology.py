"""A letter of apology: what may be promised in one, and when a new date may still be given (R07). Pure."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from rules import due as rule
from rules.calendar import HANOI, Calendar
from rules.errors import OutsideCalendar
from workflow.domain import clock
from workflow.domain.case import Case
from workflow.domain.errors import DecisionIncomplete, FieldSentence
from workflow.domain.law import calendar_of, office_of, procedure_of, unit_name
from workflow.domain.status import Status
from workflow.domain.steps import find_step
from workflow.domain.texts import check_text

REASON_TO_FILL = "[Ghi nguyên nhân chậm]"  # what a person must write in its place before the letter goes on
LOOKS_AHEAD = timedelta(days=20)  # no holidays are longer than that
BY_SYSTEM = ""  # who drafted a letter that nobody has looked at yet


@dataclass(frozen=True)
class Apology:
    """A letter as it was drafted. `new_due_at` is none where the letter gives no new date, and the due stays."""

    number: int
    reason_vi: str
    unit_at_fault: str
    previous_due_at: datetime
    new_due_at: datetime | None
    drafted_by: str
    drafted_at: datetime

    @property
    def gives_new_date(self) -> bool:
        return self.new_due_at is not None


@dataclass(frozen=True)
class Wanted:
    """What the letter's form says."""

    reason_vi: str
    unit_at_fault: str
    new_due_on: date | None = None


def check_wanted(case: Case, wanted: Wanted, now: datetime) -> datetime | None:
    """The new due moment, none where none is wanted. Raises DecisionIncomplete with a sentence per field."""
    wrong = check_text("reason_vi", wanted.reason_vi, "Hãy ghi lý do trễ hẹn; thư xin lỗi sẽ in đúng đoạn này.")
    if REASON_TO_FILL in wanted.reason_vi:
        wrong.append(("reason_vi", "Hãy thay đoạn trong ngoặc vuông bằng nguyên nhân cụ thể."))
    if office_of(case).unit(wanted.unit_at_fault) is None:
        wrong.append(("unit_at_fault", "Hãy chọn đơn vị để chậm."))
    if wanted.new_due_on is not None:
        wrong += _new_date_errors(case, wanted.new_due_on, now)
    if wrong:
        raise DecisionIncomplete(wrong)
    return new_due_at(case, wanted.new_due_on) if wanted.new_due_on else None


def proposed(case: Case, number: int, now: datetime) -> Apology:
    """The letter as the system can begin it: where the case lies, by when what is left can be done. Why, it cannot say.

    The new date is the day on which the steps that are left are through if each takes its share from now on, and the
    first working day after the due date at the earliest; none where none may be given, or its calendar is not known.
    """
    assert case.due_at is not None
    step = find_step(procedure_of(case), case.step)
    reason = f"Hồ sơ còn ở bước “{step.name_vi}”, {unit_name(case, case.unit)}. {REASON_TO_FILL}"
    on = None if no_new_date_vi(case, now) else _day_proposed(case, now)
    new_due = new_due_at(case, on) if on else None
    return Apology(number, reason, case.unit, case.due_at, new_due, BY_SYSTEM, now)


def _day_proposed(case: Case, now: datetime) -> date | None:
    assert case.due_at is not None
    calendar = calendar_of(case)
    try:
        left = _shares_left(case)
        if not left:
            return None
        done_on = calendar.add_working_minutes(now, sum(left)).date()
        return max(done_on, calendar.next_working_day(case.due_at.date()))
    except OutsideCalendar:
        return None


def _shares_left(case: Case) -> list[int]:
    """The working minutes of the present step and of those after it; none where the step has no share."""
    planned = clock.plan_of(case)
    here = next((number for number, one in enumerate(planned) if one.step.id == case.step), len(planned))
    return [one.working_minutes for one in planned[here:]]


def typed_letter(
    case: Case, reason_vi: str, unit_at_fault: str, new_due_on: date | None, staff_id: str, now: datetime
) -> Apology:
    """A letter as it stands in a form, to be looked at; a date that may not be given is left out."""
    assert case.due_at is not None
    is_possible = new_due_on is not None and not _new_date_errors(case, new_due_on, now)
    new_due = new_due_at(case, new_due_on) if is_possible and new_due_on else None
    return Apology(1, reason_vi, unit_at_fault, case.due_at, new_due, staff_id, now)


def _new_date_errors(case: Case, on: date, now: datetime) -> list[FieldSentence]:
    if sentence := no_new_date_vi(case, now):
        return [("new_due_on", sentence)]
    assert case.due_at is not None
    if on <= case.due_at.date():
        return [("new_due_on", f"Ngày hẹn lại phải sau ngày hẹn hiện nay ({case.due_at:%d/%m/%Y}).")]
    return working_day_errors(calendar_of(case), "new_due_on", on)


def working_day_errors(calendar: Calendar, field: str, on: date) -> list[FieldSentence]:
    """A sentence where the office does not work on that date, or its calendar does not reach so far."""
    try:
        if calendar.is_working_day(on):
            return []
        return [(field, f"Ngày {on:%d/%m/%Y} cơ quan không làm việc: {calendar.reason(on)}. Hãy chọn ngày làm việc.")]
    except OutsideCalendar:
        return [(field, f"Lịch làm việc năm {on.year} chưa được duyệt, hãy chọn ngày trong năm đã có lịch.")]


def no_new_date_vi(case: Case, now: datetime) -> str:
    """Why no new date may be given any more; nothing where one may (R07)."""
    if case.reappointed_at is not None:
        return "Hồ sơ đã được hẹn lại một lần; chỉ được hẹn lại một lần. Vẫn gửi được thư xin lỗi không có ngày hẹn."
    last_on = last_day_for_new_date(case)
    if now.astimezone(HANOI).date() > last_on:
        return (
            f"Đã quá hạn hẹn lại: ngày cuối cùng được hẹn lại là {last_on:%d/%m/%Y}, trước ngày hẹn một ngày. "
            "Vẫn gửi được thư xin lỗi không có ngày hẹn."
        )
    return ""


def as_sent(case: Case, drafted: Apology, now: datetime) -> Apology:
    """The letter as it goes out now: without its new date where none may be given any more; the due then stays."""
    assert case.due_at is not None
    new_due_at = None if no_new_date_vi(case, now) else drafted.new_due_at
    if new_due_at and new_due_at <= case.due_at:  # a supplement moved the due since the draft
        new_due_at = None
    return replace(drafted, previous_due_at=case.due_at, new_due_at=new_due_at)


def last_day_for_new_date(case: Case) -> date:
    """At the latest one day before the due date (R07)."""
    return window(case).last_on


def is_last_chance(case: Case, now: datetime) -> bool:
    """Whether a new date may still be given today, and no more on the next working day; of a case that needs one."""
    if case.status is not Status.IN_PROCESS or case.due_at is None or case.reappointed_at or now >= case.due_at:
        return False
    if case.due_at - now > LOOKS_AHEAD or no_new_date_vi(case, now):
        return False
    try:
        return calendar_of(case).next_working_day(now.astimezone(HANOI).date()) > last_day_for_new_date(case)
    except OutsideCalendar:
        return False


def window(case: Case) -> rule.Apology:
    """From when a letter is drafted, and the last date for a new one; of an accepted case."""
    assert case.due_at is not None
    on = case.received_at.astimezone(HANOI).date()
    return rule.apology(clock.due_again(case, case.due_at), calendar_of(case), on=on, office_id=case.office)


def new_due_at(case: Case, on: date) -> datetime:
    """The time of day promised stays as near as the new day's sessions allow (R04)."""
    assert case.due_at is not None
    return datetime.combine(on, _clock_time(case.due_at.astimezone(HANOI).time(), on, calendar_of(case)), HANOI)


def _clock_time(clock_time: time, on: date, calendar: Calendar) -> time:
    begun = [ends for begins, ends in calendar.sessions(on) if begins <= clock_time]
    return min(clock_time, begun[-1]) if begun else calendar.sessions(on)[0][0]
