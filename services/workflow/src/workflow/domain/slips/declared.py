"""What the sheets of a dossier say of its applicant, found by the mark the catalogue gives such a field. Pure."""

from collections.abc import Sequence
from typing import Any

from rules.records.form import Form, FormField
from workflow.domain.dossier import Dossier


def declared(forms: Sequence[Form], dossier: Dossier, what: str) -> str:
    """The first sheet's word for it, such as `name`, `address` or `id_number`; nothing where no sheet says."""
    for form in forms:
        for field in form.fields():
            value = _first(dossier, form, field) if field.profile == what else None
            if value:
                return str(value)
    return ""


def _first(dossier: Dossier, form: Form, field: FormField) -> Any:
    sheets = dossier.forms.get(form.id, ())
    return sheets[0].get(field.key) if sheets else None
