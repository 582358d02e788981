"""How a slip goes out: numbered, with a token for its QR, rendered, stored under its digest, noted. Or only shown."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from kit.now import TIME_ZONE
from kit.tx import objects_of
from rules.catalogue import load
from rules.records.office import Office
from rules.records.slip import SlipKey
from workflow import gateways, store
from workflow.domain.case import Case, StoredFile
from workflow.domain.law import office_of
from workflow.domain.slips import Data, Letter, Paper

LOOKUP_PATH = "/lookup?code={code}"  # the citizens' side: how far along it is, more after sign-in (R17)
VERIFY_PATH = "/officer/verify/{token}"
TOKEN_BYTES = 16  # 128 bits: nobody comes upon a paper by trying
Write = Callable[[Letter], Awaitable[Data]]


def a_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def letter(
    tx: AsyncSession, office: Office, key: SlipKey, number: int | None, now: datetime, *, code: str, token: str | None
) -> Letter:
    """The head of a slip in the layout in force now (R01); without a token it is a preview."""
    public_url: str = tx.info.get("public_url", "")
    form = load().slip(key, now.astimezone(TIME_ZONE).date())
    track_url = public_url + (LOOKUP_PATH.format(code=code) if code else "")
    verify_url = public_url + VERIFY_PATH.format(token=token) if token else ""
    return Letter(office, form, number, now, track_url, verify_url)


async def next_number(tx: AsyncSession, office: str, key: SlipKey, now: datetime) -> int:
    """The next of the year's series; the year is that of the clocks of Vietnam."""
    return await store.next_slip_number(tx, office, key, now.astimezone(TIME_ZONE).year)


async def issue(tx: AsyncSession, case: Case, key: SlipKey, now: datetime, write: Write) -> StoredFile:
    """Number a slip of this case and let it out; the number goes back to the series if the transaction fails."""
    now = now.astimezone(TIME_ZONE)
    number, token = await next_number(tx, case.office, key, now), a_token()
    head = letter(tx, office_of(case), key, number, now, code=case.shown_code, token=token)
    pdf = await gateways.render(head.layout, await write(head))
    file = await put_pdf(tx, f"slips/{case.dossier_id}/{key}-{number}", pdf)
    await store.add_slip(tx, case, key, number, file, now)
    await store.add_paper(tx, token, paper_of(case, head, key, head.printed_number, file))
    return file


async def preview(tx: AsyncSession, case: Case, key: SlipKey, now: datetime, write: Write) -> bytes:
    """The slip as it would go out now, marked as a preview: no number is taken, nothing is kept."""
    head = letter(tx, office_of(case), key, None, now, code=case.shown_code, token=None)
    return await gateways.render(head.layout, await write(head))


def paper_of(case: Case, head: Letter, key: SlipKey, number: str, file: StoredFile, name_vi: str = "") -> Paper:
    """What may be said of a paper to whoever scans its QR."""
    name_vi = name_vi or head.name_vi
    return Paper(case.office, key, number, name_vi, case.dossier_id, case.shown_code, file, head.at)


async def put_pdf(tx: AsyncSession, prefix: str, pdf: bytes) -> StoredFile:
    """The digest in the path lets a transaction that failed be tried again with other bytes."""
    digest = hashlib.sha256(pdf).hexdigest()
    return store.to_file(await objects_of(tx).put(f"{prefix}-{digest[:16]}.pdf", pdf))
