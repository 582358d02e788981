"""One version of one procedure in full, for people: every value with its mark, every part with its source."""

import textwrap
from collections.abc import Iterable, Iterator

from motcua.catalogue.words import Words
from rules import fees
from rules.catalogue import Catalogue
from rules.records.cited import Source
from rules.records.component import Component
from rules.records.fee import NO_FEE, FeeItem
from rules.records.procedure import ApplicantDeadline, Procedure
from rules.records.process import Step

WIDTH = 110
_LABEL = 24


def as_text(law: Catalogue, one: Procedure, words: Words) -> str:
    """The whole record in one language; the other language's name stands under the title."""
    return "\n".join(_Page(law, one, words).lines()) + "\n"


class _Page:
    def __init__(self, law: Catalogue, one: Procedure, words: Words) -> None:
        self.law, self.one, self.words = law, one, words

    def lines(self) -> Iterator[str]:
        one, words = self.one, self.words
        yield words.name(one)
        yield words.pick((one.name_en, one.name_vi))
        yield ""
        for label, value, field in (*self._who(), *self._how_long(), *self._worth()):
            yield from self._line(label, value, field)
        yield from self._sentences()
        yield from self._listed("components", self._components(), "components")
        steps = (self._step(n, step) for n, step in enumerate(one.steps, 1))
        yield from self._listed("steps", steps, "process", bullet="")
        yield from self._ending()

    def _line(self, label: str, value: str, field: str | None) -> Iterator[str]:
        is_empty = value == self.words.said("not_published")
        text = value if field is None or is_empty else f"{value} {self._mark(field)}".rstrip()
        wrapped = textwrap.wrap(text, WIDTH - _LABEL) or [""]
        yield f"{self.words.said(label):{_LABEL}}{wrapped[0]}"
        yield from (f"{'':{_LABEL}}{more}" for more in wrapped[1:])

    def _mark(self, field: str | None) -> str:
        if field == "process":
            return self.words.said("invented") if self.one.process.invented else ""
        whole = self.one.unconfirmed and not self.one.unconfirmed_fields
        doubted = whole or any(name.split(".")[0] == field for name in self.one.unconfirmed_fields)
        return self.words.said("unconfirmed") if doubted else ""

    def _who(self) -> Iterator[tuple[str, str, str | None]]:
        one, words = self.one, self.words
        yield "record", f"{one.record_id or '-'}, {one.id}, {one.version}", None
        yield "code", one.national_code or words.said("not_published"), "national_code"
        if one.older_codes:
            yield "older_codes", ", ".join(one.older_codes), None
        if one.sibling_codes:
            yield "sibling_codes", ", ".join(f"{name}: {code}" for name, code in one.sibling_codes.items()), None
        yield "field", words.field(one), None
        yield "regime", one.regime, None
        yield "span", words.span(one), "effective_to" if one.effective_to else "effective_from"
        yield "authority", one.authority_vi, "authority_vi"
        yield "unit", one.processing_unit_vi, "processing_unit_vi"
        yield "applicants", ", ".join(words.said(kind) for kind in one.applicant_types), "applicant_types"
        yield "channels", ", ".join(words.said(channel) for channel in one.channels), "channels"
        yield "online_level", words.said(one.online_level or "not_published"), "online_level"
        yield "sets", f"{one.dossier_sets}{f' ({one.copies_note})' if one.copies_note else ''}", None

    def _how_long(self) -> Iterator[tuple[str, str, str | None]]:
        one, words = self.one, self.words
        yield "limit", words.limit(one.statutory_limit), "limit"
        for overlay in self.law.overlays:
            if overlay.limit and overlay.covers(overlay.office_id, one):
                mark = words.said("invented") if overlay.invented else ""
                promised = f"{words.limit(overlay.limit)}, {overlay.office_id} ({overlay.sources[0]}) {mark}"
                yield "promised", promised.rstrip(), None
        yield "start_rule", words.start_rule(one.stated_start_rule), None
        yield "check_limit", self._check_limit(), "check_limit"
        if one.supplement.answer_within:
            yield "answer_within", words.limit(one.supplement.answer_within), None
        if one.applicant_deadline:
            yield "deadline", self._deadline(one.applicant_deadline), None

    def _check_limit(self) -> str:
        one, words = self.one, self.words
        own = [f"{words.said(channel)}: {words.limit(limit)}" for channel, limit in one.check_limit_by_channel.items()]
        if one.check_limit:
            own.append(words.limit(one.check_limit))
        return ", ".join(own) or words.said("general_rule")

    def _deadline(self, deadline: ApplicantDeadline) -> str:
        long = self.words.duration(deadline.value, deadline.unit)
        event = self.words.pick((deadline.event_vi, deadline.event_en))
        return self.words.said(deadline.direction, long, event)

    def _worth(self) -> Iterator[tuple[str, str, str | None]]:
        why = self.one.why_not_accepted
        for text in self._fee():
            yield "fee", text, "fee"
        yield "accepted", self.words.pick((why.vi, why.en)) if why else self.words.said("yes"), None

    def _fee(self) -> Iterator[str]:
        rule, words = self.one.fee, self.words
        if rule is None or rule.fee_id == NO_FEE:
            yield words.fee_id(self.one)
            return
        table = self.law.fee(rule.fee_id)
        doubt = words.said("unconfirmed") if table.unconfirmed else ""
        cited = "; ".join(str(source) for source in table.sources)
        yield f"{words.pick((table.name_vi, table.name_en))} ({table.id}; {cited}) {doubt}".rstrip()
        for item in fees.items_of(self.one, self.law):
            yield f"{words.pick((item.name_vi, item.name_en))}: {self._amount(item)}"
        for modifier in table.modifiers:
            if modifier.enabled and modifier.kind == "channel":
                yield words.pick((modifier.reason_vi, modifier.reason_en))

    def _amount(self, item: FeeItem) -> str:
        words = self.words
        if item.percentage:
            share = item.percentage
            percent = share.written.replace(".", "," if words.language == "vi" else ".")
            bounds = words.money(share.floor_vnd), words.money(share.ceiling_vnd)
            return words.said("percentage", percent, words.pick((share.of_vi, share.of_en)), *bounds)
        if item.amount_vnd is None:
            return words.said("not_published")
        return f"{words.money(item.amount_vnd)} đồng, {words.per(item.per)}"

    def _sentences(self) -> Iterator[str]:
        for label, sentences in (("when", self.one.when), ("rules", self.one.rules)):
            if sentences:
                yield from self._listed(label, (self.words.pick((one.vi, one.en)) for one in sentences), None)

    def _listed(self, label: str, entries: Iterable[str], field: str | None, *, bullet: str = "- ") -> Iterator[str]:
        yield ""
        yield f"{self.words.said(label)} {self._mark(field)}".rstrip()
        for entry in entries:
            yield from textwrap.wrap(entry, WIDTH, initial_indent=f"  {bullet}", subsequent_indent="    ")

    def _components(self) -> Iterator[str]:
        if not self.one.components:
            yield self.words.said("not_published")
        for component in self.one.components:
            details = [detail for detail in self._details(component) if detail]
            yield f"{self.words.pick((component.name_vi, component.name_en))}: {'; '.join(details)}"

    def _details(self, one: Component) -> Iterator[str]:
        words = self.words
        yield words.said("form", one.form_id) if one.form_id else words.said("upload")
        yield words.said("counts", one.originals, one.copies)
        yield one.paper_form or ""
        yield words.said(f"one_{one.one_per}") if one.one_per else ""
        yield words.said("days_valid", one.days_valid_after_receipt) if one.days_valid_after_receipt else ""
        yield words.said("on_paper") if one.paper_original_required else ""
        yield words.pick((one.condition_vi or "", one.condition_en or "")).rstrip(".")
        if one.replaced_by_database:
            base = one.replaced_by_database
            span = words.between(base.effective_from, base.effective_to)
            yield words.said("replaced", words.pick((base.database_vi, base.database_en)), span)
        yield (one.note or "").rstrip(".")
        yield words.said("unconfirmed") if one.unconfirmed else ""

    def _step(self, number: int, step: Step) -> str:
        words = self.words
        share = words.share(step, self.one.steps)
        parts = [f"{number}. {words.pick((step.name_vi, step.name_en))}", words.role(step.role), share]
        if step.sends_back_to:
            ids = [one.id for one in self.one.steps]
            parts.append(words.said("sends_back", ids.index(step.sends_back_to) + 1))
        return ", ".join(parts)

    def _ending(self) -> Iterator[str]:
        one, words = self.one, self.words
        result = one.result
        name = words.pick((result.name_vi, result.name_en))
        mark = words.said("unconfirmed") if result.unconfirmed else ""
        yield ""
        form = f"({result.paper_form})" if result.paper_form else ""
        yield from self._line("result", " ".join(part for part in (name, form, mark) if part), None)
        yield from self._line("validity", words.validity(result.validity, result.validity_rule), "result")
        others = [other for other in self.law.procedures if other.id == one.id and other.version != one.version]
        if others:
            spans = ", ".join(f"{other.version} ({words.span(other)})" for other in others)
            yield from self._line("versions", spans, None)
        notes = [note for note in (one.note, one.process.note) if note]
        yield from self._listed("note", notes, None) if notes else ()
        yield from self._listed("sources", (_cited(source) for source in (*one.sources, *one.process.sources)), None)


def _cited(source: Source) -> str:
    return f"{source} ({source.note})" if source.note else str(source)
