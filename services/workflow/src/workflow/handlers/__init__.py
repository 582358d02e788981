"""One function per command or event. Each works inside its caller's transaction and never commits."""

from workflow.handlers.opening import open_case, take_supplement

__all__ = ["open_case", "take_supplement"]
