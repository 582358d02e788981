"""Report II.06 as a file that spreadsheet programs open."""

from workflow.domain.report import BY_VI, COLUMNS_VI
from workflow.domain.sheet import as_csv
from workflow.reads.report import Report


def report_csv(found: Report) -> bytes:
    """The report's table, with its total and its control sum at the end."""
    headings = ["(1) STT", f"(2) {BY_VI[found.by]}", *(f"({number}) {words}" for number, words in COLUMNS_VI.items())]
    rows: list[list[str | int | None]] = [
        [number, line.name_vi, *line.counts.columns.values()] for number, line in enumerate(found.lines, 1)
    ]
    agrees = "khớp" if found.total.agrees else "KHÔNG KHỚP"
    rows.append(["", "Tổng số", *found.total.columns.values()])
    rows.append(["", f"Kỳ báo cáo: {found.period.words_vi}. Kiểm tra cột 3 = cột 7 + cột 11: {agrees}."])
    return as_csv(headings, rows)
