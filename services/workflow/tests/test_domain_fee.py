"""What a dossier costs, told before it is accepted, and refused with a sentence where it cannot be told."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from kit.now import TIME_ZONE
from rules.catalogue import load
from rules.packages import counted_sheets
from rules.records.fee import NO_FEE
from rules.records.procedure import Procedure
from workflow.domain.case import Case
from workflow.domain.dossier import Dossier
from workflow.domain.errors import FeeNotKnown
from workflow.domain.fee import quote_of, waits_for_fee
from workflow.domain.status import Status

SHEET = "TRANSFER-VALUE"
NOW = datetime(2025, 3, 3, 9, tzinfo=TIME_ZONE)


def procedure(procedure_id: str) -> Procedure:
    return load().procedure(procedure_id)


def a_case(one: Procedure) -> Case:
    """Received at the counter, not yet checked."""
    return Case(
        dossier_id=uuid4(),
        arrival_number="T-1",
        procedure_id=one.id,
        procedure_version=one.version,
        channel="direct",
        origin="counter",
        office="demo-dost",
        receiving_unit="one-stop",
        resolving_unit="radiation",
        applicant_id="a",
        applicant_name="A",
        contact_path="c",
        received_at=NOW,
        last_piece_at=NOW,
        status=Status.SUBMITTED,
        since=NOW,
        unit="one-stop",
        units=("one-stop",),
    )


def quoted(procedure_id: str, forms: dict[str, list[dict[str, Any]]] | None = None) -> int | None:
    one = procedure(procedure_id)
    quote = quote_of(one, a_case(one), Dossier(forms=forms or {}))
    return quote.total_vnd if quote else None


def test_each_kind_of_fee_is_told() -> None:
    assert quoted("xray-declaration-2021") is None
    assert quoted("safety-officer-certificate-2021") == 200_000
    assert quoted("science-organisation-registration") == 3_000_000
    assert quoted("technology-transfer-registration", {SHEET: [{"value_vnd": 7_500_000_000}]}) == 7_500_000


def test_what_a_clerk_counted_is_what_is_charged() -> None:
    sheets = counted_sheets(procedure("xray-licence-new-2021"), {"ct": 1, "general": 2})
    assert quoted("xray-licence-new-2021", sheets) == 14_000_000


@pytest.mark.parametrize(
    "procedure_id",
    ["technology-transfer-registration", "science-organisation-change", "xray-licence-new-2021"],
)
def test_a_fee_that_cannot_be_told_is_refused_with_a_sentence(procedure_id: str) -> None:
    with pytest.raises(FeeNotKnown) as caught:
        quoted(procedure_id)
    assert "phí" in str(caught.value.facts["sentence_vi"])


def test_a_procedure_that_costs_nothing_waits_for_nothing() -> None:
    free = procedure("xray-licence-amend-2021")
    assert free.stated_start_rule == "valid_dossier_and_fee"
    assert waits_for_fee(free, quote_of(free, a_case(free), Dossier())) is False


@pytest.mark.proves("R23")
def test_a_clock_waits_for_the_fee_only_where_the_procedure_says_so() -> None:
    waiting = {one.id for one in load().procedures if one.clock_waits_for_fee}
    charged = {one.id for one in load().procedures if one.fee_id not in (None, NO_FEE)}
    assert waiting <= charged
    science, licence = procedure("science-organisation-registration"), procedure("safety-officer-certificate-2021")
    for one, waits in ((science, False), (licence, True)):
        quote = quote_of(one, a_case(one), Dossier())
        assert quote
        assert quote.total_vnd > 0
        assert waits_for_fee(one, quote) is waits
