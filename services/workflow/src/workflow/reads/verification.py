"""What may be said to anybody who holds a paper of ours: which it is, that it is unchanged, what replaced it."""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel.ext.asyncio.session import AsyncSession

from kit.objects import ObjectChanged, ObjectMissing
from rules.catalogue import load
from rules.records.office import Office
from workflow import store
from workflow.domain.case import StoredFile
from workflow.domain.slips import REPLACED_BY_NEWER, RESULT, Paper


class Kept(StrEnum):
    """Whether our own copy still is what went out."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    ERASED = "erased"


@dataclass(frozen=True)
class Verification:
    """A paper that went out. `newer` is the one that counts instead. Nothing here tells of a person (R17)."""

    paper: Paper
    office: Office
    kept: Kept
    newer: Paper | None = None

    def is_same(self, sha256: str) -> bool:
        """Whether a file with this digest is the paper."""
        return sha256 == self.paper.object.sha256


async def verify(tx: AsyncSession, token: str) -> Verification | None:
    """The paper of this token; none where there is no such token, or its paper was drawn up and never issued."""
    paper = await store.find_paper(tx, token)
    if paper is None:
        return None
    issued = await _issued(tx, paper)
    if paper not in issued:
        return None
    newer = issued[-1] if paper.form in REPLACED_BY_NEWER and issued[-1] != paper else None
    return Verification(paper, load().office(paper.office), await _kept(tx, paper.object), newer)


async def _issued(tx: AsyncSession, paper: Paper) -> list[Paper]:
    """The papers of the same form and dossier that went out, oldest first; a register stands for itself."""
    if paper.dossier_id is None:
        return [paper]
    found = await store.papers_of(tx, paper.dossier_id, paper.form)
    if paper.form != RESULT:
        return found
    digests = {row.object["sha256"] for row in await store.results(tx, paper.dossier_id)}
    return [one for one in found if one.object.sha256 in digests]


async def _kept(tx: AsyncSession, file: StoredFile) -> Kept:
    try:
        await store.read_file(tx, file)
    except ObjectChanged:
        return Kept.CHANGED
    except ObjectMissing:
        return Kept.ERASED
    return Kept.UNCHANGED
