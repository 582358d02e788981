"""What another service's event does in each status: the second table. Nothing that arrives is passed over in silence.

APPLY: the event moves the case. NOTE: the same fact is known already, the history says that it came again. DECIDE: it
is kept for a person to decide (a fee that came too late becomes a refund, a supplement nobody asked for is looked at).
"""

from enum import StrEnum

from workflow.domain.status import Status


class Heard(StrEnum):
    """What others tell us about a case."""

    SUPPLEMENT = "supplement_submitted"
    FEE = "fee_paid"
    COLLECTED = "result_collected"


class Effect(StrEnum):
    APPLY = "apply"
    NOTE = "note"
    DECIDE = "decide"


_APPLIES = {
    (Heard.SUPPLEMENT, Status.WAITING_FOR_SUPPLEMENT): Effect.APPLY,
    (Heard.FEE, Status.WAITING_FOR_FEE): Effect.APPLY,
    (Heard.COLLECTED, Status.FINISHED): Effect.APPLY,
    (Heard.COLLECTED, Status.RETURNED): Effect.NOTE,
}
EFFECTS: dict[tuple[Heard, Status], Effect] = {
    (heard, status): _APPLIES.get((heard, status), Effect.DECIDE) for heard in Heard for status in Status
}
