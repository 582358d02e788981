"""For every test: sockets stay on this machine, and in CI a missing part fails instead of skipping."""

import importlib
import os
from collections.abc import Generator

import pytest

# Under --import-mode=importlib a test in `rules/tests` is imported as `rules.tests.…`; while `rules` is not imported,
# pytest makes an empty module of that name from the folder, and the package is hidden.
for package in ("contracts", "rules", "kit", "sandbox", "motcua"):
    importlib.import_module(package)

LOOPBACK = ["127.0.0.1", "::1", "localhost"]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "proves(*requirements): the numbered requirements or readings a test shows")


@pytest.fixture(autouse=True)
def only_loopback() -> None:
    """A test that reaches for another machine fails."""
    from pytest_socket import socket_allow_hosts

    socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, None, None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"in CI nothing may be skipped: {report.longrepr}"
