"""The package manifest: what a dossier consists of as it was filed. Immutable, hashed, one per submission."""

from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.facts import Channel, ComponentFlags, Fact, Origin, StoredObject


class PackageFile(Fact):
    """One file of a component."""

    component: str
    name: str = Field(max_length=255, description="the name the applicant gave it")
    media_type: str
    pages: int | None = Field(default=None, ge=1, description="pages read, for a PDF")
    object: StoredObject


class Manifest(Fact):
    """Everything filed in one go. A supplement is a further package of the same dossier with the next version."""

    dossier_id: UUID
    version: int = Field(ge=1)
    procedure_id: str
    procedure_version: str
    channel: Channel
    origin: Origin
    received_at: AwareDatetime
    forms: dict[str, list[dict[str, Any]]] = Field(description="form id to its sheets, as validated")
    components: list[ComponentFlags]
    files: list[PackageFile]


def manifest_path(dossier_id: UUID, version: int, sha256: str) -> str:
    """Where a manifest of these bytes lies, under the prefix of its own dossier.

    A filing whose process died leaves bytes that nobody names; the next try has other bytes and its own place.
    """
    return f"packages/{dossier_id}/{version}/manifest-{sha256[:16]}.json"


def contact_path(dossier_id: UUID, version: int) -> str:
    """Where the contact lies; a new version where the applicant changes it."""
    return f"contacts/{dossier_id}/{version}.json"


def staff_path(staff_id: str) -> str:
    """Where the published card of an officer lies."""
    return f"staff/{staff_id}.json"
