"""Words a case is found by, without diacritics. Pure text."""

import re

from rules.plain import fold

_BETWEEN_WORDS = re.compile(r"[^a-z0-9.]+")


def words_of(text: str) -> list[str]:
    """The words of a text, folded."""
    return [word.strip(".") for word in _BETWEEN_WORDS.split(fold(text)) if word.strip(".")]


def search_words(*texts: str | None) -> list[str]:
    """Every word a case may be found by, each once; codes count whole and in their parts."""
    found = [word for text in texts if text for word in (*words_of(text), *_whole(text))]
    return sorted(set(found))


def _whole(text: str) -> list[str]:
    """A code as it is typed or scanned, in one piece."""
    folded = fold(text.strip())
    return [folded] if folded and " " not in folded else []
