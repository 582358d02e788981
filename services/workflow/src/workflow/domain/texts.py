"""What every text that somebody types must hold to: said at all, and not too long."""

from workflow.domain.errors import FieldSentence

LONGEST_TEXT = 5000
TOO_LONG = "Nội dung quá dài, hãy rút gọn."


def check_text(field: str, said: str, missing_vi: str) -> list[FieldSentence]:
    """A sentence where the field says nothing (`missing_vi`) or too much."""
    if not said.strip():
        return [(field, missing_vi)]
    return [(field, TOO_LONG)] if len(said) > LONGEST_TEXT else []
