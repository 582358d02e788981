"""Spans of months and years: until when a result is valid (X09), and by when an applicant had to file (X04). Pure."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from rules.calendar import Calendar
from rules.records.component import FieldRef
from rules.records.procedure import ApplicantDeadline, Procedure, Result

Sheets = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class LateFiling:
    """A dossier that came after the last day for it. `is_refused` where it then needs another procedure, `instead`."""

    last_on: date
    is_refused: bool
    message_vi: str
    message_en: str
    instead: str | None


def corresponding_day(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that has no such day (Civil Code, art. 148(2)-(4))."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if day.day <= 28:  # every month has it
        return date(year, month + 1, day.day)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_in(value: int, unit: Literal["months", "years"]) -> int:
    return value * 12 if unit == "years" else value


def valid_until(result: Result, *, issued_on: date, old_expiry: date | None = None) -> date | None:
    """The last day of a result (X09), or None where it has no term of its own or no source tells.

    What extends an older licence counts from that one's expiry, what amends or replaces it keeps its end.
    """
    if result.validity_rule == "as_old_licence":
        return old_expiry
    begins = old_expiry if result.validity_rule == "from_old_expiry" else issued_on
    if result.validity is None or result.validity_rule not in ("from_issue", "from_old_expiry") or begins is None:
        return None
    return corresponding_day(begins, months_in(result.validity.value, result.validity.unit))


def last_filing_day(deadline: ApplicantDeadline, event_on: date, calendar: Calendar | None = None) -> date | None:
    """The last day on which the applicant could file, from the day of the event; None if days must be working days
    and no calendar is at hand."""
    sign = 1 if deadline.direction == "within" else -1
    if deadline.unit == "calendar_days":
        return event_on + timedelta(days=sign * deadline.value)
    return calendar.add_working_days(event_on, sign * deadline.value) if calendar else None


def late_filing(
    procedure: Procedure, forms: Sheets, filed_on: date, calendar: Calendar | None = None
) -> LateFiling | None:
    """Whether the dossier came too late by its own dates; None where it did not, or the sheets name no such date."""
    deadline = procedure.applicant_deadline
    event_on = _day(deadline.date_field, forms) if deadline else None
    if deadline is None or event_on is None or not _is_owed(deadline, event_on, forms):
        return None
    last_on = last_filing_day(deadline, event_on, calendar)
    if last_on is None or filed_on <= last_on:
        return None
    sentences = (deadline.late_vi or _late_vi(last_on), deadline.late_en or _late_en(last_on))
    return LateFiling(last_on, deadline.late_filing == "refused", *sentences, deadline.instead)


def _is_owed(deadline: ApplicantDeadline, event_on: date, forms: Sheets) -> bool:
    """A duty only for longer licences holds where the sheets do not show that this one is shorter."""
    longer = deadline.only_if_longer_than
    granted_on = _day(deadline.granted_field, forms)
    if longer is None or granted_on is None or longer.unit not in ("months", "years"):
        return True
    months = longer.value * 12 if longer.unit == "years" else longer.value
    return event_on > corresponding_day(granted_on, months)


def _day(field: FieldRef | None, forms: Sheets) -> date | None:
    sheets = forms.get(field.form_id, ()) if field else ()
    value = sheets[0].get(field.field) if field and sheets else None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _late_vi(last_on: date) -> str:
    return f"Hồ sơ nộp quá hạn; ngày cuối cùng để nộp là {last_on:%d/%m/%Y}."


def _late_en(last_on: date) -> str:
    return f"The dossier came late; the last day for it was {last_on.isoformat()}."
