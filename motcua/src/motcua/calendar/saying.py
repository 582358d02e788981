"""What `motcua calendar` prints: lines for people, JSON for machines. Words only."""

import json
from datetime import datetime

from pydantic import BaseModel

from kit.pages.formats import day, due, number, when
from workflow.domain.calendars import Version
from workflow.reads import CalendarView, Moving, Preview
from workflow.web.calendar_year import KINDS, schedules_vi


def as_json(shape: BaseModel) -> str:
    return json.dumps(shape.model_dump(mode="json"), ensure_ascii=False, indent=2)


def calendar(view: CalendarView, year: int | None) -> str:
    record = view.shown.record
    lines = [f"Lịch làm việc {record.office_id}, phiên bản {view.shown.label}"]
    lines.append(f"có từ {day(record.effective_from)} đến {day(record.effective_to)}")
    if view.ends_soon:
        lines.append(f"SẮP HẾT: còn {view.days_ahead} ngày, cần soạn năm sau")
    lines += [f"{name}: {hours}" for name, hours in schedules_vi(record)]
    for one in record.special_days:
        if year in (None, one.day.year):
            pair = f", hoán đổi với {day(one.paired_with)}" if one.paired_with else ""
            lines.append(f"{day(one.day)}  {KINDS[one.kind]}: {one.name_vi} ({one.source}){pair}")
    return _text(lines)


def versions(view: CalendarView) -> str:
    lines = [f"{one.label}  {_had_a_hand(one, view.names)}" for one in view.versions]
    lines += [f"{one.label}  bản thảo {one.id}, {_drafted_by(one, view.names)}: {one.why_vi}" for one in view.drafts]
    return _text(lines)


def _had_a_hand(one: Version, names: dict[str, str]) -> str:
    if one.id is None:
        return "có sẵn trong phần mềm"
    who = names.get(one.approved_by or "", "")
    return f"{_drafted_by(one, names)}, {who} duyệt lúc {_at(one.approved_at)}; {_counted(one)}: {one.why_vi}"


def _drafted_by(one: Version, names: dict[str, str]) -> str:
    return f"{names.get(one.drafted_by, one.drafted_by)} soạn lúc {_at(one.drafted_at)}"


def _at(moment: datetime | None) -> str:
    return when(moment) if moment else "–"


def _counted(one: Version) -> str:
    progress = one.progress
    state = "xong" if progress.finished_at else "đang tính"
    return f"{state}, {number(progress.moved)} hồ sơ dời hạn / {number(progress.looked_at)} hồ sơ"


def drafted(draft: Version, warnings: list[str]) -> str:
    said = [f"Bản thảo {draft.id}: lịch {draft.label}, từ {draft.based_on}"]
    return _text([*said, *(f"cần xem kỹ: {warning}" for warning in warnings)])


def preview(found: Preview) -> str:
    head = f"{number(found.moved)} hồ sơ dời hạn trong {number(found.looked_at)} hồ sơ đã tính thử"
    return _text([head, *map(_moving, found.lines)])


def _moving(one: Moving) -> str:
    before, after = one.recount.before, one.recount.case
    what = "kiểm tra" if one.recount.of == "check" else "trả kết quả"
    if one.recount.is_kept or before.deadline_at is None or after.deadline_at is None:
        return f"{after.shown_code}  hạn {what} giữ nguyên: {one.recount.kept_vi}"
    late = "; QUÁ HẠN NGAY" if one.is_late_at_once else ""
    why = "; ".join(f"{on:%d/%m/%Y}: {is_}" for on, _, is_ in one.why)
    return f"{after.shown_code}  hạn {what} {due(before.deadline_at)} → {due(after.deadline_at)}{late}  ({why})"


def approved(version: Version) -> str:
    return _text([f"Đã duyệt lịch {version.label}; hồ sơ đang tính giờ sẽ được tính lại."])


def dropped(draft: Version) -> str:
    return _text([f"Đã bỏ bản thảo {draft.id} (lịch {draft.label})."])


def progress(version: Version, left: int, set_aside: int = 0) -> str:
    """`12 / 200 hồ sơ, 3 dời hạn`, and how many could not be counted where there are any."""
    found = version.progress
    whole = number(found.looked_at + left)
    failed = f", {number(set_aside)} chưa tính lại được (thử lại sau)" if set_aside else ""
    return f"{number(found.looked_at)} / {whole} hồ sơ, {number(found.moved)} dời hạn{failed}"


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
