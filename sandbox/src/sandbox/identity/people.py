"""The demo people, read from YAML. All invented."""

from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

Role = Literal[
    "applicant",
    "one_stop_officer",
    "case_officer",
    "division_head",
    "department_leader",
    "clerk",
    "accountant",
    "auditor",
    "template_admin",
    "calendar_admin",
    "operator",
    "post_clerk",
]
# Order and heading of the groups on the sign-in page; the person's first role decides.
GROUPS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("Người nộp hồ sơ", "Applicants", frozenset({"applicant"})),
    ("Bộ phận Một cửa", "One-stop shop", frozenset({"one_stop_officer", "post_clerk"})),
    (
        "Thẩm định và ký duyệt",
        "Appraisal and approval",
        frozenset({"case_officer", "division_head", "department_leader"}),
    ),
    ("Văn thư, kế toán", "Clerk and accountant", frozenset({"clerk", "accountant"})),
    (
        "Giám sát và quản trị",
        "Audit and administration",
        frozenset({"auditor", "template_admin", "calendar_admin", "operator"}),
    ),
)


class Person(BaseModel):
    """One entry of the file. Staff have an office and a unit; applicants say for whom they file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^p-[a-z0-9-]+$")
    name: str
    title: str
    email: str
    phone: str
    roles: tuple[Role, ...] = Field(min_length=1)
    office: str | None = None
    unit: str | None = None
    unit_name: str | None = None
    account_kind: Literal["citizen", "organisation"] | None = None
    organisation: str | None = None

    @model_validator(mode="after")
    def _is_applicant_or_staff(self) -> "Person":
        staff = all((self.office, self.unit, self.unit_name))
        applicant = self.account_kind is not None and (self.account_kind == "citizen") == (self.organisation is None)
        if staff == applicant or applicant != ("applicant" in self.roles):
            raise ValueError(f"{self.id} must be either staff with office and unit, or an applicant with account_kind")
        return self

    def claims(self) -> dict[str, Any]:
        """What tokens and userinfo say about the person; what does not apply is left out."""
        kept = self.model_dump(mode="json", exclude={"id", "unit_name"}, exclude_none=True)
        return {"sub": self.id, **kept}


def read(file: Path | None) -> dict[str, Person]:
    """People by id. Raises ValidationError or ValueError when the file is wrong; then the program does not start."""
    source = file or files("sandbox.identity").joinpath("people.yaml")
    listed = TypeAdapter(list[Person]).validate_python(yaml.safe_load(source.read_text(encoding="utf-8")))
    found = {person.id: person for person in listed}
    if len(found) != len(listed):
        raise ValueError("two people have the same id")
    return found


def grouped(people: dict[str, Person]) -> list[tuple[str, str, list[Person]]]:
    """Groups as the sign-in page shows them; empty ones are left out."""
    groups = [(vi, en, [p for p in people.values() if p.roles[0] in roles]) for vi, en, roles in GROUPS]
    return [group for group in groups if group[2]]
