"""What the rules say in words: what is wrong (Vietnamese and English), limits, channels. Words only, no decisions."""

from collections.abc import Callable, Mapping, Sequence

from rules.records.form import Condition, DateOrder, Form, FormField, GoesWith, NotAfterFiling, RowsEqual, Sum
from rules.records.limit import Limit
from rules.records.procedure import Component

Both = tuple[str, str]
_NOTHING: Both = ("", "")


def place(form: Form, path: tuple[str | int, ...]) -> Both:
    """Where a field stands if it is inside a table: the table's label and the row, counted from one."""
    table = form.field(str(path[0])) if path else None
    if table is None or len(path) < 2 or not isinstance(path[1], int):
        return _NOTHING
    return f"{table.label_vi}, dòng {path[1] + 1}: ", f"{table.label_en}, row {path[1] + 1}: "


def field_error(code: str, field: FormField | None, where: Both) -> Both:
    """The sentence for one error of one field. A field that the form does not know has no label to show."""
    if field is None:
        return f"{where[0]}Mẫu này không có ô đó.", f"{where[1]}This form has no such field."
    vietnamese, english = _SENTENCES.get(code, _wrong)(field)
    return where[0] + vietnamese, where[1] + english


def _required(field: FormField) -> Both:
    if field.type == "enum":
        return f"Hãy chọn “{field.label_vi}”.", f"Choose “{field.label_en}”."
    if field.type == "file":
        return f"Hãy đính kèm “{field.label_vi}”.", f"Attach “{field.label_en}”."
    if field.type == "boolean":
        return f"Hãy đánh dấu vào ô “{field.label_vi}”.", f"Tick “{field.label_en}”."
    return f"Hãy điền “{field.label_vi}”.", f"Fill in “{field.label_en}”."


def _type(field: FormField) -> Both:
    expected: Mapping[str, Both] = {
        "integer": ("một số nguyên, ví dụ 12", "a whole number, for example 12"),
        "decimal": ("một số, ví dụ 125,5", "a number, for example 125.5"),
        "boolean": ("có hoặc không", "yes or no"),
        "table": ("một bảng gồm các dòng", "a table of rows"),
    }
    vietnamese, english = expected.get(field.type, ("chữ", "text"))
    return f"“{field.label_vi}” phải là {vietnamese}.", f"“{field.label_en}” must be {english}."


def _format(field: FormField) -> Both:
    expected: Mapping[str, Both] = {
        "phone": ("một số điện thoại, ví dụ 0912 345 678", "a telephone number, for example 0912 345 678"),
        "email": ("một địa chỉ thư điện tử, ví dụ ten@benhvien.vn", "an e-mail address, for example name@hospital.vn"),
        "date": ("một ngày có thật, ví dụ 03/03/2025", "a date that exists, for example 2025-03-03"),
    }
    vietnamese, english = expected.get(field.type, ("đúng cách viết", "written correctly"))
    return f"“{field.label_vi}” phải là {vietnamese}.", f"“{field.label_en}” must be {english}."


def _enum(field: FormField) -> Both:
    vietnamese = ", ".join(choice.label for choice in field.values)
    english = ", ".join(choice.label_en for choice in field.values)
    return f"“{field.label_vi}” phải là một trong: {vietnamese}.", f"“{field.label_en}” must be one of: {english}."


def _minimum(field: FormField) -> Both:
    return (
        f"“{field.label_vi}” không được nhỏ hơn {field.minimum}.",
        f"“{field.label_en}” must not be less than {field.minimum}.",
    )


def _maximum(field: FormField) -> Both:
    return (
        f"“{field.label_vi}” không được lớn hơn {field.maximum}.",
        f"“{field.label_en}” must not be more than {field.maximum}.",
    )


def _too_long(field: FormField) -> Both:
    return f"“{field.label_vi}” quá dài, hãy rút gọn.", f"“{field.label_en}” is too long, please shorten it."


def _must_be_true(field: FormField) -> Both:
    return f"Cần đánh dấu đồng ý ở ô “{field.label_vi}”.", f"“{field.label_en}” must be ticked."


def _wrong(field: FormField) -> Both:
    return f"“{field.label_vi}” chưa đúng.", f"“{field.label_en}” is not right."


_SENTENCES: Mapping[str, Callable[[FormField], Both]] = {
    "required": _required,
    "type": _type,
    "format": _format,
    "enum": _enum,
    "minimum": _minimum,
    "maximum": _maximum,
    "maxLength": _too_long,
    "maxItems": _too_long,
    "must_be_true": _must_be_true,
}


def rows_equal(form: Form, check: RowsEqual, said: int, rows: int) -> Both:
    number, table = _named(form, check.field), _named(form, check.table)
    return (
        f"“{number.label_vi}” ghi {said} nhưng “{table.label_vi}” có {rows} dòng.",
        f"“{number.label_en}” says {said}, but “{table.label_en}” has {rows} rows.",
    )


def goes_with(form: Form, check: GoesWith) -> Both:
    field, by = _named(form, check.field), _named(form, check.by)
    return (
        f"“{field.label_vi}” không khớp với “{by.label_vi}”. Hãy sửa một trong hai.",
        f"“{field.label_en}” does not fit “{by.label_en}”. Correct one of them.",
    )


def date_order(form: Form, check: DateOrder) -> Both:
    earlier, later = _named(form, check.field), _named(form, check.not_after)
    return (
        f"“{earlier.label_vi}” không được sau “{later.label_vi}”.",
        f"“{earlier.label_en}” must not be after “{later.label_en}”.",
    )


