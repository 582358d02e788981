"""A draft with what its pages need to know of it, and pieces that several of them share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData, UploadFile

from intake import reads
from intake.domain.dossier import Draft, Upload
from intake.domain.errors import UploadBroken
from intake.domain.filing import ONLINE
from intake.domain.flaws import Flaw
from intake.domain.papers import MOST_BYTES
from intake.handlers import drafts
from intake.handlers.drafts import Where
from intake.web import sheets, steps
from intake.web.calling import go
from kit.pages import FieldError
from kit.pages.formats import clock
from kit.pages.words import gettext as _
from kit.signin import Person
from kit.tx import Tx
from rules.records.form import Form
from rules.records.procedure import Component, Procedure

Sheet = Annotated[int, Query(ge=1, le=500)]


@dataclass(frozen=True)
class Desk:
    """A draft with what its pages need to know of it."""

    draft: Draft
    uploads: list[Upload]
    procedure: Procedure
    flaws: list[Flaw]

    def shell(self, current: str) -> dict[str, Any]:
        """What every page of filing shows around its own matter."""
        return {
            "draft": self.draft,
            "procedure": self.procedure,
            "steps": steps.line(self.draft, self.procedure, current, self.flaws),
            "current": current,
        }

    def next(self, current: str) -> str:
        return steps.next_href(self.draft, self.procedure, current)


async def desk_of(tx: Tx, person: Person, draft_id: UUID, on: date) -> Desk:
    """The applicant's own draft, judged as if it were filed on that day. Raises NotFound."""
    draft, uploads = await reads.find_draft(tx, person.id, draft_id)
    return Desk(draft, uploads, reads.procedure_of(draft), reads.flaws_of_draft(draft, uploads, on))


def filed_already(desk: Desk) -> Response | None:
    """Whoever goes back after sending sees that it was sent."""
    return go(f"/dossiers/{desk.draft.dossier_id}/sent") if desk.draft.dossier_id else None


def saved_at(now: datetime) -> Response:
    """What a form that saves itself is told."""
    return HTMLResponse(_("Đã lưu lúc %s") % clock(now))


def sent_sheet(form: Form, given: FormData) -> dict[str, Any]:
    """The sheet a browser sent, without the row whose button was pressed to remove it."""
    typed = sheets.read(form, given)
    table, _dash, row = str(given.get("remove_row", "")).rpartition("-")
    if row.isdecimal() and isinstance(typed.get(table), list):
        typed[table] = [one for index, one in enumerate(typed[table]) if index != int(row)]
    return typed


def is_taken_online(component: Component) -> bool:
    """Whether a component is asked for at all from whoever files online."""
    return not component.channels or ONLINE in component.channels


def paper_state(component: Component, uploads: Sequence[Upload], flaws: Sequence[Flaw], *, on: date) -> dict[str, Any]:
    """One paper: what is there, what is still missing of it, and the database that stands for it on that day."""
    missing = next((flaw.message_vi for flaw in flaws if flaw.component == component.code), "")
    files = [upload for upload in uploads if upload.component == component.code]
    database = component.replaced_by_database
    looked_up = database.database_vi if database and database.is_in_force(on) else ""
    return {"component": component, "files": files, "missing": missing, "looked_up": looked_up}


def names_of(uploads: Sequence[Upload]) -> dict[str, list[str]]:
    """The names of the files there are, by the component they are for."""
    found: dict[str, list[str]] = {}
    for upload in uploads:
        found.setdefault(upload.component or "", []).append(upload.name)
    return found


async def take_files(
    tx: Tx,
    person: Person,
    given: FormData,
    *,
    now: datetime,
    draft_id: UUID | None = None,
    dossier_id: UUID | None = None,
) -> list[FieldError]:
    """Every file that was sent for one component; what is wrong with those that could not be taken."""
    component = str(given.get("component", ""))
    files = [one for one in given.getlist("file") if isinstance(one, UploadFile) and one.filename]
    errors = [] if files else [FieldError(f"file-{component}", _("Hãy chọn tệp trước khi tải lên."))]
    where = Where(component, draft_id, dossier_id)
    for file in files:
        try:
            data = await file.read(MOST_BYTES + 1)
            await drafts.add_upload(tx, person.id, file.filename or "", data, where=where, now=now)
        except UploadBroken as broken:
            errors.append(FieldError(f"file-{component}", broken.sentence_vi))
    return errors
