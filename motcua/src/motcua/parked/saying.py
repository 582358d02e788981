"""Parked events and decisions in words and as JSON. Asks nothing of any database."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from kit.now import TIME_ZONE
from kit.parked import Decision, Parked


def as_json(found: Parked | Sequence[Parked] | Sequence[Decision]) -> str:
    """The same facts for programs."""
    shown = [_plain(each) for each in found] if isinstance(found, Sequence) else _plain(found)
    return json.dumps(shown, ensure_ascii=False, indent=2, default=str)


def _plain(found: Parked | Decision) -> dict[str, Any]:
    if isinstance(found, Decision):
        return {**asdict(found), "event": _plain(found.event)}
    return {**asdict(found), "type": found.type, "trace_id": found.trace_id}


def table(found: Sequence[Parked]) -> str:
    """A line each, with the reason below."""
    if not found:
        return "nothing is parked"
    return "\n".join(line for each in found for line in _lines(each))


def _lines(each: Parked) -> Iterator[str]:
    kind = "failed" if each.is_failed else "held"
    what = f"{each.type or each.topic}  {each.subject}  #{each.sequence}"
    yield f"{each.id:>8}  {kind:<6}  {moment(each.parked_at)}  {what}"
    yield f"{'':10}{each.reason}"


def decided(found: Sequence[Decision]) -> str:
    """A line each, with the reason why below."""
    if not found:
        return "nothing was decided"
    return "\n".join(line for each in found for line in _decided_lines(each))


def _decided_lines(each: Decision) -> Iterator[str]:
    event = each.event
    yield f"{each.id:>8}  {each.decision:<11}  {moment(each.decided_at)}  by {each.decided_by}"
    yield f"{'':10}{event.id}: {event.type or event.topic}  {event.subject}  #{event.sequence}: {event.reason}"
    if each.why:
        yield f"{'':10}why: {each.why}"


def one(found: Parked) -> str:
    """Everything about one."""
    lines = {
        "number": found.id,
        "kind": "failed" if found.is_failed else "held",
        "reason": found.reason,
        "attempts": found.attempts,
        "parked at": moment(found.parked_at),
        "consumer": found.consumer,
        "type": found.type or "(no event of ours)",
        "subject": f"{found.subject}, its event {found.sequence}",
        "came from": f"{found.topic}, partition {found.partition}, offset {found.offset}",
        "trace": found.trace_id or "(none)",
    }
    words = [f"{name + ':':<11}{value}" for name, value in lines.items()]
    return "\n".join([*words, "data:", json.dumps(found.data, ensure_ascii=False, indent=2, default=str)])


def moment(at: datetime) -> str:
    """To the second, in Vietnam's time."""
    return f"{at.astimezone(TIME_ZONE):%Y-%m-%d %H:%M:%S}"
