"""What was filed for a case: the packages in the object store, and where each lies."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import Contact, StoredObject
from contracts.package import Manifest
from kit.tx import objects_of
from rules.catalogue import load
from workflow.domain.case import Case, StoredFile
from workflow.domain.dossier import Dossier, FiledFile, newest_sheets
from workflow.domain.words import filed_words
from workflow.store.cases import add_package_words
from workflow.store.tables import PackageRow
from workflow.store.trail import packages


def to_file(stored: StoredObject) -> StoredFile:
    """An object of the contracts as the domain holds it."""
    return StoredFile(stored.path, stored.sha256, stored.size)


def to_object(file: StoredFile) -> StoredObject:
    """A file of the domain as the contracts write it."""
    return StoredObject(path=file.path, sha256=file.sha256, size=file.size)


async def read_dossier(tx: AsyncSession, case: Case) -> Dossier:
    """Every package of the case as one. Raises ObjectMissing, ObjectChanged where the store does not hold it."""
    found = [await _manifest(tx, package) for package in await packages(tx, case.dossier_id)]
    return Dossier(newest_sheets(manifest.forms for manifest in found), tuple(_files(found)))


async def add_package(tx: AsyncSession, dossier_id: UUID, package: StoredFile, received_at: datetime) -> int:
    """Note a package, by whose searchable fields the case is found from now on; returns its number in the case."""
    version = len(await packages(tx, dossier_id)) + 1
    words = filed_words((await _manifest(tx, package)).forms, load().forms)
    facts: dict[str, Any] = {"object": asdict(package), "received_at": received_at, "words": words}
    tx.add(PackageRow(dossier_id=dossier_id, version=version, **facts))
    await add_package_words(tx, dossier_id, words)
    return version


async def _manifest(tx: AsyncSession, package: StoredFile) -> Manifest:
    return Manifest.model_validate_json(await read_file(tx, package))


def _files(manifests: list[Manifest]) -> list[FiledFile]:
    listed = [(package, file) for package, manifest in enumerate(manifests, 1) for file in manifest.files]
    return [
        FiledFile(
            number=number,
            package=package,
            component=file.component,
            name=file.name,
            media_type=file.media_type,
            pages=file.pages,
            stored=to_file(file.object),
        )
        for number, (package, file) in enumerate(listed, 1)
    ]


async def read_contact(tx: AsyncSession, case: Case) -> Contact:
    """How to reach the applicant. Raises ObjectMissing once it was erased."""
    return Contact.model_validate_json(await objects_of(tx).read(case.contact_path))


async def read_file(tx: AsyncSession, file: StoredFile) -> bytes:
    """Bytes from the object store, checked against their digest. Raises ObjectMissing, ObjectChanged."""
    return await objects_of(tx).get(to_object(file))
