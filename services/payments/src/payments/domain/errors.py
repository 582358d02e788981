"""What may be wrong, as facts.

PaymentProblem
├── DemandNotFound      no such demand, or not the asker's
├── NotPayable          the demand's state does not allow a payment
├── AttemptUnderWay     another click's call has not been answered yet
├── PlatformBusy        the Payment Platform does not answer; asking again may help
├── PlatformRefused     the Payment Platform refused the transaction; a person has to look
├── ReceiptNotThere     the receipt has not come from the platform yet
├── DifferenceNotFound  no such difference, or it is resolved already
├── DecisionMissing     money nobody owed needs a decision: refund or keep
└── ReceptionIncomplete fields of what the desk took are wrong or missing, each with a sentence
"""


class PaymentProblem(Exception):
    """Anything a caller of payments may have to be told."""


class DemandNotFound(PaymentProblem):
    """No such demand, or not the asker's: both answer alike."""

    def __init__(self) -> None:
        super().__init__("no such fee demand")


class NotPayable(PaymentProblem):
    """A demand that is paid or replaced takes no payment."""

    def __init__(self, state: str) -> None:
        super().__init__(f"cannot pay a demand that is {state}")
        self.state = state


class AttemptUnderWay(PaymentProblem):
    """The first click's call is still on its way."""

    def __init__(self) -> None:
        super().__init__("a payment of this demand is just being started")


class PlatformBusy(PaymentProblem):
    """The platform did not answer in time or was not reachable. No money moved that we would not find out about."""

    def __init__(self) -> None:
        super().__init__("the Payment Platform does not answer")


class PlatformRefused(PaymentProblem):
    """The platform answered that it will not start this transaction."""

    def __init__(self, code: str) -> None:
        super().__init__(f"the Payment Platform refused the transaction with code {code}")
        self.code = code


class ReceiptNotThere(PaymentProblem):
    """The demand is not paid, or its receipt was not handed over yet."""

    def __init__(self) -> None:
        super().__init__("there is no receipt yet")


class DifferenceNotFound(PaymentProblem):
    """No such difference is waiting for a person."""

    def __init__(self) -> None:
        super().__init__("no such open difference")


class ReceptionIncomplete(PaymentProblem):
    """What was sent of money taken at the desk; `field_errors` pairs a field with what is wrong with it."""

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        super().__init__("what was sent of the money received is wrong or not complete")
        self.field_errors = errors
        self.facts = {
            "field_errors": [{"field": field, "sentence_vi": sentence} for field, sentence in errors],
            "sentence_vi": " ".join(sentence for _, sentence in errors),
        }


class DecisionMissing(PaymentProblem):
    """Money that nobody owed: whether it goes back must be said."""

    def __init__(self) -> None:
        super().__init__("say whether the money is refunded or kept")
