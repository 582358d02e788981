"""What the mail sandbox can be told to do wrong."""

from pydantic import Field

from sandbox.control import Moods, Times


class MailMoods(Moods):
    refuse_temporarily: Times = Field(False, description="451 after DATA; nothing is kept")
    refuse_permanently: Times = Field(False, description="550 at RCPT")
    unknown_addresses: tuple[str, ...] = Field((), description="addresses that get 550 at RCPT each time")
    drop_after_keeping: Times = Field(False, description="keep the mail, then cut the line instead of answering DATA")
    drop_before_keeping: Times = Field(False, description="cut the line after DATA and keep nothing")
    sms_fail_http: Times = Field(False, description="the SMS gateway answers 503")
    sms_drop_after_keeping: Times = Field(False, description="keep the short message, then answer 504")
    sms_code: str = Field("", description="CodeResult of each SMS instead of 100, e.g. 103", pattern=r"^\d{0,3}$")
