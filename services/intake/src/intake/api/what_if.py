"""What if it were filed, paid for and supplemented then: every date of the road as JSON. Open to all."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import AfterValidator, AwareDatetime, Field

from intake import reads
from intake.api.calling import Office, problems
from intake.api.shapes import In, LimitOut, Moment, Out
from intake.domain.errors import OfficeUnknown
from intake.domain.what_if import MOST_ROUNDS, what_if
from kit.signin import open_to_all
from kit.tx import Tx
from rules import catalogue as law
from rules.milestones import LABELS, Milestone, Question, Road, Round

router = APIRouter(dependencies=[open_to_all])
YEARS = range(1900, 2200)  # far from where a change of zone leaves the years that computers count


def _in_years(at: AwareDatetime) -> AwareDatetime:
    if at.year not in YEARS:
        raise ValueError(f"a year from {YEARS.start} to {YEARS.stop - 1}")
    return at


At = Annotated[AwareDatetime, AfterValidator(_in_years)]


class RoundIn(In):
    """A request to supplement, and its answer if there was one."""

    asked_at: At
    answered_at: At | None = None


class WhatIfIn(In):
    """What happened, or might. Moments carry their offset."""

    procedure_id: str = Field(max_length=200, examples=["xray-licence-new-2021"])
    channel: Literal["online", "direct", "postal"] = "online"
    office: str | None = Field(default=None, max_length=200, description="this installation's office if not told")
    filed_at: At = Field(examples=["2025-03-03T09:12:00+07:00"])
    paid_at: At | None = Field(default=None, examples=["2025-03-13T10:05:00+07:00"])
    supplements: list[RoundIn] = Field(default_factory=list, max_length=MOST_ROUNDS)


class DayOut(Out):
    """One date between the start of a limit and its end; an ordinary working day has no reason."""

    on: str
    count: int | None = Field(description="its number if the limit counts it")
    works: bool
    reason_vi: str
    reason_en: str


class MilestoneOut(Out):
    """One moment of the road."""

    kind: str
    label_vi: str
    label_en: str
    at: Moment
    number: int = Field(description="which round of supplements, or which warning")
    holds: bool = Field(description="false for a due time that a later supplement made void")
    inside: bool = Field(description="whether only the office needs to know of it")
    limit: LimitOut | None
    starts_at: Moment | None
    basis: list[str]
    readings: list[str] = Field(description="our readings where the law is silent")
    days: list[DayOut] = Field(description="the days that the limit counted or passed over")


class WhatIfOut(Out):
    """The road, by the very function that `motcua due` and the page use."""

    procedure_id: str
    procedure_version: str
    channel: str
    office: str
    calendar_version: str
    starts_at: Moment | None
    first_due_at: Moment | None
    due_at: Moment | None = Field(description="none while the fee or a supplement is waited for")
    waits_for: Literal["fee", "supplement"] | None
    unpublished: list[str] = Field(description="what no act gives (R14)")
    readings: list[str]
    milestones: list[MilestoneOut]


@router.post(
    "/what-if",
    summary="Every date of a dossier's road if it were filed, paid for and supplemented at these moments",
    tags=["Catalogue"],
    responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, person=False),
)
async def show(asked: WhatIfIn, tx: Tx, here: Office) -> WhatIfOut:
    """By the law of the day it is filed (R01) and the newest approved calendar. Nothing is kept."""
    office = asked.office or here
    calendar = reads.calendar_of(office)
    if calendar is None:
        raise OfficeUnknown(office)
    rounds = tuple(Round(one.asked_at, one.answered_at) for one in asked.supplements)
    question = Question(asked.procedure_id, asked.channel, office, asked.filed_at, asked.paid_at, rounds)
    return shown(what_if(question, calendar, law.load()))


def shown(found: Road) -> WhatIfOut:
    """The road as the API shows it."""
    return WhatIfOut(
        procedure_id=found.procedure_id,
        procedure_version=found.procedure_version,
        channel=found.channel,
        office=found.office_id,
        calendar_version=found.calendar_version,
        starts_at=found.starts_at,
        first_due_at=found.first_due_at,
        due_at=found.due_at,
        waits_for=found.waits_for,
        unpublished=list(found.unpublished),
        readings=list(found.readings),
        milestones=[_milestone(one) for one in found.milestones],
    )


def _milestone(one: Milestone) -> MilestoneOut:
    label_vi, label_en = LABELS[one.kind]
    return MilestoneOut(
        kind=one.kind,
        label_vi=label_vi,
        label_en=label_en,
        at=one.at,
        number=one.number,
        holds=one.holds,
        inside=one.is_inside,
        limit=LimitOut.model_validate(one.limit) if one.limit else None,
        starts_at=one.starts_at,
        basis=list(one.basis),
        readings=list(one.readings),
        days=[
            DayOut(
                on=day.on.isoformat(),
                count=day.count,
                works=day.works,
                reason_vi=day.reason,
                reason_en=day.reason_en,
            )
            for day in one.days
        ],
    )
