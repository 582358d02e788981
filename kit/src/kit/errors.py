"""What an outside system's answer means for us: try again later, or never."""


class TryAgain(Exception):
    """It may work later without anybody mending anything."""


class Refused(Exception):
    """The other side will give the same answer again; a person has to look."""
