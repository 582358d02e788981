"""The leader's desk: what will be late, what to sign, the month's figures. Looks only; nothing is decided here."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from kit.now import Now
from kit.tx import Tx
from workflow import reads
from workflow.web.reporting import address
from workflow.web.shown import Officer, show

router = APIRouter()


@router.get("/leader")
async def desk(request: Request, tx: Tx, now: Now, staff: Officer) -> Response:
    """Two minutes of reading: who must act, what to sign, how the month goes."""
    found = await reads.find_desk(tx, staff, now)
    return await show(request, tx, staff, "leader.html", now=now, desk=found, address=address)
