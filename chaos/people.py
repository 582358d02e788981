"""The people of a chaos run: they act through the APIs, and try again where a real person or program would."""

import random
import threading
import time
from http import HTTPStatus
from typing import Any

import httpx

from chaos.machine import Machine
from motcua.demo.actions import PEOPLE, Actions, DoneAlready, Refused
from motcua.demo.people import SignInFailed, sign_in

PATIENCE_SECONDS = 90.0
PAUSES = (0.1, 0.2, 0.4, 0.8, 1.5, 3.0)
NOT_NOW = (HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS)
TIMEOUT_SECONDS = 15.0


class NoAnswer(Exception):
    """Nobody answered, though somebody asked again and again."""


class PatientActions(Actions):
    """One set of people for all threads. What got no answer, or one that blames the server, is sent again unchanged."""

    def __init__(self, machine: Machine) -> None:
        super().__init__(machine)
        self.repeats = 0
        self._signing_in = threading.Lock()

    def as_(self, role: str) -> httpx.Client:
        with self._signing_in:
            if role not in self._clients:
                client = sign_in(self.stack.url, PEOPLE[role])
                client.timeout = httpx.Timeout(TIMEOUT_SECONDS)
                self._clients[role] = client
            return self._clients[role]

    def ask(self, role: str, method: str, path: str, **words: Any) -> Any:
        """As in the demo. Raises NoAnswer after a long time without one."""
        base = words.pop("base", "")
        answer = self.until_answered(role, method, f"{base}/api/{path}", words)
        if answer.is_error:
            kind = DoneAlready if answer.status_code == HTTPStatus.CONFLICT else Refused
            raise kind(f"{method} {path}: {answer.status_code} {answer.text[:600]}")
        return answer.json() if answer.content and "json" in answer.headers["content-type"] else None

    def until_answered(self, role: str, method: str, url: str, words: dict[str, Any]) -> httpx.Response:
        until, tries = time.monotonic() + PATIENCE_SECONDS, 0
        while True:
            try:
                answer = self.as_(role).request(method, url, **words)
                if answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR and answer.status_code not in NOT_NOW:
                    return answer
                said = f"{answer.status_code} {answer.text[:200]}"
            except (httpx.HTTPError, SignInFailed) as error:
                said = f"{type(error).__name__}: {error}"
            if time.monotonic() > until:
                raise NoAnswer(f"{method} {url}: {said}")
            self.repeats += 1
            time.sleep(PAUSES[min(tries, len(PAUSES) - 1)] * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
            tries += 1
