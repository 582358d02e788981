"""Erasing an applicant, for operators; the proofs, for auditors too. No page names anybody."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from intake import reads
from intake.domain.dossier import Dossier
from intake.domain.errors import ErasureRefused, NotFound, RequestUnreadable
from intake.domain.texts import storable
from intake.handlers import erasing
from intake.web.calling import Office, go, show
from kit.now import Now
from kit.pages import FieldError
from kit.pages.forms import Checked
from kit.pages.words import gettext as _
from kit.signin import Person, allow
from kit.tx import Tx

router = APIRouter()
Operator = Annotated[Person, Depends(allow("operator"))]
Looker = Annotated[Person, Depends(allow("operator", "auditor"))]
SERVICES = {"intake": "Tiếp nhận", "workflow": "Giải quyết", "payments": "Thanh toán", "notify": "Thông báo"}
KINDS = {
    "attempt": "lần gửi hoặc lần nộp tiền",
    "call": "lời đáp của bên chuyển tin",
    "cases": "tên trong danh sách",
    "client_key": "mã lần gửi",
    "dispatch": "lời của bưu điện",
    "dossier": "chỗ ghi nơi liên lạc",
    "draft": "hồ sơ soạn dở",
    "known_contact": "người nộp trong ô tìm ở quầy",
    "message": "địa chỉ nhận tin",
    "objects": "tệp hoặc bản liên lạc",
    "rating": "lời góp ý",
    "registration": "người gửi, địa chỉ ở quầy",
    "supplement": "tờ khai bổ sung chưa gửi",
    "upload": "tệp tải lên",
}


@router.get("/operator/erasures")
async def page(request: Request, person: Looker, tx: Tx, office: Office, code: str = "") -> Response:
    """The newest erasures; for operators also the way to a further one, from a dossier's code."""
    return await _page(request, tx, person, office, {"code": storable(code).strip()[:60]}, [])


async def _page(
    request: Request, tx: Tx, person: Person, office: str, values: Mapping[str, str], errors: list[FieldError]
) -> Response:
    dossier = await _find(tx, office, values["code"]) if values["code"] else None
    if values["code"] and dossier is None:
        errors = [FieldError("code", _("Không có hồ sơ nào mang mã này ở đây. Hãy xem lại từng ký tự.")), *errors]
    return show(
        request,
        "erasures.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        navigation=places(person),
        may_erase=person.has("operator"),
        values=values,
        errors=errors,
        dossier=dossier,
        standing=await reads.applicant_standing(tx, dossier.applicant_id) if dossier else None,
        proofs=await reads.list_proofs(tx),
    )


def places(person: Person) -> list[tuple[str, str]]:
    """Where these people go from here."""
    parked = [(_("Sự kiện bị giữ"), "/operator/parked")] if person.has("operator") else []
    return [(_("Xóa dữ liệu cá nhân"), "/operator/erasures"), *parked]


async def _find(tx: Tx, office: str, code: str) -> Dossier | None:
    try:
        return await reads.dossier_by_code(tx, office, code)
    except NotFound:
        return None


@router.post("/operator/erasures")
async def erase(request: Request, form: Checked, person: Operator, tx: Tx, now: Now, office: Office) -> Response:
    """Erase whoever filed that dossier. Nothing that is erased comes back, so a box must be ticked."""
    values = {key: storable(str(form.get(key, ""))).strip() for key in ("code", "request", "sure")}
    dossier = await _find(tx, office, values["code"])
    if dossier is None or not values["sure"]:
        told = [] if values["sure"] else [FieldError("sure", _("Hãy đánh dấu rằng ông/bà đã xem lại."))]
        return await _page(request, tx, person, office, values, told)
    try:
        done, _is_new = await erasing.erase_applicant(
            tx, dossier.applicant_id, values["request"], by=person.id, now=now
        )
    except (ErasureRefused, RequestUnreadable) as refused:
        return await _page(request, tx, person, office, values, [FieldError("request", refused.sentence_vi)])
    return go(f"/operator/erasures/{done.id}")


@router.get("/operator/erasures/{erasure_id}")
async def proof(request: Request, person: Looker, tx: Tx, erasure_id: UUID) -> Response:
    """What every service removed, and whether all have."""
    return show(
        request,
        "erasure.html",
        navigation=places(person),
        proof=await reads.find_proof(tx, erasure_id),
        services=SERVICES,
        kinds=KINDS,
    )
