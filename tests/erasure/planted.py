"""Values that nobody else has, in every field of a dossier that a person fills in, and the steps that plant them."""

import io
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pypdf import PdfWriter
from tests.deliveries import roads
from tests.deliveries.people import AT_THE_DESK
from tests.deliveries.roads import DECIDE, Dossier, Step

from contracts.facts import Contact
from intake.domain.registering import Filing, Paper, Return
from intake.handlers import drafts, filing, registering, results, supplements
from intake.handlers.drafts import Where
from rules.testing import PROCEDURE_ID
from workflow import handlers as workflow
from workflow.domain.posting import Receiver

NAME = "Trịnh Xóahếttên Thử"
PHONE = "0977123459"
EMAIL = "hopthu@xoahetthu.example"
ADDRESS = "Số 9 ngõ Xóahếtnhà, tỉnh Mẫu"
RETURN_ADDRESS = "Số 8 ngách Xóahếtnơinhận, tỉnh Mẫu"
IDENTITY = "001199555777"
HEALTH = "XOAHETSUCKHOE"
WORDS = "Cán bộ gọi cho bác Xóahếtlời rất nhanh."
VALUES = {
    "name": "Xóahếttên",
    "phone": PHONE,
    "e-mail": "xoahetthu",
    "address": "Xóahếtnhà",
    "return address": "Xóahếtnơinhận",
    "identity number": IDENTITY,
    "health paper": HEALTH,
    "words": "Xóahếtlời",
}
CONTACT = Contact(name=NAME, email=EMAIL, phone=PHONE, address=ADDRESS, return_address=RETURN_ADDRESS)
_BY_ENDING = {"name": NAME, "address": ADDRESS, "phone": PHONE, "email": EMAIL, "id_number": IDENTITY}
_NOT_OF_A_PERSON = ("device_name", "file_name")


def _health_paper() -> bytes:
    """A real PDF that says what it is about where anybody can read it."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=595, height=842)
    writer.add_metadata({"/Title": HEALTH, "/Author": HEALTH})
    writer.write(out)
    return out.getvalue()


PAPER = _health_paper()


def planted(value: Any, key: str = "") -> Any:
    """The same sheets with the person's own values wherever a field's name says that one belongs there."""
    if isinstance(value, Mapping):
        return {inner: planted(one, inner) for inner, one in value.items()}
    if isinstance(value, list):
        return [planted(one) for one in value]
    ending = next((end for end in _BY_ENDING if key.endswith(end)), None)
    return _BY_ENDING[ending] if ending and isinstance(value, str) and key not in _NOT_OF_A_PERSON else value


async def upload(dossier: Dossier, owner: str, **where: object) -> UUID:
    """A health paper whose name and content are the person's."""
    place = Where(**where)  # type: ignore[arg-type]
    found = await dossier.world.do("intake", drafts.add_upload, owner, f"{HEALTH} {NAME}.pdf", PAPER, where=place)
    id_: UUID = found.id
    return id_


async def file(dossier: Dossier) -> None:
    """File online, everything planted."""
    world, one = dossier.world, roads.contents(dossier.procedure)
    uploads = roads.listed(one.files, await upload(dossier, dossier.applicant_id))
    given = filing.Submission(dossier.procedure_id, planted(dict(one.forms)), CONTACT, uploads)
    found, _ = await world.do(
        "intake", filing.submit_dossier, dossier.applicant_id, given, office=world.office, **roads.key_of(dossier)
    )
    dossier.id = found.id


async def register(dossier: Dossier) -> None:
    """A clerk registers it at the counter; the result is wanted by post."""
    one = roads.contents(dossier.procedure)
    contact = CONTACT.model_dump(mode="json")
    papers = {code: Paper(originals=number) for code, number in one.files.items()}
    wanted = Return("postal", RETURN_ADDRESS)
    typed = Filing(dossier.procedure_id, contact, planted(dict(one.forms)), papers, wanted=wanted)
    uploads = roads.listed(one.files, await upload(dossier, AT_THE_DESK.id))
    given = registering.Registering(typed, uploads)
    found, _ = await dossier.world.do(
        "intake", registering.register_papers, AT_THE_DESK, given, office=dossier.world.office, **roads.key_of(dossier)
    )
    dossier.id = found.id


async def answer(dossier: Dossier) -> None:
    """What was asked for, again with the person's values; a file that nobody asked for stays behind."""
    waiting = {"component": roads.lacking(dossier), "dossier_id": dossier.known_id}
    await upload(dossier, dossier.applicant_id, **waiting)
    uploads = [(roads.lacking(dossier), await upload(dossier, dossier.applicant_id))]
    await dossier.world.do(
        "intake", supplements.answer_supplement, dossier.applicant_id, dossier.known_id, 1, uploads=uploads, forms={}
    )


async def begin_another(dossier: Dossier) -> None:
    """A draft of a further dossier, never sent."""
    world, who = dossier.world, dossier.applicant_id
    draft = await world.do("intake", drafts.start_draft, who, PROCEDURE_ID)
    await world.do("intake", drafts.save_contact, who, draft.id, CONTACT)
    for form_id, sheets in roads.contents(dossier.procedure).forms.items():
        await world.do("intake", drafts.save_form, who, draft.id, form_id, planted(list(sheets)))
    await upload(dossier, who, component=roads.lacking(dossier), draft_id=draft.id)


async def post(dossier: Dossier) -> None:
    """The officer gives the result to the post as well."""
    receiver = Receiver(NAME, RETURN_ADDRESS, PHONE)
    await dossier.act(workflow.post_result, "one_stop_officer", receiver)


async def rate(dossier: Dossier) -> None:
    await dossier.world.do("intake", results.rate_dossier, dossier.applicant_id, dossier.known_id, 5, WORDS)


GRANT = (roads.judge, roads.find_valid, roads.take_cash, *DECIDE)
ONLINE: tuple[Step, ...] = (
    file, begin_another, roads.ask_supplement, answer, *GRANT, post, roads.collect, rate,
)  # fmt: skip
COUNTER: tuple[Step, ...] = (register, *GRANT, roads.hand_over)


def online(world: Any) -> Dossier:
    """A person's dossier, filed online, to its end."""
    return Dossier(world, "planted-online", PROCEDURE_ID, ONLINE)


def at_the_counter(world: Any) -> Dossier:
    """A person's dossier, registered by a clerk, to its end."""
    return Dossier(world, "planted-counter", "safety-officer-certificate-2021", COUNTER)
