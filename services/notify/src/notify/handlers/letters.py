"""Writes letters: what is known of a dossier, its office and who handles it, in the words of the template."""

import logging
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import ValidationError

from contracts.facts import Contact, StaffCard
from contracts.package import staff_path
from kit.errors import Refused, TryAgain
from kit.now import TIME_ZONE
from kit.objects import ObjectMissing, Objects
from kit.pages import words
from kit.pages.formats import FILTERS, due, when
from kit.pages.words import gettext as _
from notify.domain.message import Message, Template
from notify.domain.short_text import short_text
from notify.gateways import Letter
from notify.store import DossierRow
from rules import catalogue
from rules import due as rule
from rules.errors import RulesError

PARTS = ("subject", "lead", "body", "next_step", "link")
TIMES = (
    "supplemented_at", "paid_at", "due_at", "started_at", "finished_at", "returned_at", "first_due_at", "ended_at",
    "corrected_at", "posted_at", "decided_at", "answer_by", "previous_due_at",
)  # fmt: skip
_BREAKS = re.compile(r"[ \t\r\n]+")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Written:
    """A letter's words, before anybody's address stands on it; in parts for pages, whole for mail."""

    subject: str
    lead: str
    paragraphs: list[str]
    next_step: str
    about: list[tuple[str, str]]
    text: str
    html: str


class Letters:
    """Writes every letter of one installation. `public_url` is the one address people use."""

    def __init__(self, public_url: str, objects: Objects) -> None:
        self.public_url = public_url
        self.objects = objects
        self.plain = environment(autoescape=False)
        self.safe = environment(autoescape=True)

    async def letter(self, message: Message, dossier: DossierRow) -> Letter:
        """The whole letter. Raises Refused where the contact is gone."""
        contact = await self.contact(message, dossier)
        written = await self.write(message, dossier, name=contact.organisation or contact.name)
        return Letter(
            key=str(message.id),
            to=contact.email,
            to_name=contact.name,
            subject=written.subject,
            text=written.text,
            html=written.html,
            written_at=message.created_at.astimezone(TIME_ZONE),
        )

    async def contact(self, message: Message, dossier: DossierRow) -> Contact:
        """How to reach the applicant: the newest we were told of. Raises Refused where it was erased."""
        path = message.contact or dossier.contact
        try:
            return Contact.model_validate_json(await self.objects.read(path or ""))
        except ObjectMissing as error:
            raise Refused("the applicant's contact is not there any more") from error

    async def write(self, message: Message, dossier: DossierRow, *, name: str) -> Written:
        """The words of a letter to `name`. Raises TryAgain where our catalogue does not know its procedure."""
        words.speak(words.VIETNAMESE)
        try:
            facts = await self.facts(message, dossier)
        except RulesError as error:
            raise TryAgain(f"our catalogue does not know it yet: {error}") from error
        template = self.plain.get_template(f"{message.template}.jinja")
        parts = {part: "".join(template.blocks[part](template.new_context(facts))).strip() for part in PARTS}
        told = {part: one_line(parts[part]) for part in PARTS if part != "body"}
        paragraphs = [one_line(each) for each in parts["body"].split("\n\n") if each.strip()]
        about = known_facts(dossier, facts)
        whole = facts | told | {"name": name, "paragraphs": paragraphs, "about": about}
        return Written(
            subject=told["subject"],
            lead=told["lead"],
            paragraphs=paragraphs,
            next_step=told["next_step"],
            about=about,
            text=self.plain.get_template("letter.txt.jinja").render(whole),
            html=self.safe.get_template("letter.html.jinja").render(whole),
        )

    def short_text(self, message: Message, dossier: DossierRow) -> str:
        """The text of a short message."""
        office = catalogue.load().office(dossier.office or "").name_vi
        return short_text(message.template, office=office, code=shown_code(dossier))

    async def facts(self, message: Message, dossier: DossierRow) -> dict[str, Any]:
        """Everything a template may say."""
        law = catalogue.load()
        procedure = law.procedure(dossier.procedure_id or "", dossier.procedure_version)
        office = law.office(dossier.office or "")
        told = {name: read_time(message.facts.get(name)) for name in TIMES}
        named = (procedure.component(code) for code in message.facts.get("components", []))
        unit = office.unit(message.facts.get("unit") or dossier.receiving_unit or "")
        card = await self.staff_card(message.facts.get("staff_id"))
        return {
            **message.facts,
            **told,
            "due_at": told["due_at"] or (dossier.due_at if message.template in AFTER_ACCEPTANCE else None),
            "received_at": dossier.received_at,
            "return_way": dossier.return_way,
            "check_due_at": check_due(dossier, told["supplemented_at"]),
            "code": shown_code(dossier),
            "procedure_name": procedure.name_vi,
            "clock_waits_for_fee": procedure.clock_waits_for_fee,
            "result_name": procedure.result.name_vi,
            "components": [component.name_vi for component in named if component],
            "office": office,
            "unit": unit,
            "handler": card,
            "telephone": (card and card.phone) or (unit and unit.telephone) or office.telephone,
            "link_url": self.link_url(message),
        }

    async def staff_card(self, staff_id: str | None) -> StaffCard | None:
        """The published card of who acted; none where it was never written or cannot be read."""
        if not staff_id:
            return None
        try:
            return StaffCard.model_validate_json(await self.objects.read(staff_path(staff_id)))
        except ObjectMissing:
            return None
        except ValidationError:
            log.warning("a staff card cannot be read")
            return None

    def link_url(self, message: Message) -> str:
        """The one place a letter leads to."""
        if message.template is Template.FEE_DUE:
            return f"{self.public_url}/pay/{message.facts['demand_id']}"
        return f"{self.public_url}/dossiers/{message.dossier_id}"


