"""What a case refuses. Each error carries facts, so that a page can say it in Vietnamese and the API in English.

WorkflowError
├── NoSuchCase           not there, or not this person's to see
├── NoSuchFile           the case has no such file, slip or result
├── NoSuchList           no list, report or page of a list is called so
├── NoSuchPeriod         a report's span of time that nobody can mean
├── NotAllowedNow        the status does not allow the action
├── NotYours             the action belongs to another role, unit or person
├── ChangedMeanwhile     somebody changed the case since this person looked
├── TooEarly             the applicant may still answer, or pay
├── NoSuchEvent          the case keeps no such event for decision
├── AlreadyDecided       somebody decided on that event before
├── CheckIncomplete      components without a verdict, or lacking ones, stand in the way
├── Incomplete           fields of what was sent are wrong or missing, each with a sentence
│   ├── RequestIncomplete    a supplement request must name everything that lacks
│   ├── DecisionIncomplete   a step's form lacks what its decision needs
│   └── CalendarWrong        a calendar's draft contradicts itself, or the years it must cover
├── NoSuchCalendar       no version or draft of a calendar is called so
├── StaleDraft           the draft was made from a version that is not the newest any more
├── OwnDraft             who drafted a calendar may not approve it
├── LimitNotPublished    the procedure's limit, papers or fee are not published (reading R14)
├── FeeNotKnown          what this dossier costs cannot be told from its sheets and the table
├── WrongBytes           the SHA-256 that was confirmed is not that of the result
└── WrongFacts           an event's facts do not fit the case
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from workflow.domain.reasons import why_not

FieldSentence = tuple[str, str]


class WorkflowError(Exception):
    """Anything this service refuses. `facts` go into the answer's body."""

    facts: Mapping[str, Any] = {}


class NoSuchCase(WorkflowError):
    def __init__(self) -> None:
        super().__init__("no such case, or it is not yours to see")


class NoSuchFile(WorkflowError):
    def __init__(self, name: str) -> None:
        super().__init__(f"the case has no {name}")


class NoSuchList(WorkflowError):
    def __init__(self, name: str) -> None:
        super().__init__(f"nothing is called {name!r} here")


class NoSuchPeriod(WorkflowError):
    def __init__(self, text: str) -> None:
        super().__init__(f"not a period: {text}")
        self.facts = {"sentence_vi": "Kỳ báo cáo không đúng: ngày đầu phải trước hoặc trùng ngày cuối."}


class NotAllowedNow(WorkflowError):
    """`lacking` is what the move needs and the case has not; none where its status already forbids the action."""

    def __init__(self, action: str, status: int, lacking: str | None = None) -> None:
        besides = f" that is not {lacking.replace('_', ' ')}" if lacking else ""
        super().__init__(f"cannot {action.replace('_', ' ')} a case in status {status}{besides}")
        self.action, self.status, self.lacking = action, status, lacking
        self.facts = {"sentence_vi": why_not(status, lacking)}


class NotYours(WorkflowError):
    def __init__(self, action: str, reason_vi: str) -> None:
        super().__init__(f"{action.replace('_', ' ')} belongs to another role, unit or person")
        self.reason_vi = reason_vi
        self.facts = {"sentence_vi": reason_vi}


class ChangedMeanwhile(WorkflowError):
    """`who`, `what` and `at` are those of the last change."""

    def __init__(self, *, seen: int, version: int, who: str, what_vi: str, at: datetime | None) -> None:
        super().__init__(f"you saw version {seen}, the case is at version {version}")
        when = f" lúc {at:%H:%M ngày %d/%m/%Y}" if at else ""
        sentence = f"{who} vừa cập nhật hồ sơ này{when}: {what_vi}. Hãy xem lại trước khi làm tiếp."
        self.facts = {"version": version, "changed_by": who, "change_vi": what_vi, "sentence_vi": sentence}


