"""What the payment sandbox can be told to do wrong, or merely differently."""

from pydantic import Field

from sandbox.control import Moods, Times


class PaymentMoods(Moods):
    fail_http: Times = Field(False, description="INIT, QUERY and GET_BILL answer 503")
    fail_init: Times = Field(False, description="INIT answers MaLoi 99")
    drop_after_keeping: Times = Field(False, description="INIT keeps the transaction, then answers 504")
    wrapped_answer: bool = Field(False, description="INIT's answer as an agency's adapter wraps it")
    failure_code: str = Field("", description="pressing pay fails with this MaLoi", pattern=r"^(\d[1-9]|[1-9]\d)?$")
    notify_before_return: bool = Field(
        True, description="the first try is over before the browser goes back (at most 5 s)"
    )
    late_seconds: float = Field(0, ge=0, description="wait so long before the first try; the browser does not")
    notify_never: Times = Field(False, description="no notification at all")
    notify_twice: Times = Field(False, description="two notifications of one payment, both correct")
    wrong_amount: Times = Field(False, description="the notification names 1.000 ₫ more, correctly signed")
    bad_digest: Times = Field(False, description="the notification's digest is of another secret")
    unknown_reference: Times = Field(False, description="the notification is about a reference nobody gave out")
    only_dossier_code: Times = Field(False, description="the notification has an empty MaThamChieu, but MaHoSo")
    query_pending: Times = Field(False, description="QUERY does not know yet (TrangThaiGD 3)")
    bill_not_ready: Times = Field(False, description="GET_BILL has no receipt yet")
    bill_as_pdf: bool = Field(False, description="GET_BILL answers with the PDF itself instead of its address")
