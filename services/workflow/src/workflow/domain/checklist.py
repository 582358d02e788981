"""The officer's check, component by component: what must be judged, when a round is complete. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rules.records.procedure import Component, Procedure
from workflow.domain.errors import CheckIncomplete, RequestIncomplete
from workflow.domain.status import Verdict

SHORTEST_NOTE = 5


@dataclass(frozen=True)
class CheckItem:
    """One component's verdict in one round; `note` is the sentence that form 02 would print."""

    component: str
    verdict: Verdict
    note: str = ""


Judged = Mapping[str, CheckItem]


def as_map(items: Iterable[CheckItem]) -> dict[str, CheckItem]:
    return {item.component: item for item in items}


def check_items(procedure: Procedure, items: Iterable[CheckItem], filed: frozenset[str]) -> None:
    """Each item names a component of the procedure; `filed` are the codes that came with something in them.

    Raises RequestIncomplete with one sentence per wrong item.
    """
    wrong = [(item.component, sentence) for item in items if (sentence := _wrong(procedure, item, filed))]
    if wrong:
        raise RequestIncomplete(wrong)


def _wrong(procedure: Procedure, item: CheckItem, filed: frozenset[str]) -> str:
    component = procedure.component(item.component)
    if component is None:
        return f"Thủ tục không có thành phần “{item.component}”."
    if item.verdict is Verdict.LACKING and len(item.note.strip()) < SHORTEST_NOTE:
        return f"Hãy viết rõ “{component.name_vi}” cần bổ sung gì."
    if item.verdict is Verdict.NOT_NEEDED and (item.component in filed or _is_a_must(component)):
        return f"“{component.name_vi}” không thể ghi là không phải nộp."
    return ""


def _is_a_must(component: Component) -> bool:
    return component.required and component.required_when is None and component.condition_vi is None


def unjudged(procedure: Procedure, judged: Judged) -> list[Component]:
    return [one for one in procedure.components if one.code not in judged]


def lacking(procedure: Procedure, judged: Judged) -> list[CheckItem]:
    """What lacks, in the procedure's order."""
    found = [judged[one.code] for one in procedure.components if one.code in judged]
    return [item for item in found if item.verdict is Verdict.LACKING]


def check_all_good(procedure: Procedure, judged: Judged) -> None:
    """Raises CheckIncomplete where a component has no verdict or lacks something."""
    open_ = [
        (one.code, one.name_vi)
        for one in procedure.components
        if one.code not in judged or judged[one.code].verdict is Verdict.LACKING
    ]
    if open_:
        raise CheckIncomplete(open_)


def check_request(procedure: Procedure, judged: Judged) -> list[CheckItem]:
    """The lines of the one complete request of a round, in the procedure's order (R08).

    Raises RequestIncomplete where a component has no verdict yet, or nothing lacks.
    """
    open_ = [(one.code, f"Hãy nhận xét “{one.name_vi}” trước.") for one in unjudged(procedure, judged)]
    lines = lacking(procedure, judged)
    if open_:
        raise RequestIncomplete(open_)
    if not lines:
        raise RequestIncomplete([("items", "Chưa có thành phần nào được đánh dấu là chưa đạt.")])
    return lines


def carried_over(judged: Judged) -> list[CheckItem]:
    """What needs no second look after a supplement: everything that did not lack."""
    return [item for item in judged.values() if item.verdict is not Verdict.LACKING]
