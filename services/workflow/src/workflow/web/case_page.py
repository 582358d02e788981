"""The page of one case: check list and actions, form and files, history and clock."""

from http import HTTPStatus

from fastapi import Request
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from kit.now import Now
from kit.pages import FieldError
from rules.catalogue import load
from workflow import reads
from workflow.domain.access import Staff
from workflow.domain.checklist import Judged
from workflow.reads import CaseView
from workflow.web.shown import show


async def case_page(
    request: Request,
    tx: AsyncSession,
    now: Now,
    staff: Staff,
    view: CaseView,
    *,
    open_file: int | None = None,
    judged: Judged | None = None,
    errors: list[FieldError] | None = None,
    seen_version: int | None = None,
    status_code: int = HTTPStatus.OK,
) -> Response:
    """The case; `judged` is what was typed where it could not be saved, `seen_version` what was seen last time."""
    forms = [(load().form(one.form_id), one) for one in view.procedure.components if one.form_id]
    return await show(
        request,
        tx,
        staff,
        "case.html",
        now=now,
        status_code=status_code,
        view=view,
        letters=await reads.find_letters(tx, staff, view.case.dossier_id, now),
        forms=[(form, one, view.dossier.forms[form.id]) for form, one in forms if view.dossier.forms.get(form.id)],
        judged=view.judged if judged is None else judged,
        opened=view.dossier.file(open_file) if open_file else None,
        errors=errors or [],
        seen_version=seen_version,
        own_words=await reads.applicants_words(tx, view.case),
        messages=await reads.find_messages(tx, view.case),
        payments=await reads.find_payments(tx, view.case),
    )
