"""The shipped catalogue, its office's calendar and its one procedure, for every test here."""

import pytest

from rules import catalogue, testing
from rules.calendar import Calendar
from rules.catalogue import Catalogue
from rules.records.procedure import Procedure


@pytest.fixture(scope="session")
def law() -> Catalogue:
    return catalogue.load()


@pytest.fixture(scope="session")
def calendar(law: Catalogue) -> Calendar:
    return law.calendar(testing.OFFICE_ID)


@pytest.fixture(scope="session")
def xray(law: Catalogue) -> Procedure:
    return law.procedure(testing.PROCEDURE_ID)
