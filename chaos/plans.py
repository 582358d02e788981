"""What each dossier of a run will be and how it shall end, by the seed alone. Calls nothing."""

from dataclasses import dataclass
from datetime import date
from random import Random

from motcua.demo.samples import ACCEPTABLE, ELSEWHERE, PORTAL_CLOSED, can_be_charged
from rules.records.procedure import Procedure
from rules.testing import SampleDossier, whole_dossier

# Each era is a working day on which procedures can be filed that could not before.
ERAS = (date(2025, 3, 3), date(2025, 7, 1), date(2026, 1, 5))
FIRST_ERA = 0.8  # of what can be filed in several: only then citizens file online here
ENDINGS = {
    "finished": 40,
    "supplemented": 14,
    "denied": 10,
    "refused": 8,
    "withdrawn": 8,
    "stopped": 6,
    "unchecked": 5,
    "unpaid": 4,
    "uncollected": 5,
}
ONLINE_ONLY = ("supplemented", "withdrawn", "stopped")  # what people on paper hand in at the counter's pages
MOST_SUBMISSIONS = 4  # of one dossier, by a client that does not trust its line


@dataclass(frozen=True)
class Plan:
    """One dossier to come. `submissions` is how often its client sends it at once, under one key."""

    number: int
    era: date
    procedure: Procedure
    dossier: SampleDossier
    ending: str
    pays_online: bool
    is_posted: bool
    submissions: int
    seed: int


def plans(seed: int, count: int) -> list[Plan]:
    """The dossiers of a run, in the order in which they are filed; the first ones go through all procedures."""
    rng = Random(seed)  # noqa: S311 - a seed that can be repeated
    open_to_us = [one for one in ACCEPTABLE if one.id not in ELSEWHERE]
    rng.shuffle(open_to_us)
    chosen = [open_to_us[n % len(open_to_us)] for n in range(count)]
    found = [_plan(number, procedure, Random(rng.getrandbits(64))) for number, procedure in enumerate(chosen)]  # noqa: S311
    return sorted(found, key=lambda one: one.era)


def _plan(number: int, procedure: Procedure, rng: Random) -> Plan:
    eras = [day for day in ERAS if procedure.is_in_force(day)]
    era = eras[0] if rng.random() < FIRST_ERA else rng.choice(eras)
    channels = [one for one in procedure.channels if one != "online" or era < PORTAL_CLOSED]
    channel = rng.choice([*channels, *(["online"] * 3 if "online" in channels else [])])
    endings = {end: share for end, share in ENDINGS.items() if channel == "online" or end not in ONLINE_ONLY}
    return Plan(
        number=number,
        era=era,
        procedure=procedure,
        dossier=_dossier(procedure, channel, era, rng),
        ending=rng.choices(list(endings), list(endings.values()))[0],
        pays_online=channel == "online" and rng.random() < 0.7,
        is_posted=channel == "postal",
        submissions=rng.choice((1, 1, 2, MOST_SUBMISSIONS)),
        seed=rng.getrandbits(32),
    )


def _dossier(procedure: Procedure, channel: str, on: date, rng: Random) -> SampleDossier:
    """A whole one whose fee can be told (R14)."""
    while True:
        found = whole_dossier(procedure, seed=rng.getrandbits(32), channel=channel, on=on)
        if can_be_charged(procedure, found, on):
            return found
