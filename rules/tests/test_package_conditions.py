"""What a dossier must hold by its channel, by its forms, by the databases of the day, and by when it came."""

from dataclasses import replace
from datetime import date

import pytest

from rules import fees, packages
from rules.catalogue import Catalogue
from rules.errors import RulesError
from rules.packages import Problem
from rules.records.component import Component
from rules.records.procedure import Procedure
from rules.testing import SampleDossier, whole_dossier

CHANGE = "F142-IV-07"


def check(procedure: Procedure, dossier: SampleDossier) -> list[Problem]:
    return packages.check(procedure, dossier.forms, dossier.files, channel=dossier.channel, on=dossier.on)


def told(found: list[Problem]) -> list[tuple[str, str | None, str | None]]:
    return [(one.code, one.component, one.field) for one in found]


def with_reason(dossier: SampleDossier, reason: str) -> SampleDossier:
    return dossier.with_sheet(CHANGE, 0, dossier.forms[CHANGE][0] | {"reason": reason})


def without(dossier: SampleDossier, *codes: str) -> SampleDossier:
    return replace(dossier, files={code: number for code, number in dossier.files.items() if code not in codes})


def altered(procedure: Procedure, code: str, **changed: object) -> Procedure:
    components = [one.model_copy(update=changed) if one.code == code else one for one in procedure.components]
    return procedure.model_copy(update={"components": tuple(components)})


@pytest.mark.parametrize(
    ("reason", "component"),
    [
        ("đổi tên/địa chỉ/điện thoại/fax", "confirmation-of-change"),
        ("hiệu chỉnh thông tin", "device-data-proof"),
        ("giảm thiết bị", None),
        ("hợp nhất giấy phép", None),
    ],
)
@pytest.mark.proves("B07")
def test_an_amendment_needs_the_paper_of_its_reason(law: Catalogue, reason: str, component: str | None) -> None:
    procedure = law.procedure("xray-licence-amend-2021")
    dossier = with_reason(whole_dossier(procedure), reason)
    dossier = without(dossier, "confirmation-of-change", "device-data-proof")
    assert told(check(procedure, dossier)) == ([("missing", component, None)] if component else [])


@pytest.mark.parametrize(("reason", "wanted"), [("rách, nát", [("missing", "original-licence", None)]), ("mất", [])])
def test_a_torn_licence_comes_back_a_lost_one_cannot(  # type: ignore[no-untyped-def]
    law: Catalogue, reason, wanted
) -> None:
    procedure = law.procedure("xray-licence-replace-2021")
    dossier = without(whole_dossier(procedure), "original-licence")
    sheet = dossier.forms["F142-IV-08"][0] | {"reason": reason}
    assert told(check(procedure, dossier.with_sheet("F142-IV-08", 0, sheet))) == wanted


def test_a_shared_form_takes_only_this_procedures_choices(law: Catalogue) -> None:
    procedure = law.procedure("xray-licence-amend-2021")
    (found,) = check(procedure, with_reason(whole_dossier(procedure), "bổ sung công việc"))
    assert (found.code, found.form_id, found.field) == ("wrong_value", CHANGE, "reason")
    assert "đổi tên/địa chỉ/điện thoại/fax" in found.message_vi
    assert "new kind of work" not in found.message_en


@pytest.mark.proves("B07")
def test_a_paper_that_a_database_replaces_is_not_asked_for_while_that_holds(law: Catalogue) -> None:
    procedure = law.procedure("radiation-licence-new-2026")
    dossier = without(whole_dossier(procedure), "establishment")
    for on, wanted in [
        (date(2026, 1, 1), []),
        (date(2027, 2, 28), []),
        (date(2027, 3, 1), [("missing", "establishment", None)]),
    ]:
        assert told(check(procedure, replace(dossier, on=on))) == wanted
    assert told(packages.check(procedure, dossier.forms, dossier.files)) == [("missing", "establishment", None)]


def test_a_component_may_be_asked_for_in_one_channel_only(law: Catalogue) -> None:
    procedure = altered(law.procedure("safety-officer-certificate-2021"), "health-slip", channels=("direct",))
    files = without(whole_dossier(procedure), "health-slip")
    assert check(procedure, files) == []
    assert told(check(procedure, replace(files, channel="direct"))) == [("missing", "health-slip", None)]


