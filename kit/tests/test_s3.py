"""Objects in a bucket keep the promises of those in a folder; MOTCUA_TEST_S3 says which bucket, else moto plays it."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from moto.server import ThreadedMotoServer

from kit.objects import ObjectChanged, ObjectMissing, Objects, StoreAway


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an empty bucket; where it is and how one is let in, the environment says, as for a service."""
    if given := os.environ.get("MOTCUA_TEST_S3"):  # the AWS_ variables are whoever's who gave it
        yield given
        return
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    told = {"ENDPOINT": f"http://{host}:{port}", "ALLOW_HTTP": "true", "REGION": "us-east-1"}
    for name, value in {**told, "ACCESS_KEY_ID": "motcua", "SECRET_ACCESS_KEY": "secret"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    make_bucket(f"http://{host}:{port}/motcua")
    try:
        yield "s3://motcua"
    finally:
        server.stop()


def make_bucket(address: str) -> None:
    import http.client

    parts = urlsplit(address)
    line = http.client.HTTPConnection(parts.netloc)
    line.request("PUT", parts.path)
    assert line.getresponse().status == 200
    line.close()


async def test_what_lies_in_a_bucket_is_not_changed_and_is_read_by_its_digest(bucket: str) -> None:
    objects = Objects(bucket)
    stored = await objects.put("packages/1/form.json", b"one")
    assert await objects.put("packages/1/form.json", b"one") == stored
    with pytest.raises(ObjectChanged):
        await objects.put("packages/1/form.json", b"two")
    assert await objects.get(stored) == b"one"


async def test_what_may_be_replaced_is_replaced_and_what_is_not_there_is_missing(bucket: str) -> None:
    objects = Objects(bucket)
    await objects.replace("staff/1", b"one")
    await objects.replace("staff/1", b"two")
    assert await objects.read("staff/1") == b"two"
    with pytest.raises(ObjectMissing):
        await objects.read("staff/2")


async def test_what_nobody_may_keep_is_deleted_one_by_one_or_with_all_below_it(bucket: str) -> None:
    objects = Objects(bucket)
    for path in ("contacts/1/1", "contacts/1/2", "contacts/2/1"):
        await objects.put(path, b"somebody")
    assert [await objects.delete("contacts/2/1"), await objects.delete("contacts/2/1")] == [1, 0]
    assert [await objects.delete("contacts/1/"), await objects.delete("contacts/1/")] == [2, 0]
    with pytest.raises(ObjectMissing):
        await objects.read("contacts/1/1")


async def test_a_bucket_that_refuses_us_is_a_store_that_is_away(bucket: str) -> None:
    with pytest.raises(StoreAway):
        await Objects("s3://nobodys-bucket-of-motcua").put("a", b"one")
