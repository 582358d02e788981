"""The sandbox's receipt: one page that says it is worth nothing. Plain letters only, so that no font is needed."""

import unicodedata

from sandbox.payment_platform.messages import Transaction


def plain(text: str) -> str:
    """Without diacritics: the fonts every PDF reader brings have no Vietnamese letters."""
    folded = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return folded.encode("ascii", "ignore").decode()


def pdf(payment: Transaction) -> bytes:
    """The receipt of a paid transaction."""
    receipt = payment.receipt
    lines = [
        "BIEN LAI THU NGHIEM - KHONG CO GIA TRI",
        "SANDBOX RECEIPT - NO MONEY WAS PAID, WITHOUT ANY VALUE",
        "",
        f"Ma giao dich (transaction): {payment.platform_code}",
        f"Ma tham chieu (reference): {payment.reference}",
        f"Ma ho so (dossier): {payment.dossier_code}",
        f"So tien (amount): {payment.amount_vnd:,} VND".replace(",", "."),
        f"Thoi gian (time): {payment.settled_at}",
        f"Ngan hang (bank): {payment.bank}",
        f"Nguoi nop (payer): {plain(str(receipt.get('HoTenNguoiNop', '')))}",
        f"Noi dung (for): {plain(str(receipt.get('NoiDungThanhToan', '')))}",
        f"Don vi thu huong (beneficiary): {plain(str(receipt.get('TenTKThuHuong', '')))}",
    ]
    return _document(lines)


def _document(lines: list[str]) -> bytes:
    """PDF 1.4 by hand: five objects and their table (ISO 32000-1 §7.5)."""
    text = "\n".join(f"({_escaped(plain(line)[:95])}) Tj T*" for line in lines)
    content = f"BT /F1 10 Tf 16 TL 50 790 Td\n{text}\nET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R"
        b" /Resources << /Font << /F1 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    ]
    document, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(document))
    return document + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + tail


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
