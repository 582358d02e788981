"""Every event class there is, by its type."""

from contracts import intake, notify, payments, workflow
from contracts.envelope import Event


def _all(module: object) -> list[type[Event]]:
    found = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, Event)]
    return [cls for cls in found if "type" in vars(cls)]


EVENTS: dict[str, type[Event]] = {
    cls.type: cls for module in (intake, workflow, payments, notify) for cls in _all(module)
}
TOPICS: list[str] = sorted({cls.topic() for cls in EVENTS.values()})
