"""The clock of a sandbox: real time plus an offset that its control address sets. Tokens and retries never use it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")


def shifted_now(offset_seconds: float) -> datetime:
    """The simulated moment, in the time of Vietnam."""
    return datetime.now(UTC).astimezone(LOCAL) + timedelta(seconds=offset_seconds)


def spoken(moment: datetime) -> str:
    """As a page says it: `14:30 Thứ Tư, 25/11/2026`."""
    local = moment.astimezone(LOCAL)
    return f"{local:%H:%M} {WEEKDAYS[local.weekday()]}, {local:%d/%m/%Y}"
