"""Erasing an applicant: what stands against it, how a request is called, and what the proof lists. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from intake.domain.errors import ErasureRefused, RequestUnreadable

KEEPERS = ("workflow", "payments", "notify")  # who keeps copies and says when they are gone
_NUMBER = re.compile(r"(?=.*\d)[^\W_][\w./-]{0,58}[^\W_]|\d")
_NOT_AN_ID = re.compile(r"\s|@|^\+?\d{8,13}$")  # names, mail addresses, telephone, identity and tax numbers


@dataclass(frozen=True)
class Standing:
    """What is known of an applicant, as counts: `open_dossiers` are those whose road has not ended."""

    dossiers: Sequence[UUID]
    open_dossiers: int
    unpaid_fees: int
    open_registrations: int
    drafts: int
    uploads: int

    @property
    def is_known(self) -> bool:
        return bool(self.dossiers or self.open_registrations or self.drafts or self.uploads)

    @property
    def hindrances_vi(self) -> list[str]:
        """Why it must wait: the law needs the data until the dossier's road has ended."""
        told = {
            "hồ sơ chưa kết thúc": self.open_dossiers,
            "khoản phí chưa nộp": self.unpaid_fees,
            "lượt tiếp nhận trên giấy đang làm dở": self.open_registrations,
        }
        return [f"{count} {what}" for what, count in told.items() if count]

    def must_be_erasable(self) -> None:
        """Raises ErasureRefused."""
        if self.hindrances_vi:
            raise ErasureRefused(self.hindrances_vi)


@dataclass(frozen=True)
class Erasure:
    """One request that was carried out; `removed` is intake's own part, by kind."""

    id: UUID
    applicant_id: str
    request: str
    asked_by: str
    erased_at: datetime
    removed: Mapping[str, int]
    objects_gone_at: datetime | None = None


@dataclass(frozen=True)
class Part:
    """What one service removed, added up over the dossiers; `of` how many of how many it has told of."""

    service: str
    done: int
    of: int
    removed: Mapping[str, int] = field(default_factory=dict)
    last_at: datetime | None = None

    @property
    def is_done(self) -> bool:
        return self.done == self.of


@dataclass(frozen=True)
class Proof:
    """Everything that was removed for one request, by whom and when."""

    erasure: Erasure
    dossiers: int
    objects_left: int
    parts: Sequence[Part]

    @property
    def is_done(self) -> bool:
        return not self.objects_left and all(part.is_done for part in self.parts)


def read_request(number: str) -> str:
    """The number under which the request was registered: no words, so that nobody's name gets in.

    Raises RequestUnreadable.
    """
    tidied = number.strip()
    if not _NUMBER.fullmatch(tidied):
        raise RequestUnreadable
    return tidied


def looks_personal(applicant_id: str) -> bool:
    """Whether somebody typed a name, an address or a number of a person where an account's id belongs."""
    return bool(_NOT_AN_ID.search(applicant_id))