AFTER_ACCEPTANCE = frozenset(
    {Template.ACCEPTED, Template.IN_PROCESS, Template.RESULT_READY, Template.STOP_REFUSED, Template.CLOCK_RESTARTED}
)


def environment(*, autoescape: bool) -> Environment:
    """Templates of letters; what is missing is an error, never an empty place."""
    found = Environment(
        loader=PackageLoader("notify", "templates/letters"),
        autoescape=autoescape,  # noqa: S701 - off for plain text only, which is escaped where HTML is made of it
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    found.filters |= FILTERS
    found.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined] # by the extension
    return found


def known_facts(dossier: DossierRow, facts: dict[str, Any]) -> list[tuple[str, str]]:
    """What every letter names: dossier, office, who handles it, telephone, times of receipt and return."""
    office, unit, card = facts["office"], facts["unit"], facts["handler"]
    told = [
        (_("Mã hồ sơ") if dossier.code else _("Số tiếp nhận"), facts["code"]),
        (_("Thủ tục"), facts["procedure_name"]),
        (_("Nơi giải quyết"), f"{office.name_vi} – {unit.name_vi}" if unit else office.name_vi),
        (_("Người xử lý"), f"{card.name}, {card.title}" if card else ""),
        (_("Điện thoại"), facts["telephone"]),
        (_("Nộp lúc"), when(facts["received_at"])),
        (_("Hẹn trả kết quả"), due(facts["due_at"]) if facts["due_at"] else ""),
    ]
    return [(label, value) for label, value in told if value]


def check_due(dossier: DossierRow, piece_at: datetime | None) -> datetime | None:
    """By when what came in is checked, by the function by which workflow decides; None after acceptance (no check).

    Computed, not heard: a letter goes out as soon as the package came in, often before workflow has said it.
    """
    if dossier.received_at is None or dossier.code or not dossier.office:
        return None
    procedure = catalogue.load().procedure(dossier.procedure_id or "", dossier.procedure_version)
    arrived_at = dossier.received_at
    try:
        return rule.check_due(
            procedure, dossier.channel or "", dossier.office, arrived_at=arrived_at, piece_at=piece_at
        ).at
    except RulesError:
        return None


def shown_code(dossier: DossierRow) -> str:
    """What people call the dossier: its code, or the arrival number until it has one."""
    return dossier.code or dossier.arrival_number or ""


def read_time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def one_line(words: str) -> str:
    """Line ends of a template's file are not the letter's; a no-break space is (12.600.000 ₫)."""
    return _BREAKS.sub(" ", words).strip()
