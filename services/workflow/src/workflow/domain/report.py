"""Report II.06/VPCP/KSTT on handling results: its lines, its columns and its control sum. Pure; counts nothing itself.

TT 01/2020/TT-VPCP, Annex (form II.06a). Columns are numbered as the form numbers them; 1 and 2 are the line's number
and its name. What is refused at reception (status 3) never was received, so it is in no column.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal, Self

By = Literal["field", "unit", "procedure"]

# A dossier that was withdrawn or stopped ends without a result, so it cannot be early or late. The form has no column
# for it; departments book it as finished on time in practice (column 9 of the form).
ENDED_WITHOUT_RESULT = "on_time"

COLUMNS_VI = {
    3: "Tiếp nhận, tổng số",
    4: "Trong kỳ, trực tuyến",
    5: "Trong kỳ, trực tiếp hoặc bưu chính",
    6: "Từ kỳ trước chuyển qua",
    7: "Đã giải quyết, tổng số",
    8: "Trước hạn",
    9: "Đúng hạn",
    10: "Quá hạn",
    11: "Đang giải quyết, tổng số",
    12: "Trong hạn",
    13: "Đã quá hạn",
}
BY_VI: dict[By, str] = {"field": "Lĩnh vực giải quyết", "unit": "Đơn vị giải quyết", "procedure": "Thủ tục"}


@dataclass(frozen=True)
class Counts:
    """What is counted, in dossiers; the columns that are sums are worked out from these."""

    online: int = 0  # 4
    other: int = 0  # 5
    carried: int = 0  # 6
    early: int = 0  # 8
    on_time: int = 0  # 9
    late: int = 0  # 10
    within: int = 0  # 12, what waits for a supplement among it
    overdue: int = 0  # 13

    def __add__(self, other: Self) -> "Counts":
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def received(self) -> int:
        return self.online + self.other + self.carried

    @property
    def finished(self) -> int:
        return self.early + self.on_time + self.late

    @property
    def in_progress(self) -> int:
        return self.within + self.overdue

    @property
    def agrees(self) -> bool:
        """The form's control sum: column 3 is column 7 and column 11."""
        return self.received == self.finished + self.in_progress

    @property
    def columns(self) -> dict[int, int]:
        """Columns 3 to 13, as the form numbers them."""
        taken = (self.received, self.online, self.other, self.carried)
        done = (self.finished, self.early, self.on_time, self.late)
        return dict(enumerate((*taken, *done, self.in_progress, self.within, self.overdue), start=3))

    @property
    def on_time_percent(self) -> int | None:
        """How many of a hundred finished dossiers were not late; none where nothing was finished."""
        return (100 * (self.early + self.on_time)) // self.finished if self.finished else None


@dataclass(frozen=True)
class Line:
    """One line of the report: a field, a unit or a procedure. `key` is its id."""

    key: str
    name_vi: str
    counts: Counts


def folded(found: Iterable[Line]) -> list[Line]:
    """One line for each key, by name; the counts of lines that share one are added."""
    lines: dict[str, Line] = {}
    for line in found:
        before = lines.get(line.key, Line(line.key, line.name_vi, Counts()))
        lines[line.key] = Line(line.key, before.name_vi, before.counts + line.counts)
    return sorted(lines.values(), key=lambda line: (line.name_vi, line.key))


def total(lines: Iterable[Line]) -> Counts:
    return sum((line.counts for line in lines), start=Counts())
