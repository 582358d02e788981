"""Runs one sandbox as a program: one uvicorn on its port, SIGTERM drains and ends it with 0."""

import logging
import signal
import sys
from types import FrameType

import uvicorn
from fastapi import FastAPI

from sandbox.settings import Settings


def _leave(_signal: int, _frame: FrameType | None) -> None:
    # uvicorn drains, then raises the signal once more for whoever waited before it: that is us.
    sys.exit(0)


def serve(app: FastAPI, settings: Settings) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for chatty in ("httpx", "mail.log"):  # the second is aiosmtpd
        logging.getLogger(chatty).setLevel(logging.WARNING)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _leave)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        proxy_headers=False,  # the control address must see whether a front door was in between
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=5,
    )
