"""What if: every date of a dossier's road from when it is filed, paid for, asked to be supplemented. Pure (R02 to R09).

The same functions that decide a real dossier, put one after the other; nothing here counts for itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from rules import due as rule
from rules import limits
from rules.calendar import HANOI, Calendar
from rules.catalogue import Catalogue, load
from rules.days import explained, skipped_days
from rules.due import Due
from rules.errors import NoSuchChannel, NotPublished, WrongOrder
from rules.limits import Where
from rules.milestones import Kind, Milestone, Question, Road, Round
from rules.records.limit import Limit, LimitKind
from rules.records.procedure import Procedure

_CIVIL_CODE = ("Bộ luật Dân sự 2015, Điều 147, Điều 148",)


def road(question: Question, *, catalogue: Catalogue | None = None, calendar: Calendar | None = None) -> Road:
    """Every date of the road, by the law of the day it was filed (R01) and the newest calendar, or the one given.

    Raises UnknownProcedure, UnknownOffice, NotInForce, NoSuchChannel, NotPublished (no main limit, R14),
    OutsideCalendar, WrongOrder, ValueError for a moment without its zone.
    """
    law = catalogue or load()
    _check_order(question)
    filed_on = question.filed_at.astimezone(HANOI).date()
    procedure = _procedure(question, law, filed_on)
    held = calendar or law.calendar(question.office_id)
    where = Where(held, filed_on, question.office_id, law.readings(question.office_id, filed_on, procedure.id), law)
    return _Walk(question, procedure, where, law).road()


def _procedure(question: Question, law: Catalogue, on: date) -> Procedure:
    """Raises UnknownProcedure, NotInForce, NoSuchChannel, NotPublished."""
    version = law.version_on(question.procedure, on)
    found = law.procedure_at(question.office_id, version.id, version.version, on)
    if question.channel not in found.channels:
        raise NoSuchChannel(found.id, question.channel)
    if found.limit is None:
        raise NotPublished(found.id, "time limit")
    return found


def _check_order(question: Question) -> None:
    """Raises WrongOrder, ValueError for a moment without its zone."""
    moments: list[tuple[str, datetime]] = [("filed", question.filed_at)]
    for one in question.rounds:
        moments.append(("asked", one.asked_at))
        if one.answered_at is not None:
            moments.append(("answered", one.answered_at))
        elif one is not question.rounds[-1]:
            raise WrongOrder("an unanswered request", "another request")
    everything = [*moments, ("paid", question.paid_at)] if question.paid_at else moments
    if any(moment.tzinfo is None for _, moment in everything):
        raise ValueError("a moment without its time zone has no place on a road")
    for (name, earlier), (next_name, later) in pairwise(moments):
        if later < earlier:
            raise WrongOrder(name, next_name)
    if question.paid_at and question.paid_at < question.filed_at:
        raise WrongOrder("filed", "paid")


class _Walk:
    """Goes the road once, step by step, noting what it passes."""

    def __init__(self, question: Question, procedure: Procedure, where: Where, law: Catalogue) -> None:
        self.question, self.procedure, self.where, self.law = question, procedure, where, law
        self.calendar = where.calendar
        self.acts = tuple(map(str, procedure.sources))
        self.passed: list[Milestone] = []
        self.unpublished: tuple[str, ...] = ()
        self.piece_at = question.filed_at
        self.number = 0  # of the round passed last
        self.is_resumed = False

    def road(self) -> Road:
        """The whole of it."""
        self._note("filed", self.question.filed_at, self.acts, ("R01",))
        alert = limits.alert(self.question.filed_at, self.question.channel, self.where)
        self._note_general("alert", "alert", alert)
        if self.question.paid_at:
            self._note("paid", self.question.paid_at, self.acts, ("R02",))
        waiting = self._check()
        if waiting is not None:
            return self._done(waits_for="supplement")
        started = self._start()
        if started is None:
            self._refuse_too_early()
            return self._done(waits_for="fee")
        return self._run(started)

    def _check(self) -> Round | None:
        """The check and its rounds; gives the round that nobody answered."""
        for one in self.question.rounds:
            found = self._check_limit()
            if not self._is_before_acceptance(one, found):
                return None
            self.passed = [replace(past, holds=past.kind != "check_due" and past.holds) for past in self.passed]
            self._ask(one, "supplement_asked")
            if one.answered_at is None:
                return one
            self.piece_at = one.answered_at
            self._note("check_restarted", one.answered_at, self._supplement_acts(), ("R08",), number=self.number)
        self._check_limit()
        return None

    def _check_limit(self) -> Due | None:
        """The check of the newest package, noted once."""
        try:
            found = rule.check_limit(
                self.procedure,
                self.question.channel,
                self.piece_at,
                self.calendar,
                readings=self.where.readings,
                on=self.where.on,
                catalogue=self.law,
            )
        except NotPublished:
            self.unpublished = ("check limit",)
            return None
        if not any(one.kind == "check_due" and one.number == self.number + 1 for one in self.passed):
            self._note_due("check_due", found, self._check_acts(), number=self.number + 1)
        return found

    def _is_before_acceptance(self, one: Round, check: Due | None) -> bool:
        """As the question says, else: while the fee is awaited, or, where none is, while the check may still run."""
        if one.stage is not None:
            return one.stage == "check"
        if self.procedure.clock_waits_for_fee:
            return self.question.paid_at is None or one.asked_at < self.question.paid_at
        return check is None or one.asked_at <= check.at

    def _start(self) -> datetime | None:
        return rule.start(
            self.procedure.start_rule,
            received_at=self.question.filed_at,
            valid_at=self.piece_at,
            paid_at=self.question.paid_at,
        )

    def _refuse_too_early(self) -> None:
        if self.number < len(self.question.rounds):
            raise WrongOrder("paid", "asked after acceptance")

    def _run(self, started: datetime) -> Road:
        """From the start of the main clock to its end, through every later supplement."""
        found = self._main(started)
        first = found.at
        self._note("clock_started", found.start, self.acts, ("R02",), limit=found.limit)
        hand_over = limits.hand_over(found.start, self.question.channel, self.where)
        self._note_general("hand_over_due", "hand_over", hand_over)
        ask_by = limits.supplement_notice(self.procedure, found.start, self.where)
        self._note_general("ask_by", "supplement_notice", ask_by)
        for one in self.question.rounds[self.number :]:
            if one.asked_at < found.start:
                raise WrongOrder("the clock's start", "asked after acceptance")
            self._note_due("due", found, self._limit_acts(found), number=self._dues() + 1, holds=False)
            self._ask(one, "clock_paused")
            if one.answered_at is None:
                return self._done(starts_at=found.start, first_due_at=first, waits_for="supplement")
            found = self._again(found, one.asked_at, one.answered_at)
        self._note_due("due", found, self._limit_acts(found), number=self._dues() + 1)
        self._note_around(found)
        return self._done(starts_at=found.start, first_due_at=first, due_at=found.at)

    def _dues(self) -> int:
        """How many due times were promised so far."""
        return sum(one.kind == "due" for one in self.passed)

    def _main(self, started: datetime) -> Due:
        assert self.procedure.limit is not None
        return rule.due(self.procedure.limit, started, self.calendar, readings=self.where.readings)

    def _again(self, found: Due, asked_at: datetime, answered_at: datetime) -> Due:
        """The due after a later supplement: the whole limit anew, or what was left of it (R08)."""
        if self.procedure.supplement.after_acceptance == "restarts":
            self._note("clock_restarted", answered_at, self._supplement_acts(), ("R08",), number=self.number)
            again = self._main(answered_at)
            return replace(again, readings=("R08", *again.readings))
        self._note("clock_resumed", answered_at, self._supplement_acts(), ("R08",), number=self.number)
        self.is_resumed = True
        return resumed(found, asked_at, answered_at, self.calendar)

    def _note_around(self, found: Due) -> None:
        """What comes before and after the due that holds: warnings, apology, and when it is missed."""
        for number, at in enumerate(limits.warnings(found.start, found.at, self.where), 1):
            self._note("warning", at, self._general_acts("warning"), number=number)
        office_id = self.question.office_id
        span = rule.apology(found, self.calendar, on=self.where.on, office_id=office_id, catalogue=self.law)
        acts = self._general_acts("apology")
        self._note("apology_draft", span.draft_at, acts, ("R07",))
        if span.last_on >= found.start.date():
            self._note("apology_last", datetime.combine(span.last_on, time(23, 59), HANOI), acts, ("R07",))
        self._note("missed", rule.missed_at(found), self._limit_acts(found), ("R05",))

    def _ask(self, one: Round, kind: Kind) -> None:
        """A request, and what follows if nobody answers it."""
        self.number += 1
        self._note(kind, one.asked_at, self._supplement_acts(), ("R08",), number=self.number)
        closing = limits.closing(self.procedure, one.asked_at, self.where)
        if closing is None:
            return
        self._note_due("answer_due", closing.answer, self.acts, number=self.number)
        if one.answered_at is None:
            acts = (*self.acts, *self._general_acts("closing_notice"))
            self._note("closing_notice", closing.notice_at, acts, ("R09",), number=self.number)
            self._note("closes", closing.closes_at, acts, ("R09",), number=self.number)

    def _note_due(self, kind: Kind, found: Due, acts: Sequence[str], *, number: int = 1, holds: bool = True) -> None:
        days = skipped_days(found, self.calendar) if self.is_resumed else explained(found, self.calendar)
        self.passed.append(
            Milestone(
                kind,
                found.at,
                tuple(acts),
                found.readings,
                limit=found.limit,
                starts_at=found.start,
                days=tuple(days),
                number=number,
                holds=holds,
            )
        )

    def _note_general(self, kind: Kind, rule_kind: LimitKind, found: Due | None) -> None:
        """A limit that holds for every procedure (T04 to T06), where it holds for this dossier."""
        if found:
            self._note_due(kind, found, self._general_acts(rule_kind))

    def _note(
        self,
        kind: Kind,
        at: datetime,
        acts: Sequence[str],
        readings: tuple[str, ...] = (),
        *,
        number: int = 1,
        limit: Limit | None = None,
    ) -> None:
        self.passed.append(Milestone(kind, at.astimezone(HANOI), tuple(acts), readings, limit=limit, number=number))

    def _check_acts(self) -> tuple[str, ...]:
        if rule.own_check_limit(self.procedure, self.question.channel):
            return self.acts
        return self._general_acts("check", self.question.channel)

    def _supplement_acts(self) -> tuple[str, ...]:
        return self._general_acts("supplement_notice")

    def _limit_acts(self, found: Due) -> tuple[str, ...]:
        return (*self.acts, *_CIVIL_CODE) if found.limit.is_in_days else self.acts

    def _general_acts(self, kind: LimitKind, channel: str | None = None) -> tuple[str, ...]:
        held = self.where.general(kind, channel)
        return tuple(map(str, held.sources)) if held else ()

    def _done(self, **known: Any) -> Road:
        return Road(
            procedure_id=self.procedure.id,
            procedure_version=self.procedure.version,
            channel=self.question.channel,
            office_id=self.question.office_id,
            calendar_version=self.calendar.version,
            milestones=tuple(sorted(self.passed, key=lambda one: one.at)),
            unpublished=self.unpublished,
            **known,
        )


def resumed(found: Due, paused_at: datetime, again_at: datetime, calendar: Calendar) -> Due:
    """A due after a pause that does not count: what was left of it, from when the clock goes on (R08).

    Its skipped days are those between the end of the pause and the new due.
    """
    ends = rule.resumed_at(found.at, paused_at, again_at, calendar)
    begins = again_at.astimezone(HANOI)
    skipped = calendar.days_off(begins.date() - timedelta(days=1), ends.date())
    return replace(found, at=ends, skipped=skipped, readings=tuple(dict.fromkeys(("R08", *found.readings))))


__all__ = ["Milestone", "Question", "Road", "Round", "resumed", "road"]
