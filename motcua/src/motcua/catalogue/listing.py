"""Every version of every procedure: as data, as a table for a terminal, as a table for a document. Judges nothing."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from motcua.catalogue.words import Words
from rules.catalogue import Catalogue
from rules.records.limit import Limit
from rules.records.overlay import Overlay
from rules.records.procedure import Procedure


def sorted_procedures(law: Catalogue) -> list[Procedure]:
    """By field, then by the facts' own numbers, then by the first day."""
    return sorted(law.procedures, key=lambda one: (one.field_id, one.record_id or one.id, one.effective_from))


def entry(law: Catalogue, one: Procedure) -> dict[str, Any]:
    """One version as data; what is null, nobody has published. Dates are ISO 8601.

    `limit` and `statutory_limit` are the nation's, `promised_limits` what overlays of provinces promise instead. `fee`
    is the id of a table: FEE-NONE costs nothing, null means that no source says what it costs.
    """
    return {
        **_identity(one),
        "limit": limit(one.statutory_limit),
        "statutory_limit": limit(one.statutory_limit),
        "promised_limits": [_promise(overlay) for overlay in _overlays(law, one) if overlay.limit],
        "start_rule": one.stated_start_rule,
        "check_limit": limit(one.check_limit),
        "check_limit_by_channel": {channel: limit(found) for channel, found in one.check_limit_by_channel.items()},
        "fee": one.fee_id,
        "fee_item": one.fee.item if one.fee else None,
        "channels": list(one.channels),
        "online_level": one.online_level,
        "components": len(one.components) if one.components else None,
        "forms": list(one.form_ids),
        "process": one.process_id,
        **_marks(one),
    }


def _identity(one: Procedure) -> dict[str, Any]:
    return {
        "id": one.id,
        "record_id": one.record_id,
        "version": one.version,
        "national_code": one.national_code,
        "older_codes": list(one.older_codes),
        "sibling_codes": dict(one.sibling_codes),
        "name_vi": one.name_vi,
        "name_en": one.name_en,
        "field_id": one.field_id,
        "field_vi": one.field_vi,
        "field_en": one.field_en,
        "regime": one.regime,
        "effective_from": one.effective_from.isoformat(),
        "effective_to": one.effective_to.isoformat() if one.effective_to else None,
        "authority_vi": one.authority_vi,
    }


def _marks(one: Procedure) -> dict[str, Any]:
    """What the data is worth: whether it may be acted on, and what of it no act says."""
    why = one.why_not_accepted
    return {
        "can_be_accepted": one.can_be_accepted,
        "why_not_accepted": {"vi": why.vi, "en": why.en} if why else None,
        "unconfirmed": one.unconfirmed or bool(one.unconfirmed_fields),
        "unconfirmed_fields": list(one.unconfirmed_fields),
        "invented": one.invented,
        "process_invented": one.process.invented,
        "sources": [str(source) for source in one.sources],
    }


def limit(found: Limit | None) -> dict[str, Any] | None:
    return {"value": found.value, "unit": found.unit} if found else None


def _overlays(law: Catalogue, one: Procedure) -> Iterable[Overlay]:
    return (overlay for overlay in law.overlays if overlay.covers(overlay.office_id, one))


def _promise(overlay: Overlay) -> dict[str, Any]:
    return {
        "office": overlay.office_id,
        **(limit(overlay.limit) or {}),
        "effective_from": overlay.effective_from.isoformat(),
        "effective_to": overlay.effective_to.isoformat() if overlay.effective_to else None,
        "source": str(overlay.sources[0]),
        "invented": overlay.invented,
    }


def in_force(procedures: Iterable[Procedure], on: date | None) -> list[Procedure]:
    """Those that hold on a day; all, if none is given."""
    return [one for one in procedures if on is None or one.is_in_force(on)]


def as_text(procedures: Iterable[Procedure], words: Words) -> str:
    """A line each under its field; a tilde stands before what is not confirmed."""
    lines: list[str] = []
    for field, several in groupby(procedures, key=lambda one: one.field_id):
        members = list(several)
        lines += ["", f"{words.field(members[0])} ({field}), {len(members)}", ""]
        for one in members:
            lines.append(f"{one.record_id or '':9} {one.national_code or '-':9} {one.id}")
            lines.append(f"{'':20}{words.name(one)}")
            lines.append(f"{'':20}{_summary(one, words)}")
    return "\n".join(lines[1:]) + "\n"


def _summary(one: Procedure, words: Words) -> str:
    mark = "~" if "limit" in one.unconfirmed_fields else ""
    parts = [one.regime, words.span(one), mark + words.limit(one.statutory_limit), words.fee_id(one)]
    return ", ".join(parts if one.can_be_accepted else [*parts, words.said("not_accepted")])


def as_markdown(procedures: Iterable[Procedure], words: Words) -> str:
    """Two tables for a document: how many per regime and field, then every version with what it lacks."""
    found = list(procedures)
    return "\n".join([*_counts(found), "", *_rows(found, words)]) + "\n"


def _counts(found: list[Procedure]) -> list[str]:
    lines = [
        "| field | regime | versions | with a national code | with a limit | can be accepted |",
        "|---|---|---:|---:|---:|---:|",
    ]
    groups: dict[tuple[str, str], list[Procedure]] = {}
    for one in found:
        groups.setdefault((one.field_id, one.regime), []).append(one)
    for (field, regime), several in groups.items():
        lines.append(f"| {field} | {regime} | {' | '.join(str(number) for number in _numbers(several))} |")
    lines.append(f"| **all** | | {' | '.join(f'**{number}**' for number in _numbers(found))} |")
    return lines


def _numbers(several: list[Procedure]) -> tuple[int, int, int, int]:
    return (
        len(several),
        sum(one.national_code is not None for one in several),
        sum(one.statutory_limit is not None for one in several),
        sum(one.can_be_accepted for one in several),
    )


def _rows(found: list[Procedure], words: Words) -> list[str]:
    lines = [
        "| record | code | procedure | from – to | limit | fee | papers | accepted | not confirmed |",
        "|---|---|---|---|---|---|---:|---|---|",
    ]
    return lines + [_row(one, words) for one in found]


def _row(one: Procedure, words: Words) -> str:
    cells: Mapping[str, str] = {
        "record": one.record_id or "",
        "code": one.national_code or "none published",
        "procedure": f"{words.name(one)} (`{one.id}`)",
        "span": f"{one.effective_from} – {one.effective_to or ''}".rstrip(),
        "limit": words.limit(one.statutory_limit),
        "fee": one.fee_id or "not published",
        "papers": str(len(one.components)) if one.components else "not known",
        "accepted": "yes" if one.can_be_accepted else "no",
        "unconfirmed": ", ".join(one.unconfirmed_fields),
    }
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells.values()) + " |"
