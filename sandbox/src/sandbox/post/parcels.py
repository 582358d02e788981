"""Item numbers, and the words of what happens to a parcel. The codes are our own: the real ones are not public."""

EVENTS = {
    1: "Bưu điện đã nhận",
    2: "Đang vận chuyển",
    3: "Đang đi phát",
    4: "Phát không thành công",
    5: "Đã phát",
    6: "Đang chuyển hoàn",
    7: "Đã chuyển hoàn",
    8: "Thất lạc",
}
WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def item_number(serial: int) -> str:
    """An EMS item of Vietnam by the S10 standard, with its check digit."""
    digits = f"{47_000_000 + serial:08}"
    rest = 11 - sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True)) % 11
    check = {10: 0, 11: 5}.get(rest, rest)
    return f"EE{digits}{check}VN"
