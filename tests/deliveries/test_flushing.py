"""No commit refers to an object that a power cut could still take: files and folders are on disk before it goes out."""

from pathlib import Path

import pytest
from tests.deliveries.flushing import Watch, watching
from tests.deliveries.roads import BY_NAME
from tests.deliveries.walking import walk
from tests.deliveries.world import World

from kit import objects
from kit.objects import Objects
from kit.testing.deliveries import QUIET

pytestmark = [pytest.mark.db, pytest.mark.timeout(600)]
ROADS = ("supplement", "counter-cash", "refused", "stopped")  # between them they store every kind of object
KINDS = {"contacts", "packages", "proofs", "requests", "results", "slips", "staff", "uploads"}


async def walk_watched(world: World, patch: pytest.MonkeyPatch, *roads: str) -> Watch:
    """Walk these roads, looking at the disk before every commit of all four services."""
    await world.begin(0, QUIET)
    with watching(world.objects, list(world.databases.values()), patch) as watch:
        await walk(world, [BY_NAME[name] for name in roads])
    return watch


async def test_every_object_and_its_folders_are_flushed_before_the_commit_that_refers_to_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = await walk_watched(world, monkeypatch, *ROADS)
    assert watch.found == []
    assert {place.name for place in world.objects.iterdir()} >= KINDS
    assert watch.files > 50
    assert watch.commits > 100


@pytest.mark.parametrize("left_out", ["the file", "the folders", "everything"])
async def test_a_flush_that_is_left_out_is_found(world: World, monkeypatch: pytest.MonkeyPatch, left_out: str) -> None:
    """The package's flush taken away: what makes the test above red."""
    flush_one = objects.flush_one

    def lazy(path: Path) -> None:
        if (left_out == "the file" and path.is_dir()) or (left_out == "the folders" and path.is_file()):
            flush_one(path)

    monkeypatch.setattr(objects, "flush_one", lazy)
    watch = await walk_watched(world, monkeypatch, "refused")
    assert any(place.startswith("packages") for place in watch.found)


async def test_bytes_that_lie_there_already_are_flushed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever wrote them first may not have come to flushing them."""
    store = Objects(f"file://{tmp_path / 'objects'}")
    place = tmp_path / "objects" / "packages" / "one.json"
    place.parent.mkdir()
    place.write_bytes(b"{}")
    with watching(tmp_path / "objects", [], monkeypatch) as watch:
        await store.put("packages/one.json", b"{}")
        watch.look()
    assert watch.found == []


def test_the_stores_own_folder_is_named_on_disk_before_anything_lies_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with watching(tmp_path, [], monkeypatch) as watch:
        Objects(f"file://{tmp_path / 'var' / 'objects'}")
    assert watch.is_flushed(tmp_path)
    assert watch.is_flushed(tmp_path / "var")
    assert (tmp_path / "var" / "objects").is_dir()
