"""What if: the road a dossier would take, by the rules' own function, and what is wrong with a question. Pure."""

from dataclasses import dataclass
from datetime import datetime

from intake.domain.errors import (
    ChannelNotOffered,
    LimitUnpublished,
    OutsideYears,
    ProcedureNotInForce,
    ProcedureUnknown,
    QuestionInvalid,
)
from rules.calendar import HANOI, Calendar
from rules.catalogue import Catalogue
from rules.errors import NoSuchChannel, NotInForce, NotPublished, OutsideCalendar, UnknownProcedure, WrongOrder
from rules.milestones import Question, Road
from rules.road import road

MOST_ROUNDS = 10


@dataclass(frozen=True)
class Wrong:
    """One thing wrong with a question: where, as the API calls it, and how to mend it."""

    pointer: str
    message_vi: str
    message_en: str


def what_if(question: Question, calendar: Calendar, catalogue: Catalogue) -> Road:
    """Every date of the road. Raises QuestionInvalid, ProcedureUnknown, ProcedureNotInForce, ChannelNotOffered,
    LimitUnpublished (R14), OutsideYears.
    """
    if wrong := wrong_order(question):
        raise QuestionInvalid(wrong)
    try:
        return road(question, catalogue=catalogue, calendar=calendar)
    except UnknownProcedure as error:
        raise ProcedureUnknown(question.procedure) from error
    except NotInForce as error:
        raise ProcedureNotInForce(question.procedure, question.filed_at.astimezone(HANOI).date()) from error
    except NoSuchChannel as error:
        raise ChannelNotOffered(question.procedure, question.channel) from error
    except NotPublished as error:
        raise LimitUnpublished(question.procedure) from error
    except OutsideCalendar as error:
        raise OutsideYears(calendar.first, calendar.last, leads_out(question, calendar)) from error
    except WrongOrder as error:
        raise QuestionInvalid([TOO_EARLY]) from error


TOO_EARLY = Wrong(
    "supplements/0/asked_at",
    "Lần yêu cầu bổ sung này rơi vào lúc thời hạn chưa bắt đầu tính. Hãy xem lại ngày yêu cầu và ngày nộp phí.",
    "This request falls before the clock starts. Look again at the date of the request and of the payment.",
)
PAID_TOO_EARLY = Wrong(
    "paid_at",
    "Lúc nộp phí không thể trước lúc nộp hồ sơ. Hãy sửa một trong hai.",
    "The fee cannot be paid before the dossier is filed. Change one of the two.",
)


def leads_out(question: Question, calendar: Calendar) -> str:
    """Which moment leads out of the years the calendar knows: the first one outside, else the last one that counts."""
    given = moments_of(question)
    outside = [name for name, at in given if not calendar.covers(at.astimezone(HANOI).date())]
    return outside[0] if outside else max(given, key=lambda one: one[1])[0]


def moments_of(question: Question) -> list[tuple[str, datetime]]:
    """Every moment of a question, named as the API calls it."""
    found: list[tuple[str, datetime | None]] = [("filed_at", question.filed_at), ("paid_at", question.paid_at)]
    for number, one in enumerate(question.rounds):
        found.append((f"supplements/{number}/asked_at", one.asked_at))
        found.append((f"supplements/{number}/answered_at", one.answered_at))
    return [(name, at) for name, at in found if at is not None]


def wrong_order(question: Question) -> list[Wrong]:
    """Moments that cannot follow each other so, each at the later one's field."""
    found = [PAID_TOO_EARLY] if question.paid_at and question.paid_at < question.filed_at else []
    before: datetime | None = question.filed_at
    for number, one in enumerate(question.rounds):
        found += _wrong_round(number, before, one.asked_at, one.answered_at)
        before = one.answered_at
    return found


def _wrong_round(number: int, before: datetime | None, asked_at: datetime, answered_at: datetime | None) -> list[Wrong]:
    if before is None:
        return [_unanswered(number - 1)]
    found = []
    if asked_at < before:
        found.append(_asked_too_early(number))
    if answered_at is not None and answered_at < asked_at:
        found.append(_answered_too_early(number))
    return found


def _unanswered(number: int) -> Wrong:
    return Wrong(
        f"supplements/{number}/answered_at",
        f"Lần {number + 1} chưa có lúc bổ sung, nên chưa thể có lần sau. Hãy ghi lúc bổ sung, hoặc xóa lần sau.",
        f"Round {number + 1} has no answer, so none can follow. Say when it was answered, or remove the next one.",
    )


def _asked_too_early(number: int) -> Wrong:
    vietnamese, english = ("nộp hồ sơ", "the filing") if number == 0 else ("bổ sung lần trước", "the answer before it")
    return Wrong(
        f"supplements/{number}/asked_at",
        f"Lần {number + 1}: lúc yêu cầu bổ sung không thể trước lúc {vietnamese}. Hãy sửa ngày giờ.",
        f"Round {number + 1}: the request cannot come before {english}. Change the date or time.",
    )


def _answered_too_early(number: int) -> Wrong:
    return Wrong(
        f"supplements/{number}/answered_at",
        f"Lần {number + 1}: lúc bổ sung không thể trước lúc được yêu cầu. Hãy sửa ngày giờ.",
        f"Round {number + 1}: the answer cannot come before the request. Change the date or time.",
    )
