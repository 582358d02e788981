"""The tables of docs/catalogue.md, between their two marks; the words around them are people's and stay."""

from motcua.catalogue.listing import as_markdown, sorted_procedures
from motcua.catalogue.words import Words
from rules.catalogue import load

BEGIN = "<!-- written by `make schemas`: begin -->\n"
END = "<!-- written by `make schemas`: end -->\n"


def with_tables(text: str) -> str:
    """The same document with today's tables. Raises ValueError if a mark is missing."""
    before, _, rest = text.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError("the document lacks the marks between which its tables stand")
    tables = as_markdown(sorted_procedures(load()), Words("en"))
    return f"{before}{BEGIN}\n{tables}\n{END}{after}"
