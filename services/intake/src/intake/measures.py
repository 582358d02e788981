"""What Prometheus is told of filing: what became of each submission, and the dossiers' part in the service index."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi.exceptions import RequestValidationError
from prometheus_client import Counter as Counting
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.errors import IntakeError
from intake.domain.filing import COUNTER, ONLINE, POST_ROOM
from kit.figures import Answers, Figure, Measure
from kit.pages.forms import TokenMissing
from kit.signin import NotAllowed, NotSignedIn
from kit.tx import run_sql

SUBMISSIONS = Counting(
    "motcua_submissions_total",
    "Dossiers that were filed or registered, or that somebody tried to, by what became of it; counted by each process",
    ["channel", "outcome"],
)
for _channel in (ONLINE, COUNTER.channel, POST_ROOM.channel):
    for _outcome in ("taken", "refused", "failed"):
        SUBMISSIONS.labels(_channel, _outcome)
INDEX = Figure(
    "motcua_service_index",
    "Parts of the service index as counts: dossiers `filed`, of these `filed_online`, `digitised` (every paper that "
    "was handed in) and `reused` (a paper was taken from an earlier dossier)",
    ("office", "measure"),
)
_INDEX = "select office, channel, is_digitised, has_reused, count(*) from dossier group by 1, 2, 3, 4"
NO_TRY = (NotSignedIn, NotAllowed, TokenMissing)  # who may not file has not tried to


@dataclass
class Submitting:
    """One request; with a channel it is one to file a dossier. The route says where it comes to nothing new."""

    channel: str | None
    outcome: str | None = "taken"

    def refused(self) -> None:
        """It was not whole, and the page says so."""
        self.outcome = "refused"

    def repeated(self) -> None:
        """It was filed before: nothing came of this one."""
        self.outcome = None

    def count(self) -> None:
        if self.channel and self.outcome:
            SUBMISSIONS.labels(self.channel, self.outcome).inc()


@asynccontextmanager
async def _observe(one: Submitting) -> AsyncIterator[Submitting]:
    """Counts when the request is over: after the commit, for it stands before the transaction in the route's words."""
    try:
        yield one
    except NO_TRY:
        raise
    except Exception as error:
        one.outcome = "refused" if isinstance(error, IntakeError | RequestValidationError) else "failed"
        one.count()
        raise
    one.count()


async def _online() -> AsyncIterator[Submitting]:
    async with _observe(Submitting(ONLINE)) as one:
        yield one


async def _on_paper() -> AsyncIterator[Submitting]:
    async with _observe(Submitting(None)) as one:
        yield one


FiledOnline = Annotated[Submitting, Depends(_online, scope="function")]
OnPaper = Annotated[Submitting, Depends(_on_paper, scope="function")]  # the route says the channel


async def service_index(tx: AsyncSession) -> Answers:
    found: Counter[tuple[str, str]] = Counter()
    for office, channel, is_digitised, has_reused, many in await run_sql(tx, _INDEX):
        found[office, "filed"] += many
        found[office, "filed_online"] += many * (channel == ONLINE)
        found[office, "digitised"] += many * bool(is_digitised)
        found[office, "reused"] += many * bool(has_reused)
    return {INDEX: [(*key, many) for key, many in found.items()]}


MEASURES = [Measure((INDEX,), service_index)]
