"""Whether each form of a catalogue can be drawn and judged: a schema that compiles, a shape for each field."""

from pathlib import Path

from rules import forms
from rules.catalogue import Catalogue
from rules.errors import BadData
from rules.records.form import Form
from rules.source_yaml import Document, read


def check(law: Catalogue, folder: Path) -> None:
    """Raises BadData with the place of the first form that cannot."""
    for form in law.forms:
        fault = _fault(form)
        if fault:
            raise _document(form, folder).refuse(("sections",), fault)


def _fault(form: Form) -> str | None:
    from intake.web.sheets import layout

    try:
        forms.validate(form, {})
    except ValueError as refused:  # jsonschema_rs: the schema itself is no schema
        return f"makes no schema: {refused}"
    try:
        layout(form, {})
    except (KeyError, ValueError) as unknown:
        return f"cannot be drawn: {unknown!r}"
    return None


def _document(form: Form, folder: Path) -> Document:
    """The file a form came from; a form that is known has one."""
    for path in sorted((folder / "forms").glob("*.yaml")):
        document = read(path, f"forms/{path.name}")
        if document.data.get("id") == form.id:
            return document
    raise BadData("forms", 1, f"no file of {form.id}")
