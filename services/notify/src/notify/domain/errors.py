"""What may be wrong, as facts.

NotifyProblem
├── MessageNotFound   no such message, or not the asker's
└── NotAllowedNow     the message's state does not allow this
"""


class NotifyProblem(Exception):
    """Anything a caller of notify may have to be told."""


class MessageNotFound(NotifyProblem):
    """No such message, or not the asker's: both answer alike."""

    def __init__(self) -> None:
        super().__init__("no such message")


class NotAllowedNow(NotifyProblem):
    """The message's state does not allow this."""

    def __init__(self, action: str, state: str) -> None:
        super().__init__(f"cannot {action} a message that is {state}")
        self.action, self.state = action, state