@pytest.mark.proves("B07")
def test_photographs_are_three_on_paper_and_one_online_plans_three_sets(law: Catalogue) -> None:
    photos = law.procedure("safety-officer-certificate-2021").component("photos")
    assert isinstance(photos, Component)
    assert [photos.originals_in(channel) for channel in ("online", "direct", "postal")] == [1, 3, 3]
    plan = law.procedure("emergency-plan-2021")
    assert [plan.sets_in(channel) for channel in ("online", "direct", "postal")] == [1, 3, 3]


def test_the_original_licence_goes_by_post_even_where_one_files_online(law: Catalogue) -> None:
    for procedure_id in ("xray-licence-amend-2021", "xray-licence-add-2021", "xray-licence-replace-2021"):
        original = law.procedure(procedure_id).component("original-licence")
        assert original is not None
        assert original.paper_original_required


@pytest.mark.parametrize("kind", ["spect_ct", "xray_emitter"])
@pytest.mark.proves("R14")
def test_a_kind_of_device_without_an_amount_has_no_fee_yet(law: Catalogue, kind: str) -> None:
    procedure = law.procedure("pet-ct-licence-new-2025")
    with pytest.raises(RulesError):
        fees.quote_of(procedure, {"RAD-DEVICE-2025": [{"device_type": kind}]}, "direct", date(2025, 8, 1))


def test_an_extension_is_charged_by_the_rows_of_its_devices(law: Catalogue) -> None:
    procedure = law.procedure("xray-licence-extend-2021")
    sheets = packages.counted_sheets(procedure, {"ct": 1, "general": 2})
    assert packages.fee_items(procedure, sheets) == {"ct": 1, "general": 2}
    quote = fees.quote_of(procedure, sheets, "direct", date(2025, 3, 3))
    assert quote is not None
    assert quote.total_vnd == (8_000_000 + 2 * 3_000_000) * 75 // 100
    counted = packages.counted_field(procedure)
    assert counted is not None
    assert counted.key == "device_type"


def test_counted_sheets_say_what_was_counted(law: Catalogue, xray: Procedure) -> None:
    sheets = packages.counted_sheets(xray, {"dental": 2, "ct": 0})
    assert sheets == {"F142-III-07": [{"device_type": "dental"}, {"device_type": "dental"}]}
    plan = law.procedure("emergency-plan-2021")
    assert packages.counted_sheets(plan, {"plan": 1}) == {}
    assert packages.counted_field(plan) is None


def test_an_extension_that_comes_too_late_is_refused_on_its_date(law: Catalogue) -> None:
    procedure = law.procedure("xray-licence-extend-2021")
    dossier = whole_dossier(procedure)
    assert check(procedure, dossier) == []
    expiry = date.fromisoformat(dossier.forms["F142-IV-06"][0]["old_licence_expiry"])
    (found,) = check(procedure, replace(dossier, on=expiry))
    assert (found.code, found.form_id, found.field) == ("late_filing", "F142-IV-06", "old_licence_expiry")


def test_declarations_may_have_several_sheets(law: Catalogue) -> None:
    procedure = law.procedure("xray-declaration-2021")
    dossier = whole_dossier(procedure)
    (sheet,) = dossier.forms["F142-III-07"][:1]
    assert check(procedure, replace(dossier, forms={"F142-III-07": [sheet] * 4})) == []
    assert told(check(procedure, replace(dossier, forms={}))) == [("missing", "device-sheets", None)]


@pytest.mark.proves("R02", "R14")
def test_a_clock_that_waits_for_dossier_and_fee_waits_for_the_dossier_where_nothing_is_to_pay(law: Catalogue) -> None:
    procedure = law.procedure("xray-licence-amend-2021")
    assert (procedure.start_rule, procedure.stated_start_rule) == ("valid_dossier", "valid_dossier_and_fee")
    assert law.procedure("xray-licence-new-2021").start_rule == "valid_dossier_and_fee"
