"""Chromium for page tests and journeys: found or skipped with the reason (in CI failed); pages served on loopback."""

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import pytest
import uvicorn
from fastapi import FastAPI
from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# It talks to nobody by itself; without a sandbox of its own it also runs as root.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
ARGUMENTS += ["--disable-component-update", "--disable-sync"]


def browser_path() -> str | None:
    """Where a Chromium is: MOTCUA_TEST_BROWSER, or the first one on the path."""
    found = (shutil.which(name) for name in NAMES)
    return os.environ.get("MOTCUA_TEST_BROWSER") or next((path for path in found if path), None)


@lru_cache
def driver_trouble() -> str | None:
    """Why Playwright's own runtime does not start here (on a bare Debian it lacks libatomic1); none where it does."""
    node, _ = compute_driver_executable()
    try:
        tried = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30)  # noqa: S603 -- its own
    except OSError as problem:
        return str(problem)
    return tried.stderr.strip().splitlines()[0] if tried.returncode else None


def browser_path_or_skip() -> str:
    """As above; where there is none the test is skipped with the reason, and fails in CI."""
    path, reason = browser_path(), driver_trouble()
    if path and not reason:
        return path
    reason = reason or "no Chromium: install it, or let MOTCUA_TEST_BROWSER say where it is"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser of this test's own."""
    path = browser_path_or_skip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of `app` on a free loopback port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # who comes before the server is up waits, and is not refused
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
