"""The road of one dossier: what was reached when, where it is now, what lies ahead by when. Pure; says no sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from intake.domain.dossier import Dossier
from rules import due
from rules.calendar import Calendar
from rules.records.procedure import Procedure, Step
from rules.records.status import ENDED, Status

Key = Literal[
    "submitted", "check", "supplement", "fee", "accepted", "step", "result", "returned", "ended",
    "restarted", "reappointed", "apology", "opinion_asked", "opinion_received", "stop_refused", "corrected", "posted",
    "fee_asked", "fee_paid", "moved", "missed", "closing",
]  # fmt: skip

_OPENS: Mapping[str, Key] = {
    "check_started": "check",
    "supplement_requested": "supplement",
    "fee_requested": "fee",
    "step_started": "step",
    "dossier_finished": "result",
    "result_posted": "posted",
}
_REACHES: Mapping[str, Key] = {
    "submitted": "submitted",
    "dossier_accepted": "accepted",
    "dossier_returned": "returned",
    "dossier_refused": "ended",
    "dossier_withdrawn": "ended",
    "dossier_stopped": "ended",
    "clock_restarted": "restarted",
}
_CLOSES: Mapping[str, Key] = {"supplement_answered": "supplement", "step_finished": "step"}
# What happens while a place lasts: it stands before that place, which stays the present one.
_ASIDE: Mapping[str, Key] = {
    "dossier_reappointed": "reappointed",
    "apology_sent": "apology",
    "opinion_asked": "opinion_asked",
    "opinion_received": "opinion_received",
    "stop_refused": "stop_refused",
    "fee_asked_beside": "fee_asked",
    "deadline_moved": "moved",
    "deadline_missed": "missed",
    "closing_announced": "closing",
}
_ORDER: tuple[Key, ...] = ("submitted", "check", "fee", "accepted", "step", "result", "returned")
_STANDS_FOR: Mapping[Key, Key] = {
    "posted": "result",
    "corrected": "result",
}  # on the way between two places of the order


@dataclass(frozen=True)
class Moment:
    """Something that happened to the dossier, as it was heard: `about` is the step, the round or the demand."""

    kind: str
    at: datetime
    about: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Stop:
    """One place on the road: since when, until when, and by when it is planned (for a new date: that date).

    `way` says how a dossier came in or a result was returned, `code` which result it is about.
    """

    key: Key
    state: Literal["done", "current", "ahead"]
    since: datetime | None = None
    until: datetime | None = None
    planned_at: datetime | None = None
    step_id: str | None = None
    name_vi: str | None = None
    unit: str | None = None
    round: int | None = None
    way: str | None = None
    code: str | None = None


def road(
    dossier: Dossier, moments: Sequence[Moment], procedure: Procedure, calendar: Calendar | None
) -> tuple[Stop, ...]:
    """Reached places in their order, the present one, then those ahead."""
    planned = _planned_steps(dossier, procedure, calendar)
    stops: list[Stop] = []
    for moment in moments:
        _take(stops, moment, procedure, planned)
    _end(stops, dossier)
    return (*stops, *_ahead(stops, dossier, procedure, planned))


def _take(stops: list[Stop], moment: Moment, procedure: Procedure, planned: Mapping[str, datetime]) -> None:
    if moment.kind in _CLOSES:
        _close(stops, moment.at)
    elif moment.kind in _REACHES:
        _close(stops, moment.at)
        stops.append(_reached(moment))
        if moment.kind == "clock_restarted":
            _reopen_step(stops, moment.at, planned)
    elif moment.kind in _OPENS:
        if moment.kind == "result_posted" and stops and stops[-1].key == "posted":
            return  # said again with the item's barcode
        _close(stops, moment.at)
        stops.append(_opened(moment, procedure, planned))
    elif moment.kind in _ASIDE:
        _put_aside(stops, _ASIDE[moment.kind], moment)
    elif moment.kind == "check_moved":
        _move_check(stops, moment)
    elif moment.kind == "fee_paid":
        _pay(stops, moment)
    elif moment.kind == "result_corrected":
        _correct(stops, moment)


def _is_somewhere(stops: Sequence[Stop]) -> bool:
    return bool(stops) and stops[-1].state == "current"


def _close(stops: list[Stop], at: datetime) -> None:
    if _is_somewhere(stops):
        stops[-1] = replace(stops[-1], state="done", until=at)


def _put_aside(stops: list[Stop], key: Key, moment: Moment) -> None:
    stop = Stop(key, "done", moment.at, moment.at, planned_at=_due_in(moment))
    stops.insert(len(stops) - _is_somewhere(stops), stop)


def _move_check(stops: list[Stop], moment: Moment) -> None:
    """A newly approved calendar moves the end of the check that is going on."""
    if _is_somewhere(stops) and stops[-1].key == "check":
        stops[-1] = replace(stops[-1], planned_at=_due_in(moment))


def _pay(stops: list[Stop], moment: Moment) -> None:
    """The fee it waited for; or one asked for beside its road, which goes on as it was (R23)."""
    if _is_somewhere(stops) and stops[-1].key == "fee":
        _close(stops, moment.at)
    elif any(stop.key == "fee_asked" for stop in stops) and stops[-1].key != "ended":
        _put_aside(stops, "fee_paid", moment)


def _reached(moment: Moment) -> Stop:
    key, detail = _REACHES[moment.kind], moment.detail
    return Stop(
        key, "done", moment.at, moment.at, planned_at=_due_in(moment), way=detail.get("way") or detail.get("channel"),
        round=int(moment.about) if key == "restarted" else None,
    )  # fmt: skip


def _reopen_step(stops: list[Stop], at: datetime, planned: Mapping[str, datetime]) -> None:
    """After a supplement the step in which it was asked for goes on (R08)."""
    step = next((stop for stop in reversed(stops) if stop.key == "step"), None)
    if step is not None:
        due_at = planned.get(step.step_id or "")
        stops.append(replace(step, state="current", since=at, until=None, planned_at=due_at))


def _correct(stops: list[Stop], moment: Moment) -> None:
    """A further result: it waits to be taken where the former one did, else it is only told (R16)."""
    waits = _is_somewhere(stops)
    _close(stops, moment.at)
    until = None if waits else moment.at
    stops.append(Stop("corrected", "current" if waits else "done", moment.at, until, code=moment.about))


def _opened(moment: Moment, procedure: Procedure, planned: Mapping[str, datetime]) -> Stop:
    key = _OPENS[moment.kind]
    if key == "step":
        step = _step(procedure, moment.about)
        name = step.name_vi if step else moment.detail.get("name_vi")
        until = planned.get(moment.about)
        return Stop(
            key, "current", moment.at, planned_at=until, step_id=moment.about, name_vi=name,
            unit=moment.detail.get("unit"),
        )  # fmt: skip
    return Stop(key, "current", moment.at, planned_at=_due_in(moment), round=moment.detail.get("round"))


def _due_in(moment: Moment) -> datetime | None:
    due_at = moment.detail.get("due_at")
    return datetime.fromisoformat(due_at) if isinstance(due_at, str) else None


def _end(stops: list[Stop], dossier: Dossier) -> None:
    """A dossier that ended before its result has no place ahead; told of no ending, it ended where it was last."""
    has_ended = dossier.status in ENDED and dossier.status is not Status.RETURNED
    if has_ended and stops and stops[-1].key != "ended":
        _close(stops, stops[-1].since or dossier.received_at)
        stops.append(Stop("ended", "done", stops[-1].until))


def _ahead(
    stops: Sequence[Stop], dossier: Dossier, procedure: Procedure, planned: Mapping[str, datetime]
) -> list[Stop]:
    reached = {stop.key for stop in stops}
    if reached & {"returned", "ended"}:
        return []
    known = {*_ORDER[1:], *_STANDS_FOR, "supplement"}
    last = next((stop for stop in reversed(stops) if stop.key in known), None)
    keys = _keys_after(last, procedure, is_accepted="accepted" in reached)
    return [stop for key in keys for stop in _stops_of(key, stops, dossier, procedure, planned)]


def _keys_after(last: Stop | None, procedure: Procedure, *, is_accepted: bool) -> list[Key]:
    """After a supplement it is checked again, or goes on where it was; within the steps there may be more of them."""
    if last is None or (last.key == "supplement" and not is_accepted):
        ahead = _ORDER[1:]
    else:
        place = _ORDER.index("step" if last.key == "supplement" else _STANDS_FOR.get(last.key, last.key))
        ahead = _ORDER[place:] if _ORDER[place] == "step" else _ORDER[place + 1 :]
    return [key for key in ahead if key != "fee" or procedure.clock_waits_for_fee]


def _stops_of(
    key: Key, stops: Sequence[Stop], dossier: Dossier, procedure: Procedure, planned: Mapping[str, datetime]
) -> list[Stop]:
    if key == "step":
        steps = _steps_left(stops, procedure)
        return [Stop(key, "ahead", planned_at=planned.get(s.id), step_id=s.id, name_vi=s.name_vi) for s in steps]
    return [Stop(key, "ahead", planned_at=dossier.due_at if key == "result" else None)]


def _steps_left(stops: Sequence[Stop], procedure: Procedure) -> Sequence[Step]:
    """The steps after the last one reached; with that one, where a supplement interrupts it."""
    ids = [step.id for step in procedure.steps]
    reached = next((stop.step_id for stop in reversed(stops) if stop.key == "step"), None)
    if reached not in ids:
        return procedure.steps
    return procedure.steps[ids.index(reached) + (stops[-1].key != "supplement") :]


def _step(procedure: Procedure, step_id: str) -> Step | None:
    return next((step for step in procedure.steps if step.id == step_id), None)


def _planned_steps(dossier: Dossier, procedure: Procedure, calendar: Calendar | None) -> dict[str, datetime]:
    """By when each step should be through, once the clock runs."""
    if calendar is None or dossier.started_at is None or dossier.due_at is None:
        return {}
    plan = due.plan(procedure.steps, dossier.started_at, dossier.due_at, calendar)
    return {one.step.id: one.due_at for one in plan}


def completion_percent(stops: Sequence[Stop]) -> int:
    """How far along it is (R17): places reached of all places on its road; the present one counts half."""
    if not stops:
        return 0
    reached = sum(1.0 if stop.state == "done" else 0.5 if stop.state == "current" else 0.0 for stop in stops)
    return min(100, round(100 * reached / len(stops)))
