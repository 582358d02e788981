"""What a dossier's history says of its turns: how it ended, a new date, its results, where the post has it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from intake.domain.dossier import Stored
from intake.domain.road import Moment

EndKind = Literal["refused", "withdrawn", "stopped"]
_ENDS: Mapping[str, EndKind] = {
    "dossier_refused": "refused",
    "dossier_withdrawn": "withdrawn",
    "dossier_stopped": "stopped",
}


@dataclass(frozen=True)
class Ended:
    """An ending before any result. `ground` says why it was stopped; `words` is where the officer's words lie."""

    kind: EndKind
    at: datetime
    ground: str | None = None
    words: Stored | None = None


@dataclass(frozen=True)
class NewDate:
    """The one new date that came with an apology (R06, R07)."""

    said_at: datetime
    previous_due_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class MovedDate:
    """A due time moved by a newly approved calendar, whose version is named."""

    said_at: datetime
    previous_due_at: datetime
    due_at: datetime
    calendar_version: str


@dataclass(frozen=True)
class Refusal:
    """A request to stop that came too late."""

    at: datetime
    words: Stored | None


@dataclass(frozen=True)
class ResultPaper:
    """One result of a dossier; `replaced_by` is the code of the one that holds instead (R16)."""

    code: str
    kind: str
    name: str
    at: datetime
    replaced_by: str | None = None


@dataclass(frozen=True)
class Posting:
    """A result on its way by post; `item` is its barcode once there is one."""

    order_number: str
    item: str | None
    posted_at: datetime


def ended(moments: Sequence[Moment]) -> Ended | None:
    """How it ended, where that was told."""
    moment = _last(moments, *_ENDS)
    if moment is None:
        return None
    return Ended(_ENDS[moment.kind], moment.at, moment.detail.get("ground"), _words(moment))


def new_date(moments: Sequence[Moment]) -> NewDate | None:
    """The new date that was given, if one was."""
    moment = _last(moments, "dossier_reappointed")
    if moment is None:
        return None
    return NewDate(
        moment.at,
        datetime.fromisoformat(moment.detail["previous_due_at"]),
        datetime.fromisoformat(moment.detail["due_at"]),
    )


def moved_date(moments: Sequence[Moment]) -> MovedDate | None:
    """The last move of the due time by a calendar; none once a new start or a new appointment set another."""
    moment = _last(moments, "deadline_moved", "dossier_reappointed", "clock_restarted")
    if moment is None or moment.kind != "deadline_moved":
        return None
    before, after = (datetime.fromisoformat(moment.detail[name]) for name in ("previous_due_at", "due_at"))
    return MovedDate(moment.at, before, after, moment.about)


def missed_at(moments: Sequence[Moment], due_at: datetime | None) -> datetime | None:
    """Since when it is late against its present due time, as it was told; a new due time begins anew."""
    moment = _last(moments, "deadline_missed")
    if moment is None or due_at != datetime.fromisoformat(moment.detail["due_at"]):
        return None
    return datetime.fromisoformat(moment.detail["missed_at"])


def closing_by(moments: Sequence[Moment]) -> datetime | None:
    """By when the open supplement request must be answered, where a closing was announced (T07)."""
    moment = _last(moments, "closing_announced", "supplement_requested", "supplement_answered")
    if moment is None or moment.kind != "closing_announced":
        return None
    return datetime.fromisoformat(moment.detail["answer_by"])


def stop_refusal(moments: Sequence[Moment]) -> Refusal | None:
    """The last answer that it was too late to stop."""
    moment = _last(moments, "stop_refused")
    return Refusal(moment.at, _words(moment)) if moment else None


def restarted_at(moments: Sequence[Moment]) -> datetime | None:
    """When the limit began anew after a supplement (R08)."""
    moment = _last(moments, "clock_restarted")
    return moment.at if moment else None


def opinion_by(moments: Sequence[Moment]) -> date | None:
    """By when another agency that is asked now should answer; none where nobody is."""
    answered = {moment.about for moment in moments if moment.kind == "opinion_received"}
    open_ = [one for one in moments if one.kind == "opinion_asked" and one.about not in answered]
    return max((date.fromisoformat(one.detail["answer_by"]) for one in open_), default=None)


def results(moments: Sequence[Moment]) -> tuple[ResultPaper, ...]:
    """Every result, oldest first; each found wrong names the one that replaced it."""
    found: dict[str, ResultPaper] = {}
    for moment in moments:
        if moment.kind not in ("dossier_finished", "result_corrected"):
            continue
        code, detail = moment.about, moment.detail
        found[code] = ResultPaper(code, detail.get("result_kind", "granted"), detail.get("name", ""), moment.at)
        if detail.get("replaces") in found:
            found[detail["replaces"]] = replace(found[detail["replaces"]], replaced_by=code)
    return tuple(found.values())


def posting(moments: Sequence[Moment]) -> Posting | None:
    """The newest that the post was given."""
    moment = _last(moments, "result_posted")
    if moment is None:
        return None
    return Posting(moment.about, moment.detail.get("item"), datetime.fromisoformat(moment.detail["posted_at"]))


def _last(moments: Sequence[Moment], *kinds: str) -> Moment | None:
    return next((moment for moment in reversed(moments) if moment.kind in kinds), None)


def _words(moment: Moment) -> Stored | None:
    place: Any = moment.detail.get("explanation")
    return Stored(place["path"], place["sha256"], place["size"]) if place else None
