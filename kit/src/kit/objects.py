"""The object store: immutable objects, flushed to disk before anything refers to them."""

import asyncio
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from contracts.facts import StoredObject
from kit.errors import TryAgain

RETRY_SECONDS = 10.0  # how long a store over the network is asked again before somebody is told


class StoreAway(TryAgain):
    """The store did not do it: full, read-only, not reachable. What was stored before is untouched."""


class ObjectMissing(Exception):
    """No object lies at this path."""


class ObjectChanged(Exception):
    """What lies at this path is not what was stored there."""


class Objects:
    """Objects by path. Writing the same bytes twice is harmless; other bytes at a taken path are refused."""

    def __init__(self, url: str) -> None:
        self.folder = Path(url.removeprefix("file://")) if url.startswith("file://") else None
        if self.folder:
            make_folder(self.folder)
        self._store: ObjectStore = LocalStore(self.folder) if self.folder else _over_the_network(url)

    async def put(self, path: str, data: bytes) -> StoredObject:
        """Store `data` at `path`, on disk when this returns.

        Raises ObjectChanged where other bytes lie there, StoreAway.
        """
        digest = hashlib.sha256(data).hexdigest()
        with working(path):
            try:
                await obstore.put_async(self._store, path, data, mode="create")
            except AlreadyExistsError:
                if hashlib.sha256(await self._read(path)).hexdigest() != digest:
                    raise ObjectChanged(path) from None
            await self._flush(path)
        return StoredObject(path=path, sha256=digest, size=len(data))

    async def get(self, stored: StoredObject) -> bytes:
        """The bytes, checked against their digest. Raises ObjectMissing, ObjectChanged, StoreAway."""
        data = await self._read(stored.path)
        if hashlib.sha256(data).hexdigest() != stored.sha256:
            raise ObjectChanged(stored.path)
        return data

    async def read(self, path: str) -> bytes:
        """The bytes at a path whose digest nobody noted (contacts, staff cards). Raises ObjectMissing."""
        return await self._read(path)

    async def replace(self, path: str, data: bytes) -> StoredObject:
        """Write a card that may change (staff cards); everything else is immutable and uses `put`."""
        with working(path):
            await obstore.put_async(self._store, path, data)
            await self._flush(path)
        return StoredObject(path=path, sha256=hashlib.sha256(data).hexdigest(), size=len(data))

    async def delete(self, path: str) -> int:
        """Delete an object, or all under a path that ends with `/`; how many were there. A repeat finds none.

        Only for what the law lets nobody keep. Older versions that a bucket keeps by itself are out of reach from here.
        """
        if not path.endswith("/"):
            return await self._delete(path)
        under = [found["path"] async for batch in obstore.list(self._store, path) for found in batch]
        return sum([await self._delete(one) for one in under])

    async def _delete(self, path: str) -> int:
        """1 where something lay there; gone from the disk, not only from the folder's list, when this returns."""
        try:
            await obstore.head_async(self._store, path)
            await obstore.delete_async(self._store, path)
        except FileNotFoundError:
            return 0
        if self.folder:
            await asyncio.to_thread(flush_one, (self.folder / path).parent)
        return 1

    async def _read(self, path: str) -> bytes:
        with working(path):
            try:
                found = await obstore.get_async(self._store, path)
                return bytes(await found.bytes_async())
            except (FileNotFoundError, NotFoundError) as error:
                raise ObjectMissing(path) from error

    async def _flush(self, path: str) -> None:
        if self.folder:
            await asyncio.to_thread(flush, self.folder, self.folder / path)


def _over_the_network(url: str) -> ObjectStore:
    return from_url(url, retry_config={"retry_timeout": timedelta(seconds=RETRY_SECONDS)})


@contextmanager
def working(path: str) -> Iterator[None]:
    """Whatever the store or its disk says against it is StoreAway."""
    try:
        yield
    except (BaseError, OSError) as error:
        raise StoreAway(f"the object store could not serve {path}: {type(error).__name__}") from error


def make_folder(folder: Path) -> None:
    """Make a folder and what is missing above it, each name on disk before anything lies in it."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    flush_one(folder.parent)


def flush(root: Path, file: Path) -> None:
    """Force a file and every folder above it, up to the store's root, onto the disk."""
    flush_one(file)
    for folder in file.parents:
        flush_one(folder)
        if folder == root:
            return


def flush_one(path: Path) -> None:
    """Force one file or folder onto the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
