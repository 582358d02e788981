"""A what-if question as it was typed into the page's address: read, and told where it cannot be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from starlette.datastructures import FormData, QueryParams, UploadFile

from intake.domain.texts import storable
from intake.domain.what_if import MOST_ROUNDS, Wrong
from kit.now import TIME_ZONE
from kit.pages.forms import rows
from rules.milestones import Question, Round

LONGEST = 100
EMPTY_ROUND: Mapping[str, str] = {}
CHANNELS = ("online", "direct", "postal")
# What is asked for by a date and a time of day: how people call it in Vietnamese and in English.
FILED, PAID = ("lúc nộp hồ sơ", "the filing"), ("lúc nộp phí", "the payment")
ASKED, ANSWERED = ("lúc yêu cầu bổ sung", "the request"), ("lúc bổ sung", "the answer")
Names = tuple[str, str]


@dataclass
class Asking:
    """The fields as typed. `wrong` fills while they are read; its pointers are those of the page's fields."""

    procedure: str = ""
    channel: str = "online"
    office: str = ""
    filed_on: str = ""
    filed_time: str = ""
    paid_on: str = ""
    paid_time: str = ""
    rounds: list[Mapping[str, str]] = field(default_factory=list)
    is_asked: bool = False
    wrong: list[Wrong] = field(default_factory=list)

    def question(self) -> Question | None:
        """What was asked, or None with everything wrong in `wrong`."""
        self._must_choose("procedure", self.procedure, "Hãy chọn thủ tục.", "Choose a procedure.")
        if self.channel not in CHANNELS:
            self._blame("channel", "Hãy chọn một cách nộp.", "Choose a way of filing.")
        filed_at = self._moment("filed", self.filed_on, self.filed_time, FILED, is_needed=True)
        paid_at = self._moment("paid", self.paid_on, self.paid_time, PAID)
        if len(self.rounds) > MOST_ROUNDS:
            self._blame("supplements", f"Ghi nhiều nhất {MOST_ROUNDS} lần.", f"Give at most {MOST_ROUNDS} rounds.")
        rounds = [self._round(number, row) for number, row in enumerate(self.rounds)]
        if self.wrong or filed_at is None:
            return None
        found = tuple(one for one in rounds if one is not None)
        return Question(self.procedure, self.channel, self.office, filed_at, paid_at, found)

    def _round(self, number: int, row: Mapping[str, str]) -> Round | None:
        asked, answered = (f"supplements-{number}-{name}" for name in ("asked", "answered"))
        asked_on, asked_time = row.get("asked_on", ""), row.get("asked_time", "")
        asked_at = self._moment(asked, asked_on, asked_time, ASKED, is_needed=True)
        answered_at = self._moment(answered, row.get("answered_on", ""), row.get("answered_time", ""), ANSWERED)
        return Round(asked_at, answered_at) if asked_at else None

    def _moment(self, stem: str, on: str, clock: str, names: Names, *, is_needed: bool = False) -> datetime | None:
        """The moment of a date and a time of day, by the clock of Vietnam; both or, where it may be left out, none."""
        if not (on or clock or is_needed):
            return None
        day, moment = read_date(on), read_time(clock)
        if day is None:
            self._blame(f"{stem}_on", *_date_wanted(on, names))
        if moment is None:
            self._blame(f"{stem}_time", *_time_wanted(clock, names))
        return datetime.combine(day, moment, TIME_ZONE) if day and moment else None

    def _must_choose(self, name: str, value: str, vietnamese: str, english: str) -> None:
        if not value:
            self._blame(name, vietnamese, english)

    def _blame(self, name: str, vietnamese: str, english: str) -> None:
        self.wrong.append(Wrong(name, vietnamese, english))


def _date_wanted(typed: str, names: Names) -> tuple[str, str]:
    if not typed:
        return f"Hãy ghi ngày của {names[0]}.", f"Give the date of {names[1]}."
    return (
        f"Ngày của {names[0]} chưa đúng. Ghi đủ ngày, tháng, năm, ví dụ 06/01/2026.",
        f"The date of {names[1]} cannot be read. Give day, month and year, such as 06/01/2026.",
    )


def _time_wanted(typed: str, names: Names) -> tuple[str, str]:
    if not typed:
        return f"Hãy ghi giờ của {names[0]}, ví dụ 09:00.", f"Give the time of {names[1]}, such as 09:00."
    return (
        f"Giờ của {names[0]} chưa đúng. Ghi giờ và phút, ví dụ 09:00.",
        f"The time of {names[1]} cannot be read. Give hours and minutes, such as 09:00.",
    )


def read_date(typed: str) -> date | None:
    """A date as browsers send it or as people write it."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(typed, form).date()  # noqa: DTZ007 - a date alone
        except ValueError:
            continue
    return None


def read_time(typed: str) -> time | None:
    """A time of day, to the minute."""
    try:
        return datetime.strptime(typed[:5], "%H:%M").time()  # noqa: DTZ007 - a time of day alone
    except ValueError:
        return None


def read(params: QueryParams, office: str, now: datetime) -> Asking:
    """The question in an address. Nothing was asked yet where no filing date was sent, or a row was only added."""
    typed = {name: storable(value)[:LONGEST].strip() for name, value in params.items()}
    pressed = {"add_row", "remove_row"} & set(typed)
    is_sent = "filed_on" in typed
    local = now.astimezone(TIME_ZONE)
    return Asking(
        procedure=typed.get("procedure", ""),
        channel=typed.get("channel", "online"),
        office=typed.get("office", office),
        filed_on=typed.get("filed_on", "" if is_sent else local.date().isoformat()),
        filed_time=typed.get("filed_time", "" if is_sent else f"{local:%H:%M}"),
        paid_on=typed.get("paid_on", ""),
        paid_time=typed.get("paid_time", ""),
        rounds=_rounds(params, typed),
        is_asked=is_sent and not pressed,
    )


def _rounds(params: QueryParams, typed: Mapping[str, str]) -> list[Mapping[str, str]]:
    """The rows of supplements, with one more or one less where its button was pressed."""
    removed = typed.get("remove_row", "").removeprefix("supplements-")
    found: list[Mapping[str, str]] = [
        {name: storable(value)[:LONGEST] for name, value in row.items()}
        for number, row in enumerate(_sent_rows(params))
        if str(number) != removed
    ]
    if "add_row" in typed and len(found) < MOST_ROUNDS:
        found.append(EMPTY_ROUND)
    return found


def _sent_rows(params: QueryParams) -> list[dict[str, str]]:
    sent: list[tuple[str, UploadFile | str]] = list(params.multi_items())
    return rows(FormData(sent), "supplements")
