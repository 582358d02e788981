"""Our readings where the law is silent, as settings; the numbers are those of docs/readings.md."""

from typing import Literal

from rules.records.cited import Entry


class Readings(Entry):
    """The defaults are the readings themselves; an office may choose otherwise, dated and with its act."""

    day_limit_clock: Literal["carried", "close_of_day"] = "carried"  # R04
    online_check_rolls: bool = True  # R03 with T03: an online dossier out of hours counts from the next opening
    main_limit_rolls: bool = False  # R03: the same roll for the main limit, if a procedure says so
    reports_count: Literal["first", "present"] = "first"  # R06


DEFAULT = Readings()
