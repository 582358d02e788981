"""What every text that somebody types must hold to: said at all, and not too long."""

from workflow.domain.errors import DecisionIncomplete, FieldSentence

LONGEST_TEXT = 5000
SHORTEST_REASON = 10
TOO_LONG = "Nội dung quá dài, hãy rút gọn."


def check_text(field: str, said: str, missing_vi: str) -> list[FieldSentence]:
    """A sentence where the field says nothing (`missing_vi`) or too much."""
    if not said.strip():
        return [(field, missing_vi)]
    return [(field, TOO_LONG)] if len(said) > LONGEST_TEXT else []


def said_text(field: str, text: str, missing_vi: str, *, shortest: int = SHORTEST_REASON) -> str:
    """The text without blanks around it. Raises DecisionIncomplete where it says too little, or too much."""
    text = text.strip()
    if len(text) < shortest:
        raise DecisionIncomplete([(field, missing_vi)])
    if len(text) > LONGEST_TEXT:
        raise DecisionIncomplete([(field, TOO_LONG)])
    return text


def working_time_vi(minutes: int) -> str:
    """`2 ngày 3 giờ 5 phút làm việc`, eight hours a day."""
    days, rest = divmod(minutes, 480)
    hours, left = divmod(rest, 60)
    said = [f"{count} {unit}" for count, unit in ((days, "ngày"), (hours, "giờ"), (left, "phút")) if count]
    return " ".join([*(said or ["0 phút"]), "làm việc"])
