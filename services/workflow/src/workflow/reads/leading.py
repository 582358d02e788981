"""What waits for a leader besides the steps that are theirs: drafts of apologies, further rounds, results to sign."""

from itertools import groupby

from sqlalchemy import ColumnElement, and_, exists, or_, tuple_
from sqlmodel import col, select

from rules.catalogue import load
from workflow.domain.status import Status, Verdict
from workflow.store.tables import CaseRow, CheckRow


def apology_drafted() -> ColumnElement[bool]:
    """A letter can be sent now: the case is in process, not waiting for its applicant."""
    return and_(col(CaseRow.status) == Status.IN_PROCESS, col(CaseRow.apology_drafted_at).is_not(None))


def apology_to_fill() -> ColumnElement[bool]:
    """The system began a letter, and the division has to say why the result comes late (R07)."""
    return and_(col(CaseRow.status) == Status.IN_PROCESS, col(CaseRow.apology_proposed_at).is_not(None))


def further_round() -> ColumnElement[bool]:
    """Something was found lacking, in a round that only a leader may send (R08)."""
    being_looked_at = col(CaseRow.status).in_((Status.SUBMITTED, Status.IN_PROCESS))
    found_lacking = exists(
        select(CheckRow.component).where(
            CheckRow.dossier_id == CaseRow.dossier_id,
            CheckRow.round == CaseRow.round,
            CheckRow.verdict == Verdict.LACKING,
        )
    )
    return and_(being_looked_at, col(CaseRow.round) >= 1, _is_leaders(), found_lacking)


def _is_leaders() -> ColumnElement[bool]:
    """Each procedure says from which round on; those that say the same are asked about together."""
    found = sorted((one.supplement.rounds_without_leader, one.id, one.version) for one in load().procedures)
    key = tuple_(col(CaseRow.procedure_id), col(CaseRow.procedure_version))
    return or_(
        *(
            and_(col(CaseRow.round) >= rounds, key.in_([(id, version) for _, id, version in group]))
            for rounds, group in groupby(found, key=lambda one: one[0])
        )
    )


def waits_for_leader() -> ColumnElement[bool]:
    """Any of it, of a case that goes on."""
    return or_(apology_drafted(), col(CaseRow.correction).is_not(None), further_round())
