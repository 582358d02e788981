"""What must be true of internal processes: each path ends, each step has somebody, the shares are the whole."""

from collections.abc import Iterator

from rules.records.cited import Record
from rules.records.office import Office
from rules.records.process import ProcessRecord, Step
from rules.soundness.known import Fault, Known, unique

WHOLE = 100


def steps(record: Record, known: Known) -> Iterator[Fault]:
    assert isinstance(record, ProcessRecord)
    yield from unique([step.id for step in record.steps], ("steps",), "step")
    total = sum(step.share or 0 for step in record.steps)
    if total != WHOLE:
        yield ("steps",), f"shares sum to {total}, not to {WHOLE}"
    if not record.sources[0].article and not record.invented and not record.decision:
        yield ("invented",), "names no decision, and is not marked as invented"
    yield from _budgets(record.steps)
    yield from _path(record.steps)
    yield from _path_if_delegated(record)
    yield from _people(record, known)


def _budgets(steps: tuple[Step, ...]) -> Iterator[Fault]:
    """Steps that use up one share follow one another, the one that has it first, and fall away together or not."""
    having = {step.id: index for index, step in enumerate(steps) if step.share}
    for index, step in enumerate(steps):
        if step.shares_with is None:
            continue
        place = ("steps", index, "shares_with")
        first = having.get(step.shares_with, len(steps))
        if step.share:
            yield place, "a step with a share of its own shares no other's"
        elif first >= index:
            yield place, f"no earlier step {step.shares_with} with a share of its own"
        elif any(one.budget != step.shares_with for one in steps[first:index]):
            yield place, "the steps that use up one share must follow one another"
        elif steps[first].unless_delegated and not step.unless_delegated:
            yield place, f"step {step.shares_with} may have fallen away"


def _path(steps: tuple[Step, ...]) -> Iterator[Fault]:
    """Appraised, then approved once, then issued and over; what goes back goes to a step before."""
    kinds = [step.kind for step in steps]
    if kinds[-1] != "issue" or kinds.count("issue") != 1:
        yield ("steps",), "must end with the one step that issues the result"
    if kinds.count("approve") != 1 or "appraise" not in kinds[: kinds.index("approve") if "approve" in kinds else 0]:
        yield ("steps",), "needs one step that approves, after one that appraises"
    for index, step in enumerate(steps):
        earlier = [one.id for one in steps[:index]]
        if step.sends_back_to and step.sends_back_to not in earlier:
            yield ("steps", index, "sends_back_to"), f"no earlier step {step.sends_back_to}"


def _path_if_delegated(record: ProcessRecord) -> Iterator[Fault]:
    gone = {step.id for step in record.steps if step.unless_delegated}
    for index, step in enumerate(record.steps):
        if step.id not in gone and step.sends_back_to in gone:
            yield ("steps", index, "sends_back_to"), f"step {step.sends_back_to} may have fallen away"
        if step.id in gone and step.kind in ("approve", "issue"):
            yield ("steps", index, "unless_delegated"), f"a step that has to {step.kind} may not fall away"


def _people(record: ProcessRecord, known: Known) -> Iterator[Fault]:
    for office in known.all(Office):
        roles = {role for unit in office.units for role in unit.roles}
        for index, step in enumerate(record.steps):
            if step.role not in roles:
                yield ("steps", index, "role"), f"office {office.id} has nobody in the role {step.role}"
