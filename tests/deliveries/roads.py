"""What people do with one dossier from its filing to its end, step by step, on several roads. Real handlers only."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from tests.deliveries.people import AT_THE_DESK, CONTACT, PAPER, person, staff
from tests.deliveries.world import MORNING, World

from intake.domain.errors import NotAllowedNow as NotAllowedInIntake
from intake.domain.errors import NotFound
from intake.domain.registering import Filing, Paper
from intake.handlers import drafts, endings, filing, registering, results, supplements
from intake.handlers.drafts import Where
from payments.domain.desk import Reception
from payments.domain.ledger import Way
from payments.handlers import desk
from rules.catalogue import load
from rules.records.procedure import Procedure
from rules.testing import PROCEDURE_ID, SampleDossier, some_files, some_sheets, whole_dossier
from workflow import handlers as workflow
from workflow.domain.checklist import CheckItem
from workflow.domain.errors import NoSuchCase
from workflow.domain.errors import NotAllowedNow as NotAllowedInWorkflow
from workflow.domain.posting import HandOver
from workflow.domain.status import Outcome, Verdict
from workflow.domain.steps import Decision


class NotYet(Exception):
    """What this step needs has not come here yet: the person looks again later."""


TOO_EARLY = (NotYet, NotFound, NotAllowedInIntake, NoSuchCase, NotAllowedInWorkflow)
GRANTED = Decision(outcome=Outcome.GRANTED, conclusion="Sử dụng 03 thiết bị X-quang chẩn đoán.", conditions=("Một.",))
REFUSED = Decision(outcome=Outcome.REFUSED, conclusion="Không đủ điều kiện theo quy định hiện hành.")
Step = Callable[["Dossier"], Awaitable[None]]


@dataclass
class Dossier:
    """One dossier on its road. Each step is one transaction or a few; a step that was done may be done again."""

    world: World
    name: str
    procedure_id: str
    steps: Sequence[Step]
    done: int = 0
    id: UUID | None = None

    @property
    def applicant_id(self) -> str:
        return f"p-{self.name}"

    @property
    def procedure(self) -> Procedure:
        return load().procedure(self.procedure_id)

    @property
    def known_id(self) -> UUID:
        assert self.id is not None, "it is filed first"
        return self.id

    @property
    def is_through(self) -> bool:
        return self.done >= len(self.steps)

    @property
    def next_words(self) -> str:
        return f"{self.name} at {getattr(self.steps[self.done], '__name__', '?')}"

    async def go_on(self) -> None:
        """Take the next step. Raises one of TOO_EARLY."""
        await self.steps[self.done](self)
        self.done += 1

    async def act(self, command: Callable[..., Awaitable[object]], role: str, *said: object, **named: object) -> None:
        """A command of the office's staff on this dossier."""
        await self.world.do("workflow", command, self.known_id, *said, staff=staff(role), seen_version=None, **named)

    async def ask(self, command: Callable[..., Awaitable[object]], *said: object, **named: object) -> None:
        """A command of the applicant on this dossier."""
        await self.world.do("intake", command, self.known_id, *said, applicant_id=self.applicant_id, **named)


def contents(procedure: Procedure) -> SampleDossier:
    """What is filed: the demo's licence, or a dossier made from the procedure's data."""
    if procedure.id == PROCEDURE_ID:
        return SampleDossier(some_sheets(), some_files(), "online", MORNING.date())
    made = (whole_dossier(procedure, seed, on=MORNING.date()) for seed in range(50))
    return next(one for one in made if one.forms or one.files)


async def upload(dossier: Dossier, owner: str, **where: object) -> UUID:
    """A paper of one page; the same is filed under every component."""
    place = Where(**where)  # type: ignore[arg-type]
    found = await dossier.world.do("intake", drafts.add_upload, owner, "giay-to.pdf", PAPER, where=place)
    id_: UUID = found.id
    return id_


def listed(files: Mapping[str, int], upload_id: UUID) -> list[tuple[str, UUID]]:
    return [(component, upload_id) for component, number in files.items() for _ in range(number)]


def key_of(dossier: Dossier) -> dict[str, str]:
    """The client's key, by which a call that is sent again is known."""
    return {"key": dossier.name, "body_sha256": hashlib.sha256(dossier.name.encode()).hexdigest()}


