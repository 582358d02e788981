"""What the rules can refuse. Each error carries the facts, so that a page can say it in Vietnamese.

RulesError
├── BadData            the catalogue itself is wrong: file, line, reason
├── Unknown            asked for something the catalogue does not hold
│   ├── UnknownProcedure, UnknownForm, UnknownFee, UnknownFeeItem, UnknownOffice, UnknownCodeFormat
├── NotInForce         the record exists, but not on that date
├── NotPublished       no act has published it yet (R14)
├── NotPriced          the fee table has no amount for what is asked
├── NoSuchChannel      the procedure cannot be filed that way
├── WrongOrder         two moments of a road that cannot follow each other so
└── OutsideCalendar    a moment before or after the years the calendar knows
"""

from datetime import date, datetime


class RulesError(Exception):
    """Anything the rules refuse."""


class BadData(RulesError):
    """A catalogue file that may not be used; the message starts `file:line: reason`."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


class Unknown(RulesError):
    """Asked for something the catalogue does not hold."""

    kind = "record"

    def __init__(self, name: str) -> None:
        super().__init__(f"no such {self.kind}: {name}")
        self.name = name


class UnknownProcedure(Unknown):
    kind = "procedure"


class UnknownForm(Unknown):
    kind = "form"


class UnknownFee(Unknown):
    kind = "fee table"


class UnknownFeeItem(Unknown):
    kind = "fee item"


class UnknownOffice(Unknown):
    kind = "office"


class UnknownCodeFormat(Unknown):
    kind = "code format"


class NotInForce(RulesError):
    """The record exists, but no version of it holds on that date."""

    def __init__(self, name: str, on: date) -> None:
        super().__init__(f"{name} is not in force on {on.isoformat()}")
        self.name = name
        self.on = on


class NotPublished(RulesError):
    """No act has published it yet: shown as that, never replaced by a guess (R14)."""

    def __init__(self, procedure_id: str, what: str) -> None:
        super().__init__(f"{procedure_id}: the {what} is not yet published")
        self.procedure_id = procedure_id
        self.what = what


class NotPriced(RulesError):
    """The fee table names no amount for this action or item, or the value it is taken of was not stated."""

    def __init__(self, fee_id: str, what: str) -> None:
        super().__init__(f"{fee_id} has no amount for {what!r}")
        self.fee_id = fee_id
        self.what = what


class OutsideCalendar(RulesError):
    """A moment before or after the years the calendar knows; guessing would be worse than refusing.

    `at` is empty where not the question but its answer lies there.
    """

    def __init__(self, version: str, at: date | datetime | None, first: date, last: date) -> None:
        asked = at.isoformat() if at else "the end of that limit"
        super().__init__(f"{asked} is outside calendar {version}, which knows {first} to {last}")
        self.version = version
        self.at = at
        self.first, self.last = first, last


class WrongOrder(RulesError):
    """Two moments of a road that cannot follow each other so; `earlier` should not come after `later`."""

    def __init__(self, earlier: str, later: str) -> None:
        super().__init__(f"{earlier} must not be after {later}")
        self.earlier = earlier
        self.later = later


class NoSuchChannel(RulesError):
    """The procedure cannot be filed that way."""

    def __init__(self, procedure_id: str, channel: str) -> None:
        super().__init__(f"{procedure_id} cannot be filed by channel {channel}")
        self.procedure_id = procedure_id
        self.channel = channel
