"""Put on one worker's PYTHONPATH it makes that process's clock lie, and nothing else of it. Never part of a product."""

import ctypes
import datetime
import gc
import os
import time

AHEAD_SECONDS = float(os.environ.get("CHAOS_CLOCK_AHEAD_SECONDS", "0"))
AHEAD = datetime.timedelta(seconds=AHEAD_SECONDS)
_true_time, _true_time_ns, _true_now = time.time, time.time_ns, datetime.datetime.now


def _now(cls: type[datetime.datetime], tz: datetime.tzinfo | None = None) -> datetime.datetime:
    return _true_now(tz) + AHEAD


# `datetime` is made in C and refuses new attributes: its own dictionary is reached past that.
gc.get_referents(datetime.datetime.__dict__)[0]["now"] = classmethod(_now)
ctypes.pythonapi.PyType_Modified(ctypes.py_object(datetime.datetime))
time.time = lambda: _true_time() + AHEAD_SECONDS
time.time_ns = lambda: _true_time_ns() + int(AHEAD_SECONDS * 1e9)
