"""What another service's event does in each status: the second table. Nothing that arrives is passed over in silence.

APPLY: the event takes effect. NOTE: the same fact is known already, the history says that it came again. DECIDE: it
is kept for a person to decide (a fee that came too late becomes a refund, a supplement nobody asked for is looked at).
"""

from enum import StrEnum

from workflow.domain.status import Status


class Heard(StrEnum):
    """What others tell us about a case."""

    SUPPLEMENT = "supplement_submitted"
    FEE = "fee_paid"
    COLLECTED = "result_collected"
    WITHDRAWAL = "withdrawal_requested"
    STOP = "stop_requested"
    DELIVERED = "result_delivered"


class Effect(StrEnum):
    APPLY = "apply"
    NOTE = "note"
    DECIDE = "decide"


NAMES_VI = {
    Heard.SUPPLEMENT: "giấy tờ bổ sung",
    Heard.FEE: "tin đã nộp phí",
    Heard.COLLECTED: "tin đã nhận kết quả",
    Heard.WITHDRAWAL: "yêu cầu rút hồ sơ",
    Heard.STOP: "yêu cầu dừng giải quyết",
    Heard.DELIVERED: "tin bưu điện đã phát kết quả",
}
S, H = Status, Heard
_APPLIES = {
    (H.SUPPLEMENT, S.WAITING_FOR_SUPPLEMENT): Effect.APPLY,
    (H.FEE, S.WAITING_FOR_FEE): Effect.APPLY,
    # After acceptance only of a case that owes its fee still (R23); the handler asks, and keeps the rest for decision.
    (H.FEE, S.ACCEPTED): Effect.APPLY,
    (H.FEE, S.IN_PROCESS): Effect.APPLY,
    (H.FEE, S.WAITING_FOR_SUPPLEMENT): Effect.APPLY,
    (H.FEE, S.FINISHED): Effect.APPLY,
    (H.FEE, S.RETURNED): Effect.APPLY,
    (H.COLLECTED, S.FINISHED): Effect.APPLY,
    (H.COLLECTED, S.RETURNED): Effect.NOTE,
    (H.DELIVERED, S.FINISHED): Effect.APPLY,
    (H.DELIVERED, S.RETURNED): Effect.NOTE,
    (H.WITHDRAWAL, S.SUBMITTED): Effect.APPLY,
    (H.WITHDRAWAL, S.WAITING_FOR_SUPPLEMENT): Effect.APPLY,
    (H.WITHDRAWAL, S.WAITING_FOR_FEE): Effect.APPLY,
    (H.WITHDRAWAL, S.IN_PROCESS): Effect.APPLY,
    (H.WITHDRAWAL, S.REFUSED_AT_RECEPTION): Effect.NOTE,
    (H.WITHDRAWAL, S.WITHDRAWN): Effect.NOTE,
    (H.WITHDRAWAL, S.STOPPED): Effect.NOTE,
    (H.STOP, S.WAITING_FOR_SUPPLEMENT): Effect.APPLY,
    (H.STOP, S.IN_PROCESS): Effect.APPLY,
    (H.STOP, S.FINISHED): Effect.APPLY,
    (H.STOP, S.WITHDRAWN): Effect.NOTE,
    (H.STOP, S.STOPPED): Effect.NOTE,
}
EFFECTS: dict[tuple[Heard, Status], Effect] = {
    (heard, status): _APPLIES.get((heard, status), Effect.DECIDE) for heard in Heard for status in Status
}
