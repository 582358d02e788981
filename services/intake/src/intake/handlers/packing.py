"""Puts a package into the object store: the files under the dossier's own prefix, then the manifest that names them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.facts import Channel, ComponentFlags, Origin, StoredObject
from contracts.package import Manifest, PackageFile, manifest_path
from intake.domain.dossier import Upload
from intake.domain.filing import PORTAL, Door
from intake.domain.papers import ENDINGS
from kit.tx import objects_of, run_sql
from rules.records.procedure import Procedure


@dataclass(frozen=True)
class Contents:
    """What goes into one package: the sheets by form id, and each file under the component it is filed for.

    `shown_only` names papers that a clerk compared and gave back: no file of them is kept.
    """

    forms: Mapping[str, list[dict[str, Any]]]
    files: Sequence[tuple[str, Upload]]
    shown_only: frozenset[str] = field(default_factory=frozenset)

    def files_by_component(self) -> Counter[str]:
        return Counter(component for component, _ in self.files)


@dataclass(frozen=True)
class Packed:
    """The manifest's place, and what events say of each component."""

    manifest: StoredObject
    components: list[ComponentFlags]


async def pack(
    tx: AsyncSession,
    procedure: Procedure,
    dossier_id: UUID,
    version: int,
    contents: Contents,
    *,
    now: datetime,
    door: Door = PORTAL,
) -> Packed:
    """Store a package that came in at `now`. Everything is on disk when this returns.

    What a failed transaction leaves is never named, and is not in the way of the next: paths tell the bytes.
    """
    files = [
        await _store_file(tx, dossier_id, version, number, component, upload)
        for number, (component, upload) in enumerate(contents.files, 1)
    ]
    components = flags(procedure, contents)
    manifest = Manifest(
        dossier_id=dossier_id,
        version=version,
        procedure_id=procedure.id,
        procedure_version=procedure.version,
        channel=Channel(door.channel),
        origin=Origin(door.origin),
        received_at=now,
        forms=dict(contents.forms),
        components=components,
        files=files,
    )
    body = orjson.dumps(manifest.model_dump(mode="json"), option=orjson.OPT_INDENT_2)
    path = manifest_path(dossier_id, version, sha256(body).hexdigest())
    return Packed(await objects_of(tx).put(path, body), components)


async def _store_file(
    tx: AsyncSession, dossier_id: UUID, version: int, number: int, component: str, upload: Upload
) -> PackageFile:
    """Copy an upload under the dossier's prefix; the path names nobody."""
    await run_sql(tx, "select 1")  # many large files take longer than the limit for an idle transaction
    source = StoredObject(path=upload.object.path, sha256=upload.object.sha256, size=upload.object.size)
    data = await objects_of(tx).get(source)
    name = f"{number:03}-{component}-{source.sha256[:16]}{ENDINGS[upload.media_type]}"
    path = f"packages/{dossier_id}/{version}/{name}"
    stored = await objects_of(tx).put(path, data)
    return PackageFile(
        component=component, name=upload.name, media_type=upload.media_type, pages=upload.pages, object=stored
    )


def flags(procedure: Procedure, contents: Contents) -> list[ComponentFlags]:
    """Facts for the service index (R20): nothing is re-used or looked up here; what was only shown is not digitised."""
    files = contents.files_by_component()
    filled = {one.code for one in procedure.components if one.form_id and contents.forms.get(one.form_id)}
    return [
        ComponentFlags(
            code=one.code,
            files=files[one.code],
            digitised=bool(files[one.code]) or one.code in filled,
            reused=False,
            from_national_store=False,
        )
        for one in procedure.components
        if files[one.code] or one.code in filled or one.code in contents.shown_only
    ]
