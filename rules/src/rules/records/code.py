"""How a code that people read is put together, by date."""

from typing import Annotated, Literal

from pydantic import Field

from rules.records.cited import Entry, Record

CodeKind = Literal["dossier_code", "arrival_number", "result_code"]


class AgencyPart(Entry):
    """One level of the agency's identifier; `width` pads its digits with zeros, 0 writes the level as it is."""

    level: Annotated[int, Field(ge=1, le=4)]
    width: Annotated[int, Field(ge=0, le=3)]


class CodeFormat(Record):
    """`pattern` uses {agency}, {date} (yymmdd), {number} and {code}; the number grows past its width when it must."""

    kind: CodeKind
    pattern: str
    agency_parts: tuple[AgencyPart, ...] = ()
    number_width: Annotated[int, Field(ge=1, le=8)] = 1
    example: str
