"""A small machine for measuring on two cores: the programs a filed dossier needs, some twice, and three brokers."""

import dataclasses
from pathlib import Path

from chaos.machine import Machine
from motcua.programs import Program
from motcua.stack import Say

RUN = (
    "identity", "mail", "front door", "intake api 1", "intake worker 1", "intake worker 2", "workflow worker 1",
    "workflow worker 2", "payments worker 1", "notify worker 1",
)  # fmt: skip


class SmallMachine(Machine):
    """Intake can be filed with; every hearer of it runs. Clocks tell the truth."""

    def __init__(self, folder: Path, say: Say) -> None:
        super().__init__(folder, say, clock_ahead_seconds=0)

    def _programs(self, real: dict[str, int], sides: list[str], workers: list[str]) -> list[Program]:
        found = [program for program in super()._programs(real, sides, workers) if program.name in RUN]
        only = {"MOTCUA_INTAKE": f"127.0.0.1:{real['intake api 1']}"}
        return [
            dataclasses.replace(one, environment=one.environment | only) if one.name == "front door" else one
            for one in found
        ]

    def control(self, sandbox: str, orders: dict[str, object]) -> None:
        """Only of those that run here."""
        if sandbox in RUN:
            super().control(sandbox, orders)
