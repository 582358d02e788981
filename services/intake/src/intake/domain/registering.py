"""A dossier on paper: what a clerk takes in, and everything that keeps it from being registered. Pure.

A paper that is handed in is scanned, unless it was only shown for comparison (TT 03/2025/TT-VPCP, Điều 5 khoản 2).
A form may be typed in by the clerk or come as a scan; then the clerk counts what its sheets say for the fee.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from intake.domain.filing import Door
from intake.domain.flaws import Flaw, Forms, form_flaws, package_flaws
from rules import packages
from rules.catalogue import Catalogue
from rules.formats import is_email, is_phone
from rules.records.procedure import Component, FieldRef, Procedure

MOST_SHEETS = 500


@dataclass(frozen=True)
class Paper:
    """How many originals and copies of one component lie on the desk; `shown_only`: compared and given back."""

    originals: int = 0
    copies: int = 0
    shown_only: bool = False

    @property
    def sheets(self) -> int:
        return self.originals + self.copies


@dataclass(frozen=True)
class Return:
    """How the applicant wants the result; an address where it goes by post."""

    way: str = "counter"
    address: str | None = None


@dataclass(frozen=True)
class Filing:
    """A dossier on paper as the clerk recorded it. `items`: kind of the fee table to number, where a form is a scan."""

    procedure_id: str
    contact: Mapping[str, Any]
    forms: Forms
    papers: Mapping[str, Paper]
    items: Mapping[str, int] = field(default_factory=dict)
    wanted: Return = field(default_factory=Return)


def filing_flaws(
    filing: Filing, procedure: Procedure, files: Mapping[str, int], door: Door, catalogue: Catalogue
) -> list[Flaw]:
    """All of them at once; `files` counts the scans by component."""
    found = [*paper_contact_flaws(filing.contact), *return_flaws(filing.wanted, filing.contact)]
    for form_id in procedure.form_ids:
        found += form_flaws(form_id, filing.forms.get(form_id, ()), catalogue)
    found += package_flaws(procedure, filing.forms, held(filing, files), catalogue, channel=door.channel)
    for component in procedure.components:
        found += paper_flaws(component, filing, files)
    return [*found, *item_flaws(filing, procedure, files, catalogue)]


def answer_flaws(filing: Filing, procedure: Procedure, files: Mapping[str, int], catalogue: Catalogue) -> list[Flaw]:
    """The same of an answer to a supplement request; whether it holds what was asked for is judged with the request."""
    found = [flaw for component in procedure.components for flaw in paper_flaws(component, filing, files)]
    return [*found, *item_flaws(filing, procedure, files, catalogue)]


def held(filing: Filing, files: Mapping[str, int]) -> dict[str, int]:
    """What is held of each component: one scan may hold several papers, and a paper that was shown has none."""
    codes = {*files, *(code for code, paper in filing.papers.items() if paper.sheets)}
    return {code: max(files.get(code, 0), filing.papers.get(code, Paper()).sheets) for code in codes}


def paper_contact_flaws(contact: Mapping[str, Any]) -> list[Flaw]:
    """At the desk a person may have no mail address; a name, and one way to be reached, there must be."""
    name, email, phone = (str(contact.get(key) or "").strip() for key in ("name", "email", "phone"))
    nameless = [] if name else [_contact("name", "required", "Hãy ghi họ và tên người nộp.", "Give the name.")]
    return [*nameless, *_reach_flaws(email, phone)]


def _reach_flaws(email: str, phone: str) -> list[Flaw]:
    if not email and not phone:
        vietnamese = "Hãy ghi số điện thoại hoặc thư điện tử, để báo tin cho người nộp."
        return [_contact("phone", "required", vietnamese, "Give a telephone number or a mail address.")]
    found = []
    if phone and not is_phone(phone):
        vietnamese = "Số điện thoại chưa đúng, ví dụ 0912 345 678."
        found.append(_contact("phone", "format", vietnamese, "This is not a telephone number; e.g. 0912 345 678."))
    if email and not is_email(email):
        vietnamese = "Thư điện tử chưa đúng, ví dụ ten@benhvien.vn."
        found.append(_contact("email", "format", vietnamese, "This is not a mail address; e.g. name@hospital.vn."))
    return found


def return_flaws(wanted: Return, contact: Mapping[str, Any]) -> list[Flaw]:
    """By post it needs an address, online a mail address to write to."""
    if wanted.way == "postal" and not (wanted.address or "").strip():
        vietnamese = "Hãy ghi địa chỉ nhận kết quả qua bưu chính."
        return [_field("return_address", "required", vietnamese, "Give the address where the result goes.")]
    if wanted.way == "online" and not str(contact.get("email") or "").strip():
        vietnamese = "Nhận kết quả trực tuyến cần thư điện tử. Hãy ghi thư điện tử, hoặc chọn cách nhận khác."
        return [_field("return_way", "needs_email", vietnamese, "An online result needs a mail address.")]
    return []


def paper_flaws(component: Component, filing: Filing, files: Mapping[str, int]) -> list[Flaw]:
    """Handed in means counted and scanned, or counted and only shown; typed in by the clerk means scanned too."""
    paper, scans = filing.papers.get(component.code, Paper()), files.get(component.code, 0)
    is_typed = bool(component.form_id and filing.forms.get(component.form_id))
    name = component.name_vi
    if paper.shown_only and component.accepts == "form":
        vietnamese = f"“{name}” phải nộp, không chỉ xuất trình."
        return [_paper(component, "form_is_handed_in", vietnamese, "A form is handed in, not only shown.")]
    if paper.shown_only and scans:
        vietnamese = f"“{name}” chỉ xuất trình để đối chiếu thì không quét. Hãy bỏ dấu hoặc xóa bản quét."
        return [_paper(component, "shown_and_scanned", vietnamese, "A paper only shown is not scanned.")]
    if scans and not paper.sheets:
        vietnamese = f"Hãy ghi số bản chính, bản sao đã nhận của “{name}”."
        return [_paper(component, "not_counted", vietnamese, "Give the number of originals and copies received.")]
    if paper.shown_only and not paper.sheets:
        vietnamese = f"Hãy ghi đã đối chiếu mấy bản của “{name}”."
        return [_paper(component, "not_counted", vietnamese, "Give the number of papers that were shown.")]
    if paper.sheets and not (scans or is_typed or paper.shown_only):
        vietnamese = f"Chưa quét “{name}”. Hãy quét, hoặc đánh dấu nếu chỉ xuất trình để đối chiếu."
        return [_paper(component, "not_scanned", vietnamese, "Scan it, or mark it as only shown.")]
    return []


def counted_kinds(procedure: Procedure, catalogue: Catalogue) -> dict[str, str]:
    """The kinds a clerk counts where the sheets are scans, key to Vietnamese name; empty where nothing is counted."""
    chosen = packages.counted_field(procedure, catalogue)
    if chosen is None or procedure.fee_id is None:
        return {}
    values = {choice.value for choice in chosen.values}
    return {item.key: item.name_vi for item in catalogue.fee(procedure.fee_id).items if item.key in values}


def wants_items(filing: Filing, procedure: Procedure, files: Mapping[str, int]) -> bool:
    """Whether the clerk has to count: the fee is counted by a form that came as a scan."""
    ref = _counted_by(procedure)
    if ref is None or filing.forms.get(ref.form_id):
        return False
    return any(files.get(one.code) for one in procedure.components if one.form_id == ref.form_id)


def item_flaws(filing: Filing, procedure: Procedure, files: Mapping[str, int], catalogue: Catalogue) -> list[Flaw]:
    """Counted where it must be, nowhere else, and only kinds that the fee table knows."""
    given = {kind: number for kind, number in filing.items.items() if number}
    if untyped := _untyped_value(filing, procedure, files):
        vietnamese = f"Phí tính theo giá trị ghi trong “{untyped.name_vi}”. Hãy nhập tờ khai này, không chỉ quét."
        return [_paper(untyped, "must_be_typed", vietnamese, "The fee follows a value in it: type this form in.")]
    if not wants_items(filing, procedure, files):
        sentence = "Số thiết bị đã có trong tờ khai, không đếm riêng."
        return [_field("items", "not_wanted", sentence, "The sheets say it; nothing is counted.")] if given else []
    if not given:
        sentence = "Hãy đếm trong tờ khai bản giấy: mỗi loại có mấy, để tính phí."
        return [_field("items", "required", sentence, "Count the items of each kind on the paper form, for the fee.")]
    strange = sorted(given.keys() - counted_kinds(procedure, catalogue).keys())
    found = [
        _field("items", "unknown_kind", f"Biểu phí không có loại “{one}”.", f"No such kind: {one}.") for one in strange
    ]
    if sum(given.values()) > MOST_SHEETS or min(given.values()) < 0:
        sentence = f"Số đếm phải từ 0 đến {MOST_SHEETS}."
        found.append(_field("items", "out_of_range", sentence, f"Counts lie between 0 and {MOST_SHEETS}."))
    return found


def _untyped_value(filing: Filing, procedure: Procedure, files: Mapping[str, int]) -> Component | None:
    """The form that says the value a percentage is taken of, where it came as a scan only."""
    ref = procedure.fee.value_from if procedure.fee else None
    if ref is None or filing.forms.get(ref.form_id):
        return None
    return next((one for one in procedure.components if one.form_id == ref.form_id and files.get(one.code)), None)


def with_counts(filing: Filing, procedure: Procedure) -> dict[str, list[dict[str, Any]]]:
    """The forms as they go into the package: where one was counted, short sheets that say the kind of each item alone.

    The fee is then read from the package as from any other.
    """
    forms = {form_id: [dict(sheet) for sheet in sheets] for form_id, sheets in filing.forms.items() if sheets}
    ref = _counted_by(procedure)
    if ref is not None and ref.form_id not in forms and any(filing.items.values()):
        forms |= packages.counted_sheets(procedure, filing.items)
    return forms


def _counted_by(procedure: Procedure) -> FieldRef | None:
    return procedure.fee.counted_by if procedure.fee else None


def shown_only(papers: Mapping[str, Paper]) -> frozenset[str]:
    """The components that were compared and given back."""
    return frozenset(code for code, paper in papers.items() if paper.shown_only)


def _contact(key: str, code: str, vietnamese: str, english: str) -> Flaw:
    return Flaw(code, vietnamese, english, path=(key,))


def _field(key: str, code: str, vietnamese: str, english: str) -> Flaw:
    return Flaw(code, vietnamese, english, path=(key,), within="")


def _paper(component: Component, code: str, vietnamese: str, english: str) -> Flaw:
    return Flaw(code, vietnamese, english, path=(component.code,), within="/papers", component=component.code)
