"""What goes in and out of the JSON API; a third thing beside rows and domain objects."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from contracts.facts import Contact
from intake.domain.texts import is_storable
from kit.now import TIME_ZONE

Sheets = list[dict[str, Any]]
Moment = Annotated[datetime, AfterValidator(lambda at: at.astimezone(TIME_ZONE))]  # always told in Vietnam's time


class In(BaseModel):
    """A request: unknown keys are refused, so that a misspelt one is not lost silently."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _can_be_kept(cls, value: Any) -> Any:
        if not is_storable(value):
            raise ValueError("a text with NUL or half a character, a number without end, or too deep a structure")
        return value


class Out(BaseModel):
    """An answer, read from domain objects."""

    model_config = ConfigDict(from_attributes=True)


class ContactIn(In, Contact):
    """Who files and how to reach them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "name": "Trần Minh Khôi",
                "organisation": "Bệnh viện Đa khoa Mẫu",
                "email": "ky.thuat@benhvien-mau.example",
                "phone": "0900 000 101",
                "address": "Số 12 đường Sức Khỏe, thành phố Mẫu",
            }
        },
    )
    name: Annotated[str, Field(min_length=1, max_length=200)]
    email: Annotated[str, Field(pattern=r"^[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+$", max_length=254)]


class FiledUpload(In):
    component: str = Field(description="the component's code", examples=["radiation-survey"])
    upload_id: UUID


class SubmissionIn(In):
    """A whole dossier in one call; the files were uploaded before."""

    procedure_id: str = Field(examples=["xray-licence-new-2021"])
    forms: dict[str, Sheets] = Field(description="form id to its sheets; one sheet unless the form is one per device")
    contact: ContactIn
    uploads: list[FiledUpload] = Field(default_factory=list, max_length=1000)


class DraftIn(In):
    procedure_id: str = Field(examples=["xray-licence-new-2021"])


class FormIn(In):
    sheets: Sheets = Field(max_length=500)


class SupplementIn(In):
    """The answer to one round: exactly the components asked for, as files or as sheets of their forms."""

    round: int = Field(ge=1)
    uploads: list[FiledUpload] = Field(default_factory=list, max_length=1000)
    forms: dict[str, Sheets] = Field(default_factory=dict)


class RatingIn(In):
    score: int = Field(ge=1, le=5)
    comment: str = Field(default="", max_length=2000)


class EndingIn(In):
    """Why, in the applicant's own words; the words go to the object store, never into an event."""

    reason: str = Field(default="", max_length=2000)


class QuoteIn(In):
    """Either `items` (kind of the fee table to number) or `forms` as they would be filed."""

    procedure_id: str = Field(examples=["xray-licence-new-2021"])
    items: dict[str, Annotated[int, Field(ge=0, le=500)]] | None = Field(
        default=None, examples=[{"ct": 1, "general": 2}]
    )
    forms: dict[str, Sheets] | None = None


class FeeLineOut(Out):
    key: str
    name_vi: str
    quantity: int
    unit_vnd: int
    amount_vnd: int


class FeeReasonOut(Out):
    why_vi: str
    why_en: str
    source: str


class FeeOut(Out):
    lines: list[FeeLineOut]
    subtotal_vnd: int
    reasons: list[FeeReasonOut] = Field(description="what changes the sum, each with its source")
    total_vnd: int
    legal_basis: list[str]
    unconfirmed: list[str]


class SkippedDay(Out):
    on: str
    reason_vi: str


class ExpectedOut(Out):
    due_at: Moment
    limit_value: int
    limit_unit: str
    calendar_version: str
    readings: list[str]
    skipped: list[SkippedDay]


class QuoteOut(Out):
    """What it would cost and when it would be done, by the functions that later decide."""

    assumed_at: Moment = Field(description="as if filed, found valid and paid at this moment")
    fee: FeeOut | None = Field(description="none where the procedure costs nothing")
    expected: ExpectedOut | None = Field(description="none where no limit is published or its year is not approved")


class UploadOut(Out):
    id: UUID
    component: str | None
    name: str
    media_type: str
    pages: int | None = Field(description="pages read, for a PDF")
    size: int
    sha256: str
    uploaded_at: Moment


class DraftOut(Out):
    id: UUID
    procedure_id: str
    procedure_version: str
    forms: dict[str, Sheets]
    contact: Contact | None
    uploads: list[UploadOut]
    flaws: list[dict[str, Any]] = Field(description="what would be refused if it were sent now")
    created_at: Moment
    updated_at: Moment
    dossier_id: UUID | None


class DossierOut(Out):
    id: UUID
    arrival_number: str = Field(examples=["T-H00.15-250303-0001"])
    code: str | None = Field(description="the dossier code, from acceptance on")
    status: int = Field(ge=1, le=10, description="the national status code")
    procedure_id: str
    procedure_version: str
    received_at: Moment
    due_at: Moment | None
    result_code: str | None


class ComponentOut(Out):
    code: str
    name_vi: str
    name_en: str
    accepts: str
    form_id: str | None
    required: bool
    one_per: str | None
    condition_vi: str | None
    condition_en: str | None


class LimitOut(Out):
    value: int
    unit: str


class ProcedureOut(Out):
    id: str
    version: str
    national_code: str | None
    name_vi: str
    name_en: str
    field_vi: str
    limit: LimitOut | None = Field(description="none: not yet published")


class PercentageOut(Out):
    percent: str = Field(description="exact, such as 0.1 for one thousandth", examples=["0.1"])
    floor_vnd: int
    ceiling_vnd: int
    of_vi: str
    of_en: str


class FeeItemOut(Out):
    key: str
    name_vi: str
    name_en: str
    amount_vnd: int | None = Field(description="none: a percentage, or not yet published")
    percentage: PercentageOut | None = None
    per: str


class ProcedureDetailOut(ProcedureOut):
    authority_vi: str
    start_rule: str
    check_limit: LimitOut | None
    components: list[ComponentOut]
    forms: dict[str, dict[str, Any]] = Field(description="form id to the JSON Schema of one of its sheets")
    fee_items: list[FeeItemOut]
    filing_open: bool = Field(description="whether this portal takes it today (R19)")
    sources: list[str]
    unconfirmed: bool
    unconfirmed_fields: list[str]


class LookupOut(Out):
    """All that anybody may learn from a code alone (R17)."""

    code: str
    completion_percent: int = Field(ge=0, le=100)


class ProblemOut(BaseModel):
    """An error (RFC 9457). Clients switch on `type`, which never changes meaning."""

    type: str = Field(examples=["urn:motcua:problem:not-allowed-now"])
    title: str
    status: int
    detail: str
    title_vi: str
    trace_id: str
    sentence_vi: str | None = None
    field_errors: list[dict[str, Any]] | None = Field(
        default=None,
        description="with submission-invalid: code, message_vi, message_en, pointer, form_id, component; "
        "with question-invalid: pointer, message_vi, message_en",
    )
    file: str | None = Field(default=None, description="with upload-broken: the file's name")
    reason: str | None = Field(default=None, description="with upload-broken: empty, truncated, wrong_type, locked, …")
