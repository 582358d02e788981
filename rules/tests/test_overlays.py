"""What a province decides differently, who resolves, and which steps fall away by delegation."""

from dataclasses import replace
from datetime import date

import pytest

from rules import assembly
from rules.catalogue import Catalogue
from rules.due import Limit
from rules.errors import UnknownOffice, UnknownProcedure
from rules.records.overlay import Decider, Overlay
from rules.records.procedure import Procedure
from rules.testing import OFFICE_ID, PROCEDURE_ID

AMENDMENT = "xray-licence-amend-2021"
ON = date(2025, 3, 3)


def an_overlay(procedure: Procedure, **changed: object) -> Overlay:
    facts = {"id": "one", "office_id": OFFICE_ID, "procedure_id": procedure.id, "effective_from": ON}
    return Overlay.model_validate({**facts, "sources": procedure.sources, **changed})


def test_the_promise_of_the_province_is_what_holds_and_the_nations_limit_is_kept_beside_it(law: Catalogue) -> None:
    promised = law.procedure_at(OFFICE_ID, AMENDMENT, "1", ON)
    assert (promised.limit, promised.statutory_limit) == (Limit(7, "working_days"), Limit(10, "working_days"))
    assert promised.overlay_id == "demo-dost-amendment"
    nation = law.procedure(AMENDMENT)
    assert nation.limit == nation.statutory_limit == Limit(10, "working_days")
    assert nation.overlay_id is None


def test_before_the_province_decided_the_nations_limit_holds(law: Catalogue) -> None:
    assert law.procedure_at(OFFICE_ID, AMENDMENT, None, date(2023, 12, 31)).limit == Limit(10, "working_days")


def test_the_new_licence_of_the_demonstration_has_no_promise_of_its_own(law: Catalogue) -> None:
    assert law.procedure_at(OFFICE_ID, PROCEDURE_ID, "1", ON) == law.procedure(PROCEDURE_ID)


def test_an_invented_promise_says_so(law: Catalogue) -> None:
    assert all(one.invented for one in law.overlays)


@pytest.mark.proves("R14")
def test_a_province_may_give_the_limit_that_the_nation_has_not_published(law: Catalogue) -> None:
    procedure = law.procedure("radiation-licence-new-2026")
    assert not procedure.can_be_accepted
    assert procedure.why_not_accepted is not None
    assert "thời hạn" in procedure.why_not_accepted.vi
    own = an_overlay(procedure, limit=Limit(20, "calendar_days"), online_level="full")
    found = replace(law, overlays=(own,)).procedure_at(OFFICE_ID, procedure.id, None, date(2026, 2, 2))
    assert found.can_be_accepted
    assert (found.statutory_limit, found.online_level) == (None, "full")


@pytest.mark.proves("B10", "K05")
def test_a_province_may_ask_for_more_papers_check_sooner_and_use_its_own_process(law: Catalogue) -> None:
    procedure = law.procedure(AMENDMENT)
    extra = procedure.components[0].model_copy(update={"code": "dosimetry-contract", "accepts": "upload"})
    own = an_overlay(
        procedure,
        extra_components=[extra],
        check_limit=Limit(2, "working_days"),
        process_id="committee",
        decider=Decider(role="department_leader", title_vi="Giám đốc Sở"),
        versions=["1"],
    )
    found = replace(law, overlays=(own,)).procedure_at(OFFICE_ID, AMENDMENT, "1", ON)
    assert found.component("dosimetry-contract") == extra
    assert (found.check_limit, found.limit) == (Limit(2, "working_days"), Limit(10, "working_days"))
    assert (found.process.id, found.authority_vi) == ("committee", "Giám đốc Sở")
    assert not an_overlay(procedure, versions=["9"]).covers(OFFICE_ID, procedure)


@pytest.mark.proves("R22")
def test_the_committees_step_falls_away_where_it_delegates(law: Catalogue) -> None:
    committee = next(one for one in law.processes if one.id == "committee")
    procedure = law.procedure(AMENDMENT).model_copy(update={"process": committee})
    catalogue = replace(law, procedures=(procedure,), overlays=())
    assert [step.id for step in catalogue.procedure_at(OFFICE_ID, AMENDMENT, "1", ON).steps] == [
        "assign",
        "appraise",
        "review",
        "approve",
        "issue",
    ]
    before = catalogue.procedure_at(OFFICE_ID, AMENDMENT, "1", date(2021, 1, 31))
    assert "submit" in [step.id for step in before.steps]


@pytest.mark.proves("R22")
def test_a_dated_overlay_says_who_signs(law: Catalogue) -> None:
    office, procedure = law.office(OFFICE_ID), law.procedure(AMENDMENT)
    by_leader = an_overlay(procedure, decider=Decider(role="department_leader", title_vi="Giám đốc Sở"))
    early = date(2020, 1, 1)
    assert assembly.is_delegated(office, procedure, by_leader, early)
    assert not assembly.is_delegated(office, procedure, None, early)


def test_an_unknown_office_or_procedure_is_refused(law: Catalogue) -> None:
    with pytest.raises(UnknownOffice):
        law.procedure_at("nowhere", AMENDMENT, "1", ON)
    with pytest.raises(UnknownProcedure):
        law.procedure_at(OFFICE_ID, "nothing", "1", ON)


@pytest.mark.proves("R19")
def test_the_branch_resolves_its_field_and_the_division_what_is_left(law: Catalogue) -> None:
    office = law.office(OFFICE_ID)
    branch = office.unit("metrology")
    assert branch is not None
    assert (branch.kind, set(branch.roles)) == ("branch", {"division_head", "case_officer"})
    for procedure in law.procedures:
        wanted = "metrology" if procedure.field_id == "standards-metrology-quality" else "radiation"
        assert office.resolving_unit(procedure, ON) == wanted


@pytest.mark.proves("R19")
def test_a_named_procedure_goes_before_its_field_and_only_while_that_holds(law: Catalogue) -> None:
    office, procedure = law.office(OFFICE_ID), law.procedure(PROCEDURE_ID)
    rule = office.resolves[0].model_copy(update={"procedure_ids": (PROCEDURE_ID,), "effective_from": ON})
    changed = office.model_copy(update={"resolves": (rule,)})
    assert changed.resolving_unit(procedure, ON) == "metrology"
    assert changed.resolving_unit(procedure, date(2025, 3, 2)) == "radiation"
