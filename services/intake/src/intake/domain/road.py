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

Key = Literal["submitted", "check", "supplement", "fee", "accepted", "step", "result", "returned", "ended"]

_OPENS: Mapping[str, Key] = {
    "check_started": "check",
    "supplement_requested": "supplement",
    "fee_requested": "fee",
    "step_started": "step",
}
_REACHES: Mapping[str, Key] = {"submitted": "submitted", "dossier_accepted": "accepted", "dossier_returned": "returned"}
_CLOSES: Mapping[str, Key] = {"supplement_answered": "supplement", "fee_paid": "fee", "step_finished": "step"}
_ORDER: tuple[Key, ...] = ("submitted", "check", "fee", "accepted", "step", "result", "returned")


@dataclass(frozen=True)
class Moment:
    """Something that happened to the dossier, as it was heard: `about` is the step, the round or the demand."""

    kind: str
    at: datetime
    about: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Stop:
    """One place on the road: since when, until when, and by when it is planned."""

    key: Key
    state: Literal["done", "current", "ahead"]
    since: datetime | None = None
    until: datetime | None = None
    planned_at: datetime | None = None
    step_id: str | None = None
    name_vi: str | None = None
    unit: str | None = None
    round: int | None = None


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
        stops.append(Stop(_REACHES[moment.kind], "done", moment.at, moment.at))
    elif moment.kind == "dossier_finished":
        _close(stops, moment.at)
        stops.append(Stop("result", "current", moment.at))
    elif moment.kind in _OPENS:
        _close(stops, moment.at)
        stops.append(_opened(moment, procedure, planned))


def _close(stops: list[Stop], at: datetime) -> None:
    if stops and stops[-1].state == "current":
        stops[-1] = replace(stops[-1], state="done", until=at)


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
    due_at = moment.detail.get("due_at")
    until = datetime.fromisoformat(due_at) if isinstance(due_at, str) else None
    return Stop(key, "current", moment.at, planned_at=until, round=moment.detail.get("round"))


def _end(stops: list[Stop], dossier: Dossier) -> None:
    """A dossier that ended before its result has no place ahead; the last one heard of is where it ended."""
    if dossier.status in ENDED and dossier.status is not Status.RETURNED and stops:
        _close(stops, stops[-1].since or dossier.received_at)
        stops.append(Stop("ended", "done", stops[-1].until))


def _ahead(
    stops: Sequence[Stop], dossier: Dossier, procedure: Procedure, planned: Mapping[str, datetime]
) -> list[Stop]:
    last = next((stop for stop in reversed(stops) if stop.key != "submitted"), None)
    if last is not None and last.key in ("returned", "ended"):
        return []
    keys = _keys_after(last, procedure)
    return [stop for key in keys for stop in _stops_of(key, last, dossier, procedure, planned)]


def _keys_after(last: Stop | None, procedure: Procedure) -> list[Key]:
    """After a supplement it is checked again; within the steps there may be more of them."""
    if last is None or last.key == "supplement":
        ahead = _ORDER[1:]
    else:
        reached = _ORDER.index(last.key)
        ahead = _ORDER[reached:] if last.key == "step" else _ORDER[reached + 1 :]
    needs_fee = procedure.start_rule == "valid_dossier_and_fee"
    return [key for key in ahead if key != "fee" or needs_fee]


def _stops_of(
    key: Key, last: Stop | None, dossier: Dossier, procedure: Procedure, planned: Mapping[str, datetime]
) -> list[Stop]:
    if key == "step":
        steps = _steps_after(last, procedure)
        return [Stop(key, "ahead", planned_at=planned.get(s.id), step_id=s.id, name_vi=s.name_vi) for s in steps]
    return [Stop(key, "ahead", planned_at=dossier.due_at if key == "result" else None)]


def _steps_after(last: Stop | None, procedure: Procedure) -> Sequence[Step]:
    ids = [step.id for step in procedure.steps]
    if last is None or last.key != "step" or last.step_id not in ids:
        return procedure.steps
    return procedure.steps[ids.index(last.step_id) + 1 :]


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
