"""For every procedure that can be filed: whole dossiers pass, and one with one thing wrong is refused for that."""

from collections.abc import Iterator

import pytest

from rules import catalogue, fees, forms, packages
from rules.catalogue import Catalogue
from rules.forms import Path
from rules.records.procedure import Procedure
from rules.testing import SampleDossier, broken_dossiers, day_of_filing, whole_dossier

SEEDS = range(8)
FILED = [one for one in catalogue.load().procedures if one.components]
Refusal = tuple[str, str | None, Path, str | None]


def refusals(law: Catalogue, procedure: Procedure, dossier: SampleDossier) -> Iterator[Refusal]:
    """Code, form, field and component of everything that is refused, as a service would ask."""
    for form_id, sheets in dossier.forms.items():
        for sheet in sheets:
            for error in forms.validate(law.form(form_id), sheet, on=dossier.on):
                yield error.code, form_id, error.path, None
    for found in packages.check(procedure, dossier.forms, dossier.files, channel=dossier.channel, on=dossier.on):
        yield found.code, found.form_id, (found.field,) if found.field else (), found.component


def test_most_procedures_can_be_filed(law: Catalogue) -> None:
    assert len(FILED) >= 30
    assert {one.record_id for one in FILED} >= {f"RAD21-{n:02}" for n in range(1, 10)}
    assert {one.record_id for one in FILED} >= {f"RAD26-{n:02}" for n in range(1, 7)}


@pytest.mark.proves("B05")
@pytest.mark.parametrize("procedure", FILED, ids=lambda one: one.id)
def test_a_whole_dossier_is_refused_nothing_and_has_its_fee(law: Catalogue, procedure: Procedure) -> None:
    for seed in SEEDS:
        for channel in procedure.channels:
            dossier = whole_dossier(procedure, seed, channel=channel)
            assert list(refusals(law, procedure, dossier)) == []
        if procedure.can_be_accepted:
            quote = fees.quote_of(procedure, dossier.forms, channel, day_of_filing(procedure))
            assert quote is None or (quote.total_vnd > 0) == bool(packages.fee_items(procedure, dossier.forms))


@pytest.mark.parametrize("procedure", FILED, ids=lambda one: one.id)
@pytest.mark.proves("B05")
def test_a_dossier_with_one_thing_wrong_is_refused_for_that_thing(law: Catalogue, procedure: Procedure) -> None:
    for seed in SEEDS:
        broken = list(broken_dossiers(procedure, seed))
        assert broken
        for one in broken:
            found = list(refusals(law, procedure, one.dossier))
            assert any(one.is_named_by(*refusal[1:]) for refusal in found), (one.what, one.form_id, one.path, found)


def test_the_same_seed_gives_the_same_dossier(law: Catalogue) -> None:
    procedure = law.procedure("xray-licence-new-2021")
    assert whole_dossier(procedure, 7) == whole_dossier(procedure, 7)
    assert any(whole_dossier(procedure, seed) != whole_dossier(procedure, 7) for seed in SEEDS)
