"""Versions of an office's working calendar: how one is drafted, what is wrong with it, and whom it moves. Pure."""

from workflow.domain.calendars.checking import WARN_AHEAD_DAYS, check_record, days_ahead, warnings_of
from workflow.domain.calendars.drafting import Changes, drafted, next_label, season_of, whole
from workflow.domain.calendars.moving import Recount, Trail, changed_span, recount, why_moved
from workflow.domain.calendars.version import ADMIN, APPROVES, DRAFTS, READS, Progress, Version

__all__ = [
    "ADMIN",
    "APPROVES",
    "DRAFTS",
    "READS",
    "WARN_AHEAD_DAYS",
    "Changes",
    "Progress",
    "Recount",
    "Trail",
    "Version",
    "changed_span",
    "check_record",
    "days_ahead",
    "drafted",
    "next_label",
    "recount",
    "season_of",
    "warnings_of",
    "whole",
    "why_moved",
]
