"""Our readings where the law is silent, as settings; the numbers are those of docs/readings.md."""

from datetime import time
from typing import Literal

from rules.records.cited import Entry


class Readings(Entry):
    """The defaults are the readings themselves; an office may choose otherwise, dated and with its act.

    What a supplement does (R08) is each procedure's own, how early an apology is drafted (R07) a limit in
    `data/limits`, and when the desk is open (R13) the calendar's.
    """

    online_check_rolls: bool = True  # R03 with T03: an online dossier out of hours counts from the next opening
    main_limit_rolls: bool = False  # R03: the same roll for the main limit
    day_zero_cutoff: time | None = None  # R03: what starts later, or on a day off, starts with the next working day
    day_limit_clock: Literal["carried", "close_of_day"] = "carried"  # R04: the due day's time of day
    rolled_day_clock: Literal["close_of_day", "carried"] = "close_of_day"  # R04: the same, where the day had to roll
    full_session_ends: Literal["session", "next_session"] = "session"  # R04: hours and minutes that fill a session
    day_limits_late_after: Literal["date", "moment"] = "date"  # R05: late after the due date, or after the due moment
    reports_count: Literal["first", "present"] = "first"  # R06


DEFAULT = Readings()