class TooEarly(WorkflowError):
    """`until` is the last moment of the limit."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"the applicant may answer until {until.isoformat()}")
        sentence = f"Người nộp còn được trả lời đến {until:%H:%M ngày %d/%m/%Y}, nên chưa đóng hồ sơ được."
        self.facts = {"until": until.isoformat(), "sentence_vi": sentence}


class NoSuchEvent(WorkflowError):
    def __init__(self, number: int) -> None:
        super().__init__(f"the case keeps no event {number} for decision")


class AlreadyDecided(WorkflowError):
    """`decision_vi` is what somebody decided before."""

    def __init__(self, decision_vi: str) -> None:
        super().__init__("this event was decided on before")
        self.facts = {"decision_vi": decision_vi, "sentence_vi": f"Việc này đã được quyết định: {decision_vi}"}


class CheckIncomplete(WorkflowError):
    def __init__(self, components: Sequence[tuple[str, str]]) -> None:
        super().__init__(f"not found in order: {', '.join(code for code, _ in components)}")
        names = "; ".join(name for _, name in components)
        self.facts = {
            "components": [code for code, _ in components],
            "sentence_vi": f"Còn thành phần chưa được xác nhận là đạt: {names}.",
        }


class Incomplete(WorkflowError):
    """`field_errors` pairs a field of what was sent with what is wrong with it."""

    message = "what was sent is not complete"

    def __init__(self, errors: Sequence[FieldSentence]) -> None:
        super().__init__(self.message)
        self.field_errors = list(errors)
        self.facts = {
            "field_errors": [{"field": field, "sentence_vi": sentence} for field, sentence in errors],
            "sentence_vi": " ".join(sentence for _, sentence in errors),
        }


class RequestIncomplete(Incomplete):
    """The fields are codes of components."""

    message = "the request must name everything that lacks, once, each with a sentence"


class DecisionIncomplete(Incomplete):
    """The fields are those of the step's form."""

    message = "the decision lacks what this step needs"


class CalendarWrong(Incomplete):
    """The fields are `days.<date>`, or those of the record."""

    message = "the calendar is not sound"


class NoSuchCalendar(WorkflowError):
    def __init__(self, name: object) -> None:
        super().__init__(f"no such version or draft of the calendar: {name}")


class StaleDraft(WorkflowError):
    def __init__(self, based_on: str, newest: str) -> None:
        super().__init__(f"the draft was made from version {based_on}, the newest is {newest}")
        sentence = f"Bản thảo dựa trên lịch {based_on}, nhưng lịch {newest} đã được duyệt. Hãy soạn lại từ lịch mới."
        self.facts = {"based_on": based_on, "newest": newest, "sentence_vi": sentence}


class OwnDraft(WorkflowError):
    def __init__(self) -> None:
        super().__init__("who drafted a calendar may not approve it; a second person must")
        self.facts = {"sentence_vi": "Người soạn không được tự duyệt; cần một người khác duyệt."}


class LimitNotPublished(WorkflowError):
    def __init__(self, procedure_id: str, why_vi: str | None = None) -> None:
        super().__init__(f"{procedure_id} is not wholly published, so its dossiers cannot be accepted yet")
        asked = "Thủ tục này chưa công bố thời hạn giải quyết nên chưa thể tiếp nhận hồ sơ."
        self.facts = {"sentence_vi": why_vi or asked}


class FeeNotKnown(WorkflowError):
    def __init__(self, fee_id: str, what: str) -> None:
        super().__init__(f"{fee_id} has no amount for {what}, or the dossier does not say how much of it there is")
        why = "chưa có mức phí, hoặc hồ sơ chưa ghi số lượng hay giá trị để tính."
        self.facts = {"sentence_vi": f"Chưa tính được phí: {why}"}


class WrongBytes(WorkflowError):
    def __init__(self) -> None:
        super().__init__("the SHA-256 confirmed is not that of the result to be signed")


class WrongFacts(WorkflowError):
    """An event that does not fit; it is parked with this reason, for a person to look at."""
