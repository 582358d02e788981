"""`motcua erase`: erase what is known of an applicant beyond the legal record, and print the proof.

Works on intake's own database and object store; the other services hear of it and say when they are done.
"""

import asyncio
import sys
from collections.abc import Iterator

import click

from intake.domain.erasure import Part, Proof, looks_personal, read_request
from intake.domain.errors import NotFound, RequestUnreadable
from intake.handlers.erasing import delete_discarded, erase_applicant
from intake.reads import find_proof
from kit.now import read_now
from kit.pages.formats import when
from kit.service import open_database, read_settings
from kit.tx import Database
from motcua.programs import service_of

BY = "motcua erase"
UNKNOWN = "no applicant with this id is known here"
PERSONAL = "APPLICANT is the id of an account, as the sign-in knows it: never a name, an address or a person's number"


@click.command(help="Erase what is known of one applicant beyond the legal record, and print the proof.")
@click.argument("applicant", metavar="APPLICANT")
@click.option("--request", required=True, help="the number under which the person's request was registered")
@click.option("--yes", is_flag=True, help="do not ask first: nothing that is erased comes back")
def command(applicant: str, request: str, yes: bool) -> None:
    """APPLICANT is the id of the account (or of who filed on paper), or - to read it from standard input.

    The same request again erases nothing: it prints how far the proof is.
    """
    who = sys.stdin.readline().strip() if applicant == "-" else applicant.strip()
    if not who or looks_personal(who):
        raise click.UsageError(PERSONAL)
    try:
        number = read_request(request)
    except RequestUnreadable as wrong:
        raise click.UsageError(str(wrong)) from wrong
    if not yes:
        click.confirm("Xóa không thể hoàn tác. Tiếp tục?", abort=True, err=True)
    settings = read_settings(service_of("intake"))
    try:
        proof, is_new = asyncio.run(erase(open_database(settings), who, number))
    except NotFound as unknown:
        raise click.UsageError(UNKNOWN) from unknown
    click.echo("\n".join(said(proof, is_new=is_new)))


async def erase(database: Database, applicant_id: str, request: str) -> tuple[Proof, bool]:
    """Erase, and delete the objects here and now. Raises NotFound, ErasureRefused."""
    try:
        async with database.transaction() as tx:
            erasure, is_new = await erase_applicant(tx, applicant_id, request, by=BY, now=await read_now(tx))
        while await delete_discarded(database):
            pass
        async with database.transaction() as tx:
            return await find_proof(tx, erasure.id), is_new
    finally:
        await database.close()


def said(proof: Proof, *, is_new: bool) -> Iterator[str]:
    """The proof, to read and to file: numbers only."""
    erasure = proof.erasure
    done = "đã xóa" if is_new else "đã xóa từ trước, lần này không xóa gì thêm"
    yield f"Yêu cầu {erasure.request}: {done}, {when(erasure.erased_at)}, {proof.dossiers} hồ sơ, mã {erasure.id}"
    yield from (_line(part, proof.objects_left) for part in proof.parts)
    yield "Xong ở cả bốn dịch vụ." if proof.is_done else "Chưa xong: chạy lại đúng lệnh này để xem tiếp."


def _line(part: Part, objects_left: int) -> str:
    removed = ", ".join(f"{kind} {count}" for kind, count in sorted(part.removed.items())) or "không giữ gì"
    left = f", còn {objects_left} đối tượng chưa xóa" if part.service == "intake" and objects_left else ""
    if part.last_at is None and part.of:
        return f"  {part.service:<9} {part.done}/{part.of}  chưa báo"
    at = f", {when(part.last_at)}" if part.last_at else ""
    return f"  {part.service:<9} {part.done}/{part.of}  {removed}{at}{left}"
