"""What another agency is asked while a case goes on, and its answer. Pure: the limit does not pause for it."""

from dataclasses import dataclass
from datetime import date, datetime

from rules.calendar import HANOI, Calendar
from workflow.domain.apology import working_day_errors
from workflow.domain.errors import DecisionIncomplete, FieldSentence
from workflow.domain.texts import check_text


@dataclass(frozen=True)
class Opinion:
    """One question to one agency; `number` counts the questions of the case."""

    number: int
    agency_vi: str
    question: str
    answer_by: date
    asked_at: datetime
    asked_by: str
    answered_on: date | None = None
    answer: str = ""

    def is_overdue(self, on: date) -> bool:
        """Not answered, and the date by which it should have been is past."""
        return self.answered_on is None and on > self.answer_by


def check_question(agency_vi: str, question: str, answer_by: date | None, calendar: Calendar, now: datetime) -> None:
    """Raises DecisionIncomplete: who is asked, what, and a working day in the future to answer by."""
    wrong = check_text("agency_vi", agency_vi, "Hãy ghi cơ quan được hỏi ý kiến.")
    wrong += check_text("question", question, "Hãy ghi nội dung cần hỏi; công văn sẽ in đúng đoạn này.")
    wrong += _answer_by_errors(answer_by, calendar, now.astimezone(HANOI).date())
    if wrong:
        raise DecisionIncomplete(wrong)


def _answer_by_errors(answer_by: date | None, calendar: Calendar, today: date) -> list[FieldSentence]:
    if answer_by is None:
        return [("answer_by", "Hãy chọn ngày cần trả lời.")]
    if answer_by <= today:
        return [("answer_by", "Ngày cần trả lời phải sau hôm nay.")]
    return working_day_errors(calendar, "answer_by", answer_by)


def check_answer(opinion: Opinion, answered_on: date | None, answer: str, now: datetime) -> None:
    """Raises DecisionIncomplete: an answer with its date, not before it was asked and not in the future."""
    wrong = check_text("answer", answer, "Hãy ghi nội dung trả lời.")
    asked_on = opinion.asked_at.astimezone(HANOI).date()
    if answered_on is None:
        wrong.append(("answered_on", "Hãy ghi ngày trả lời."))
    elif not asked_on <= answered_on <= now.astimezone(HANOI).date():
        wrong.append(("answered_on", f"Ngày trả lời phải từ ngày hỏi ({asked_on:%d/%m/%Y}) đến hôm nay."))
    if wrong:
        raise DecisionIncomplete(wrong)
