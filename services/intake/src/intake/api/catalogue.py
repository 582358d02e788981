"""What can be asked for here, what it costs and when it would be done. Open to all."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from intake import reads
from intake.api.calling import Office, problems
from intake.api.shapes import (
    ComponentOut,
    ExpectedOut,
    FeeItemOut,
    FeeOut,
    LimitOut,
    LookupOut,
    ProcedureDetailOut,
    ProcedureOut,
    QuoteIn,
    QuoteOut,
    SkippedDay,
)
from intake.domain.filing import ONLINE, THIS_PORTAL, any_version, procedure_in_force
from intake.domain.quote import Quote, quote_of, quote_of_forms
from intake.domain.search import find_procedures
from kit.now import Now
from kit.signin import open_to_all
from kit.tx import Tx
from rules import catalogue as law
from rules import fees, forms
from rules.due import Due
from rules.records.fee import FeeItem
from rules.records.procedure import Procedure

router = APIRouter(dependencies=[open_to_all])


@router.get("/procedures", summary="Procedures in force today", tags=["Catalogue"])
async def list_procedures(
    now: Now,
    q: Annotated[str, Query(max_length=200, description="words in any order, with or without diacritics")] = "",
) -> list[ProcedureOut]:
    """Best match first; all by name where nothing is asked."""
    found = find_procedures(reads.procedures_in_force(now.date()), q)
    return [ProcedureOut.model_validate(one) for one in found]


@router.get(
    "/procedures/{procedure_id}",
    summary="One procedure: components, the JSON Schema of each form, fee table",
    tags=["Catalogue"],
    responses=problems(HTTPStatus.NOT_FOUND, person=False),
)
async def show_procedure(procedure_id: str, now: Now) -> ProcedureDetailOut:
    """The version in force today, or the newest one where none is (then `filing_open` is false)."""
    catalogue = law.load()
    in_force = [one for one in catalogue.in_force(now.date()) if one.id == procedure_id]
    procedure = in_force[0] if in_force else any_version(catalogue, procedure_id)
    is_open = catalogue.filing_open(procedure, ONLINE, THIS_PORTAL, now.date())
    return described(procedure, is_open=is_open)


def described(procedure: Procedure, *, is_open: bool) -> ProcedureDetailOut:
    """The procedure as the API shows it."""
    catalogue = law.load()
    return ProcedureDetailOut(
        **ProcedureOut.model_validate(procedure).model_dump(),
        authority_vi=procedure.authority_vi,
        start_rule=procedure.start_rule,
        check_limit=LimitOut.model_validate(procedure.check_limit) if procedure.check_limit else None,
        components=[ComponentOut.model_validate(one) for one in procedure.components],
        forms={form_id: forms.schema(catalogue.form(form_id)) for form_id in procedure.form_ids},
        fee_items=[fee_item(one) for one in fees.items_of(procedure, catalogue)],
        filing_open=is_open,
        sources=[str(source) for source in procedure.sources],
        unconfirmed=procedure.unconfirmed,
        unconfirmed_fields=list(procedure.unconfirmed_fields),
    )


def fee_item(one: FeeItem) -> FeeItemOut:
    """An item as the API shows it; a share in decimals, exact as the table has it."""
    share = one.percentage
    bounds = share.model_dump(exclude={"percent"}) | {"percent": share.written} if share else None
    return FeeItemOut.model_validate(one.model_dump(exclude={"percentage"}) | {"percentage": bounds})


@router.post(
    "/quotes",
    summary="Fee and expected date if it were filed online now",
    tags=["Catalogue"],
    responses=problems(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, person=False),
)
async def quote(asked: QuoteIn, now: Now, office: Office) -> QuoteOut:
    """Computed by the very functions by which the demand and the due time are made later."""
    catalogue = law.load()
    procedure = procedure_in_force(catalogue, asked.procedure_id, now.date())
    if asked.forms is not None:
        return shown(quote_of_forms(procedure, office, asked.forms, now, catalogue))
    return shown(quote_of(procedure, office, asked.items or {}, now, catalogue))


def shown(found: Quote) -> QuoteOut:
    """A quote as the API shows it."""
    fee = FeeOut.model_validate(found.fee) if found.fee else None
    return QuoteOut(assumed_at=found.assumed_at, fee=fee, expected=_expected(found.expected))


def _expected(found: Due | None) -> ExpectedOut | None:
    if found is None:
        return None
    return ExpectedOut(
        due_at=found.at,
        limit_value=found.limit.value,
        limit_unit=found.limit.unit,
        calendar_version=found.calendar_version,
        readings=list(found.readings),
        skipped=[SkippedDay(on=day.isoformat(), reason_vi=reason) for day, reason in found.skipped],
    )


@router.get(
    "/lookup/{code}",
    summary="How far along a dossier is, by its code or arrival number",
    tags=["Look-up"],
    responses=problems(HTTPStatus.NOT_FOUND, person=False),
)
async def look_up(code: str, tx: Tx) -> LookupOut:
    """Nothing but the degree of completion (R17); everything more needs sign-in."""
    found, percent = await reads.lookup(tx, code.strip())
    return LookupOut(code=found, completion_percent=percent)
