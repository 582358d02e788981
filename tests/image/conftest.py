"""The image and its twin for the sandbox, built once for all tests that look at them."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.image.building import Builder, needed_or_skip
from tests.image.running import Image


@pytest.fixture(scope="session")
def images() -> Iterator[dict[str, Image]]:
    needed_or_skip()
    with tempfile.TemporaryDirectory(prefix="motcua-image-", dir="/var/tmp") as folder:
        builder = Builder(Path(folder))
        try:
            yield {target: Image(*builder.build(target)) for target in ("motcua", "sandbox")}
        finally:
            builder.close()