async def file(dossier: Dossier) -> None:
    """File online in one call, under the client's key."""
    world, one = dossier.world, contents(dossier.procedure)
    uploads = listed(one.files, await upload(dossier, dossier.applicant_id))
    given = filing.Submission(dossier.procedure_id, one.forms, CONTACT, uploads)
    found, _ = await world.do(
        "intake", filing.submit_dossier, dossier.applicant_id, given, office=world.office, **key_of(dossier)
    )
    dossier.id = found.id


async def file_twice(dossier: Dossier) -> None:
    """The answer was lost and the client sends the same again."""
    await file(dossier)
    await file(dossier)


async def register(dossier: Dossier) -> None:
    """A clerk registers it at the counter, every form typed in."""
    one = contents(dossier.procedure)
    owner = AT_THE_DESK.id
    contact = CONTACT.model_dump(mode="json")
    papers = {code: Paper(originals=number) for code, number in one.files.items()}
    given = registering.Registering(
        Filing(dossier.procedure_id, contact, dict(one.forms), papers), listed(one.files, await upload(dossier, owner))
    )
    found, _ = await dossier.world.do(
        "intake", registering.register_papers, AT_THE_DESK, given, office=dossier.world.office, **key_of(dossier)
    )
    dossier.id = found.id


def verdicts(procedure: Procedure, *lacking: str) -> list[CheckItem]:
    """Every component judged: good but for what lacks."""
    bad = CheckItem("", Verdict.LACKING, "Cần bản mới, bản đã nộp không đọc được.")
    return [
        CheckItem(one.code, Verdict.LACKING, bad.note) if one.code in lacking else CheckItem(one.code, Verdict.GOOD)
        for one in procedure.components
    ]


async def judge(dossier: Dossier) -> None:
    await dossier.act(workflow.judge_components, "one_stop_officer", verdicts(dossier.procedure))


async def find_valid(dossier: Dossier) -> None:
    await dossier.act(workflow.find_valid, "one_stop_officer")


def lacking(dossier: Dossier) -> str:
    """The component that is asked for again: the first that is a file."""
    return next(one.code for one in dossier.procedure.components if not one.form_id)


async def ask_supplement(dossier: Dossier) -> None:
    items = verdicts(dossier.procedure, lacking(dossier))
    await dossier.act(workflow.request_supplement, "one_stop_officer", items=items)


async def ask_later_supplement(dossier: Dossier) -> None:
    items = verdicts(dossier.procedure, lacking(dossier))
    await dossier.act(workflow.request_later_supplement, "case_officer", items=items)


async def answer_supplement(dossier: Dossier) -> None:
    uploads = [(lacking(dossier), await upload(dossier, dossier.applicant_id))]
    await dossier.world.do(
        "intake", supplements.answer_supplement, dossier.applicant_id, dossier.known_id, 1, uploads=uploads, forms={}
    )


async def take_cash(dossier: Dossier) -> None:
    """The fee is paid at the desk, once the demand is there."""
    query = "select id, amount_vnd, kit_now() as now from demand where dossier_id = :id and state = 'open'"
    found = await dossier.world.rows("payments", query, id=dossier.known_id)
    if not found:
        raise NotYet
    reception = Reception(Way.CASH, found[0].amount_vnd, found[0].now)
    await dossier.world.do("payments", desk.take_at_desk, found[0].id, reception, clerk=person("one_stop_officer"))


async def assign(dossier: Dossier) -> None:
    await dossier.act(workflow.finish_step, "division_head", "assign", Decision())


async def appraise(dossier: Dossier) -> None:
    await dossier.act(workflow.finish_step, "case_officer", "appraise", GRANTED)


async def appraise_no(dossier: Dossier) -> None:
    await dossier.act(workflow.finish_step, "case_officer", "appraise", REFUSED)


async def send_back(dossier: Dossier) -> None:
    await dossier.act(workflow.send_back, "division_head", "Xem lại phần kết luận, còn thiếu căn cứ.")


async def review(dossier: Dossier) -> None:
    await dossier.act(workflow.finish_step, "division_head", "review", Decision(note="Nhất trí."))


