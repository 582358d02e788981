"""What workflow and payments say off the straight road, for one dossier. Invented people."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import orjson

from contracts.facts import Handler
from contracts.payments import DemandCancelled, RefundDecided
from contracts.workflow import (
    ApologySent,
    CaseReassigned,
    ClockRestarted,
    ClosingAnnounced,
    DeadlineFact,
    DeadlineMissed,
    DeadlineMoved,
    DossierReappointed,
    DossierRefused,
    DossierReturned,
    DossierStopped,
    DossierWithdrawn,
    OpinionAsked,
    OpinionReceived,
    ResultCorrected,
    ResultPosted,
    StopRefused,
)
from rules.testing import at

from .builders import DUE_AT, Others, a_pdf

NEW_DUE_AT = at("2025-04-22 17:30")
REASON = "Dịch vụ này do Bộ Khoa học và Công nghệ giải quyết."
WHERE = "Cục An toàn bức xạ và hạt nhân, 113 Trần Duy Hưng, Hà Nội."
Ground = Literal["requested", "not_supplemented", "not_paid"]


class Turning(Others):
    """The others, when things do not go straight."""

    async def refused(self, moved_at: datetime) -> DossierRefused:
        explanation = await self.put("why.json", orjson.dumps({"reason": REASON, "where_to_go": WHERE}))
        return DossierRefused(
            **self._facts(3, moved_at), slip=await self.put("03.pdf", a_pdf()), explanation=explanation
        )

    def withdrawn(self, moved_at: datetime) -> DossierWithdrawn:
        return DossierWithdrawn(**self._facts(7, moved_at, None))

    async def stopped(self, moved_at: datetime, ground: Ground = "requested") -> DossierStopped:
        slip = await self.put("05.pdf", a_pdf()) if ground == "requested" else None
        return DossierStopped(**self._facts(8, moved_at), code=self.code, ground=ground, due_at=DUE_AT, slip=slip)

    async def stop_refused(self, moved_at: datetime) -> StopRefused:
        explanation = await self.put("late.json", orjson.dumps({"reason": "Giấy phép đã ký sáng nay."}))
        return StopRefused(**self._facts(4, moved_at), code=self.code, explanation=explanation)

    async def reappointed(self, moved_at: datetime) -> DossierReappointed:
        return DossierReappointed(
            **self._facts(4, moved_at),
            code=self.code,
            previous_due_at=DUE_AT,
            due_at=NEW_DUE_AT,
            first_due_at=DUE_AT,
            calendar_version="2025.1",
            slip=await self.put("04.pdf", a_pdf()),
        )

    async def apology(self, moved_at: datetime) -> ApologySent:
        return ApologySent(
            **self._facts(4, moved_at), code=self.code, due_at=DUE_AT, slip=await self.put("sorry.pdf", a_pdf(2))
        )

    def restarted(self, moved_at: datetime, round: int = 1) -> ClockRestarted:
        return ClockRestarted(
            **self._facts(4, moved_at, None),
            code=self.code,
            round=round,
            started_at=moved_at,
            due_at=NEW_DUE_AT,
            first_due_at=DUE_AT,
            calendar_version="2025.1",
            readings=["R08"],
        )

    def moved_date(
        self, moved_at: datetime, to: datetime = NEW_DUE_AT, of: Literal["check", "dossier"] = "dossier"
    ) -> DeadlineMoved:
        return DeadlineMoved(
            **self._facts(4 if of == "dossier" else 1, moved_at, None),
            of=of,
            previous_due_at=DUE_AT,
            due_at=to,
            first_due_at=to if of == "dossier" else None,
            calendar_version="2025.2",
        )

    def missed(self, moved_at: datetime, of: Literal["check", "dossier", "step"] = "dossier") -> DeadlineMissed:
        deadline = DeadlineFact(of=of, due_at=DUE_AT, due_version=1)
        facts = self._facts(4, moved_at, None)
        return DeadlineMissed(**facts, code=self.code, deadline=deadline, missed_at=at("2025-04-09 00:00"))

    def closing(self, moved_at: datetime, round: int = 1) -> ClosingAnnounced:
        return ClosingAnnounced(**self._facts(5, moved_at, None), round=round, answer_by=at("2025-03-26 14:00"))

    def reassigned(self, moved_at: datetime, assignee: Handler | None = None) -> CaseReassigned:
        return CaseReassigned(**self._facts(4, moved_at), unit="radiation", assignee=assignee)

    def opinion_asked(self, moved_at: datetime) -> OpinionAsked:
        return OpinionAsked(**self._facts(4, moved_at), code=self.code, number=1, answer_by=date(2025, 3, 25))

    def opinion_received(self, moved_at: datetime) -> OpinionReceived:
        return OpinionReceived(**self._facts(4, moved_at), code=self.code, number=1, answered_on=moved_at.date())

    async def corrected(self, moved_at: datetime, status: int = 9) -> ResultCorrected:
        return ResultCorrected(
            **self._facts(status, moved_at),
            code=self.code,
            result_code=f"{self.code}-KQ2",
            replaces=f"{self.code}-KQ1",
            result_kind="granted",
            result=await self.put("result-2.pdf", a_pdf(3)),
            corrected_at=moved_at,
        )

    def posted(self, moved_at: datetime, item: str | None = None) -> ResultPosted:
        return ResultPosted(
            **self._facts(9, moved_at),
            code=self.code,
            result_code=f"{self.code}-KQ1",
            order_number="DH-0001",
            item=item,
            posted_at=moved_at,
        )

    def returned_by(self, moved_at: datetime, way: Literal["online", "counter", "postal"]) -> DossierReturned:
        facts: dict[str, Any] = {"code": self.code, "result_code": f"{self.code}-KQ1", "returned_at": moved_at}
        return DossierReturned(**self._facts(10, moved_at), way=way, **facts)

    def cancelled(self, demand_id: UUID, ground: Literal["withdrawn", "stopped", "refused"]) -> DemandCancelled:
        return DemandCancelled(dossier_id=self.dossier_id, demand_id=demand_id, amount_vnd=12_600_000, ground=ground)

    def refund(self, demand_id: UUID, decided_at: datetime, decision: Literal["refund", "keep"]) -> RefundDecided:
        contact = f"contacts/{self.dossier_id}/1.json"
        facts: dict[str, Any] = {"demand_id": demand_id, "amount_vnd": 12_600_000, "contact": contact}
        return RefundDecided(dossier_id=self.dossier_id, decision=decision, decided_at=decided_at, **facts)
