"""`motcua erase`: the proof it prints, what it refuses in one line, and that it never repeats what was typed."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from intake.domain.errors import ErasureRefused, NotFound
from kit.testing.databases import fresh_database, postgres
from kit.tx import Database, run_sql
from motcua import cli
from motcua.erase import erase, said

__all__ = ["postgres"]


@pytest.fixture
async def database(postgres: str, tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh_database(postgres, "intake", tmp_path / "objects") as found:
        yield found


async def a_dossier(database: Database, status: int) -> UUID:
    dossier_id = uuid4()
    await database.objects.put(f"contacts/{dossier_id}/1.json", b"{}")
    async with database.transaction() as tx:
        await run_sql(
            tx,
            "insert into dossier (id, applicant_id, arrival_number, procedure_id, procedure_version, channel, origin, "
            "office, receiving_unit, resolving_unit, received_at, contact_path, status, packages) values "
            "(:id, 'p-somebody', 'T-1', 'p', '1', 'online', 'this_portal', 'o', 'u', 'u', now(), 'c', :status, 1)",
            id=dossier_id,
            status=status,
        )
    return dossier_id


@pytest.mark.db
async def test_the_proof_is_printed_and_again_when_it_was_done_before(database: Database) -> None:
    dossier_id = await a_dossier(database, 10)
    proof, is_new = await erase(database, "p-somebody", "12/YC")
    lines = list(said(proof, is_new=is_new))
    assert is_new
    assert "đã xóa" in lines[0]
    assert "objects 1" in lines[1]
    assert "chưa báo" in lines[2]
    assert lines[-1].startswith("Chưa xong")
    assert await database.objects.delete(f"contacts/{dossier_id}/") == 0, "it went with the command"
    proof, is_new = await erase(database, "p-somebody", "12/YC")
    assert not is_new
    assert "từ trước" in next(said(proof, is_new=is_new))


@pytest.mark.db
async def test_an_open_dossier_is_refused(database: Database) -> None:
    await a_dossier(database, 4)
    with pytest.raises(ErasureRefused) as refused:
        await erase(database, "p-somebody", "12/YC")
    assert cli.expected_status(refused.value) == 1
    assert "\n" not in str(refused.value)


@pytest.mark.db
async def test_nobody_is_known_by_another_id(database: Database) -> None:
    with pytest.raises(NotFound):
        await erase(database, "p-else", "12/YC")


@pytest.mark.parametrize(
    "words",
    [
        ["erase"],
        ["erase", "p-somebody"],
        ["erase", "Trần Minh Khôi", "--request", "12/YC", "--yes"],
        ["erase", "001180000001", "--request", "12/YC", "--yes"],
        ["erase", "p-somebody", "--request", "của ông Khôi", "--yes"],
    ],
)
def test_wrong_words_end_with_two_and_one_line(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["motcua", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert told.count("\n") == 1
    assert "Khôi" not in told
    assert "001180000001" not in told
