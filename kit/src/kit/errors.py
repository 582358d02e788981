"""What an outside system's answer means for us.

TryAgain
    it said: not now
    Unreachable       it took nothing
    OutcomeUnknown    it may have done it
Refused
    it said: never
"""


class TryAgain(Exception):
    """It may work later without anybody mending anything."""


class Unreachable(TryAgain):
    """Nothing was handed over: no connection, or the circuit is open."""


class OutcomeUnknown(TryAgain):
    """It may have been done. The channel decides: ask, repeat under the same key, or wait for a receipt or a person."""


class Refused(Exception):
    """The other side will give the same answer again; a person has to look."""