def after_filing(form: Form, check: NotAfterFiling) -> Both:
    field = _named(form, check.field)
    return (
        f"“{field.label_vi}” không được sau ngày nộp hồ sơ.",
        f"“{field.label_en}” must not be after the day of filing.",
    )


def too_old(form: Form, check: NotAfterFiling) -> Both:
    field = _named(form, check.field)
    return (
        f"“{field.label_vi}” không được quá {check.within_months} tháng trước ngày nộp hồ sơ.",
        f"“{field.label_en}” must not be more than {check.within_months} months before the day of filing.",
    )


def sum_differs(form: Form, check: Sum, wanted: float) -> Both:
    field = _named(form, check.field)
    return (
        f"“{field.label_vi}” phải bằng tổng các mục, tức là {wanted:g}.",
        f"“{field.label_en}” must be the sum of its parts, that is {wanted:g}.",
    )


def _named(form: Form, key: str) -> FormField:
    field = form.field(key)
    assert field is not None, f"the loader refuses a check on {key}"
    return field


# --- packages ---


def missing(one: Component) -> Both:
    return f"Hồ sơ thiếu “{one.name_vi}”.", f"The dossier lacks “{one.name_en}”."


def too_few(one: Component, needed: int, held: int) -> Both:
    per_vi = {"device": "mỗi thiết bị", "staff_member": "mỗi nhân viên bức xạ"}[one.one_per or "device"]
    per_en = {"device": "device", "staff_member": "radiation worker"}[one.one_per or "device"]
    return (
        f"“{one.name_vi}”: {per_vi} cần một bản, tức là {needed}, nhưng hồ sơ có {held}.",
        f"“{one.name_en}”: one per {per_en} is needed, that is {needed}, but the dossier holds {held}.",
    )


def single(one: Component, held: int) -> Both:
    return (
        f"“{one.name_vi}” chỉ nộp một bản, nhưng hồ sơ có {held}.",
        f"“{one.name_en}” is filed once, but the dossier holds {held}.",
    )


def wrong_form(form_id: str) -> Both:
    return f"Thủ tục này không dùng mẫu {form_id}.", f"This procedure does not use form {form_id}."


def unknown_component(code: str) -> Both:
    return (
        f"Thủ tục này không có thành phần hồ sơ “{code}”.",
        f"This procedure has no component “{code}”.",
    )


def not_an_upload(one: Component) -> Both:
    return (
        f"“{one.name_vi}” phải điền trên biểu mẫu điện tử, không nộp bằng tệp.",
        f"“{one.name_en}” is filled in as an e-form, not filed as a file.",
    )


def section_missing(form: Form, section_key: str) -> Both:
    section = form.section(section_key)
    assert section is not None, f"the loader refuses a rule on {section_key}"
    return (
        f"{form.title_vi}: hãy điền mục “{section.title_vi}”.",
        f"{form.title_en}: fill in the section “{section.title_en}”.",
    )


def wrong_value(form: Form, key: str, values: Sequence[str]) -> Both:
    field = _named(form, key)
    chosen = [choice for choice in field.values if choice.value in values]
    return (
        f"“{field.label_vi}” của thủ tục này phải là một trong: {', '.join(one.label for one in chosen)}.",
        f"“{field.label_en}” of this procedure must be one of: {', '.join(one.label_en for one in chosen)}.",
    )


def condition(form: Form, asked: Condition) -> Both:
    """When a field is asked for: the other field's label, and the labels of its values."""
    field = _named(form, asked.field)
    chosen = [choice for choice in field.values if choice.value in asked.values]
    vietnamese = [choice.label for choice in chosen] or list(asked.values)
    english = [choice.label_en for choice in chosen] or list(asked.values)
    if not vietnamese:
        return f"Chỉ điền khi đã điền “{field.label_vi}”.", f"Only if “{field.label_en}” is filled in."
    return (
        f"Chỉ điền khi “{field.label_vi}” là “{'” hoặc “'.join(vietnamese)}”.",
        f"Only if “{field.label_en}” is “{'” or “'.join(english)}”.",
    )


# --- limits and channels ---

_UNITS = {
    "working_minutes": "phút làm việc",
    "working_hours": "giờ làm việc",
    "working_days": "ngày làm việc",
    "calendar_days": "ngày",
    "months": "tháng",
    "years": "năm",
}
_STARTS = {
    "dossier_received": "khi nhận hồ sơ",
    "declaration_received": "khi nhận tờ khai",
    "valid_dossier": "khi nhận đủ hồ sơ hợp lệ",
    "valid_dossier_and_fee": "khi nhận đủ hồ sơ hợp lệ và phí",
}
_CHANNELS = {"online": "Trực tuyến", "direct": "Trực tiếp", "postal": "Qua bưu chính công ích"}


def limit_vi(limit: Limit) -> str:
    """`25 ngày`; `ngay khi nhận` for a check at once."""
    if limit.is_at_once:
        return "ngay khi nhận"
    return f"{limit.value} {_UNITS[limit.unit]}"


def start_rule_vi(rule: str) -> str:
    """`khi nhận đủ hồ sơ hợp lệ và phí`, to follow `tính từ` or `kể từ`."""
    return _STARTS[rule]


def channel_vi(channel: str) -> str:
    """`Trực tuyến`."""
    return _CHANNELS[channel]
