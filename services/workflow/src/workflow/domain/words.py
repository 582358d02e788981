"""Words a case is found by, without diacritics, and names as lists may show them. Pure text."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rules.packages import Sheets
from rules.plain import fold
from rules.records.form import Form, FormField

ERASED_VI = "(đã xóa theo yêu cầu)"  # in the place of a person's name
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


def filed_words(sheets: Sheets, forms: Iterable[Form]) -> list[str]:
    """What the searchable fields of a package say, as words to be found by: serial numbers of devices and the like."""
    filled = ((form, sheet) for form in forms for sheet in sheets.get(form.id, ()))
    return search_words(*(text for form, sheet in filled for text in _searchable(tuple(form.fields()), sheet)))


def _searchable(fields: Iterable[FormField], sheet: Mapping[str, Any]) -> Iterator[str]:
    for field in fields:
        said = sheet.get(field.key)
        if field.type == "table":
            for row in said or ():
                yield from _searchable(field.columns, row)
        elif field.searchable and said not in (None, ""):
            yield str(said)


def masked(name: str) -> str:
    """A person's name as lists show it: the family name and the initials of the rest."""
    if name == ERASED_VI:
        return name
    first, *others = name.split() or [""]
    return " ".join((first, *(f"{other[0]}." for other in others)))