async def sign(dossier: Dossier) -> None:
    query = "select result ->> 'sha256' from cases where dossier_id = :id and step = 'approve'"
    found = await dossier.world.rows("workflow", query, id=dossier.known_id)
    if not found:
        raise NotYet
    await dossier.act(workflow.sign_off, "department_leader", found[0][0])


async def issue(dossier: Dossier) -> None:
    await dossier.act(workflow.issue, "clerk")


async def collect(dossier: Dossier) -> None:
    world = dossier.world
    await world.do("intake", results.collect_result, dossier.applicant_id, dossier.known_id)


async def rate(dossier: Dossier) -> None:
    await dossier.world.do("intake", results.rate_dossier, dossier.applicant_id, dossier.known_id, 5, "Nhanh.")


async def hand_over(dossier: Dossier) -> None:
    await dossier.act(workflow.hand_over, "one_stop_officer", HandOver("Trần Minh Khôi", "Căn cước"))


async def refuse(dossier: Dossier) -> None:
    await dossier.act(workflow.refuse, "one_stop_officer", "Không thuộc thẩm quyền của Sở.", "Nơi khác có thẩm quyền.")


async def withdraw(dossier: Dossier) -> None:
    await dossier.ask(endings.request_withdrawal, "Chúng tôi chưa lắp máy nữa.")


async def ask_stop(dossier: Dossier) -> None:
    await dossier.ask(endings.request_stop, "Đơn vị tạm ngừng dự án.")


async def stop(dossier: Dossier) -> None:
    await dossier.act(workflow.stop, "one_stop_officer")


DECIDE = (assign, appraise, review, sign, issue)
GRANT = (judge, find_valid, take_cash, *DECIDE)


@dataclass(frozen=True)
class Road:
    """A way through the services, and the status at its end."""

    name: str
    procedure_id: str
    steps: tuple[Step, ...]
    ends_in: int


ROADS = (
    Road("straight", PROCEDURE_ID, (file, *GRANT, collect, rate), 10),
    Road("sent-twice", PROCEDURE_ID, (file_twice, *GRANT, collect), 10),
    Road("supplement", PROCEDURE_ID, (file, ask_supplement, answer_supplement, *GRANT, collect), 10),
    Road(
        "later-supplement",
        PROCEDURE_ID,
        (file, judge, find_valid, take_cash, assign, ask_later_supplement, answer_supplement, *DECIDE[1:], collect),
        10,
    ),
    Road(
        "sent-back",
        PROCEDURE_ID,
        (file, judge, find_valid, take_cash, assign, appraise, send_back, *DECIDE[1:], collect),
        10,
    ),
    Road(
        "counter-cash",
        "safety-officer-certificate-2021",
        (register, *GRANT, hand_over),
        10,
    ),
    Road("no-fee-at-counter", "xray-declaration-2021", (register, judge, find_valid, *DECIDE, hand_over), 10),
    Road(
        "denied",
        "xray-licence-replace-2021",
        (file, judge, find_valid, assign, appraise_no, *DECIDE[2:], collect),
        10,
    ),
    Road("fee-beside", "science-organisation-registration", (file, *GRANT, collect), 10),
    Road("refused", "xray-licence-amend-2021", (file, refuse), 3),
    Road("withdrawn-at-once", PROCEDURE_ID, (file, withdraw), 7),
    Road("withdrawn-in-supplement", PROCEDURE_ID, (file, ask_supplement, withdraw), 7),
    Road("withdrawn-unpaid", PROCEDURE_ID, (file, judge, find_valid, withdraw), 7),
    Road("withdrawn-while-paying", PROCEDURE_ID, (file, judge, find_valid, take_cash, withdraw), 7),
    Road("stopped", PROCEDURE_ID, (file, judge, find_valid, take_cash, ask_stop, stop), 8),
    Road("waits-for-fee", PROCEDURE_ID, (file, judge, find_valid), 6),
)
BY_NAME = {road.name: road for road in ROADS}


def set_out(world: World, road: Road, number: int = 0) -> Dossier:
    """A dossier at the beginning of its road."""
    return Dossier(world, f"{road.name}-{number}", road.procedure_id, road.steps)
