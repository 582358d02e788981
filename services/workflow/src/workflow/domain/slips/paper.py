"""A paper that went out with a QR, as anybody who holds it may check it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from workflow.domain.case import StoredFile


@dataclass(frozen=True)
class Paper:
    """`form` is what it is for, `number` as printed, `name_vi` with the act's number; `code` names the dossier.

    Says nothing of a person (R17). `dossier_id` is none for a register, which belongs to no dossier.
    """

    office: str
    form: str
    number: str
    name_vi: str
    dossier_id: UUID | None
    code: str
    object: StoredFile
    issued_at: datetime
