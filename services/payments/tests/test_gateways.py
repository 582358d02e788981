"""What the adapter makes of answers: bare, wrapped, late, too large, unreadable."""

import pytest

from kit.errors import Refused, TryAgain
from payments.gateways import at_host, read_object


@pytest.mark.parametrize(
    "body",
    [
        b'{"MaLoi": "00", "UrlThanhToan": "x"}',
        b'{"error_code": "0", "message": "{\\"MaLoi\\": \\"00\\", \\"UrlThanhToan\\": \\"x\\"}"}',
        b'{"error_code": 0, "message": {"MaLoi": "00", "UrlThanhToan": "x"}}',
    ],
)
def test_an_answer_is_read_bare_or_wrapped(body: bytes) -> None:
    assert read_object(body)["UrlThanhToan"] == "x"


def test_an_adapter_that_refuses_is_a_refusal() -> None:
    with pytest.raises(Refused, match="-1"):
        read_object(b'{"error_code": "-1", "message": "no"}')


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"00"', b'{"error_code": "0", "message": "not json"}'])
def test_an_answer_nobody_can_read_leaves_the_outcome_unknown(body: bytes) -> None:
    with pytest.raises(TryAgain):
        read_object(body)


def test_a_receipts_address_is_moved_to_a_host_we_reach() -> None:
    there = "http://10.1.2.3:8080/VXPAdapter/bills/1.pdf?a=b"
    assert at_host(there, "https://lgsp.example") == "https://lgsp.example/VXPAdapter/bills/1.pdf?a=b"
    assert at_host(there, None) == there
