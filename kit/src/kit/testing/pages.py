"""Reads a page as strictly as a careful reader: what is broken, unlabelled or unsafe fails the test that read it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from html5lib.html5parser import ParseError

TOKEN_FIELD = "form_token"  # noqa: S105 - the field's name, not a secret
TITLE_END = " – Motcua"
_CONTROLS = ("input", "select", "textarea")
_SAID_BY_ITSELF = ("hidden", "submit", "button", "image", "reset")
_HIDDEN_WORDS = ("script", "style", "template")
_LOADED = {"src", "srcset", "poster", "data", "action", "formaction"}


class BrokenPage(AssertionError):
    """What is wrong with the page, in one sentence."""


@dataclass(frozen=True)
class Link:
    """A link as it is read: its words and where it goes."""

    text: str
    href: str


@dataclass(frozen=True)
class Form:
    """A form as a browser would send it untouched; `buttons` maps a button's words to what it adds."""

    action: str
    method: str
    fields: dict[str, str]
    buttons: dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Page:
    """What a reader finds. `errors` maps a field's id to the sentence in the error summary."""

    h1: str
    title: str
    text: str
    links: list[Link]
    forms: list[Form]
    errors: dict[str, str]
    root: Element

    def form(self, action: str = "") -> Form:
        """The one form whose action contains `action`. Raises BrokenPage when there is none, or several."""
        found = [form for form in self.forms if action in form.action]
        _must(len(found) == 1, f"{len(found)} forms go to {action!r}: {[form.action for form in self.forms]}")
        return found[0]

    def link(self, words: str) -> str:
        """Where the first link that says `words` goes. Raises BrokenPage when none does."""
        found = [link.href for link in self.links if words in link.text]
        _must(bool(found), f"no link says {words!r}: {[link.text for link in self.links]}")
        return found[0]


def read_page(html: str) -> Page:
    """Parse strictly and check what every page promises. Raises BrokenPage with the reason."""
    root = _parsed(html)
    for check in CHECKS:
        check(root)
    return Page(
        h1=_words(next(root.iter("h1"))),
        title=_words(next(root.iter("title"))),
        text=_words(_one(root, "body")),
        links=[Link(_words(a), a.get("href", "")) for a in root.iter("a") if a.get("href")],
        forms=[_form(form) for form in root.iter("form")],
        errors=_errors(root),
        root=root,
    )


def _must(holds: bool, sentence: str) -> None:
    if not holds:
        raise BrokenPage(sentence)


def _parsed(html: str) -> Element:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    try:
        root: Element = parser.parse(html)
    except ParseError as broken:
        position, code, facts = parser.errors[-1]
        raise BrokenPage(f"not HTML at line and column {position}: {code} {facts}") from broken
    return root


def _one(root: Element, name: str) -> Element:
    found = list(root.iter(name))
    _must(len(found) == 1, f"{len(found)} <{name}>, one wanted")
    return found[0]


def _words(element: Element) -> str:
    """The text people read, spaces joined; scripts and templates say nothing."""
    return " ".join("".join(_said(element)).split())


def _said(element: Element) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in _HIDDEN_WORDS:
        return
    yield element.text or ""
    for child in element:
        # Only words inside a line run together; a block, a cell, an item ends its own.
        inline = child.tag in ("a", "b", "code", "em", "i", "span", "strong", "small", "sub", "sup")
        yield "" if inline else " "
        yield from _said(child)
        yield ("" if inline else " ") + (child.tail or "")


def _elements(root: Element) -> Iterator[Element]:
    return (element for element in root.iter() if isinstance(element.tag, str))


def _speaks_vietnamese(root: Element) -> None:
    _must(root.get("lang") == "vi", f"the page's language is {root.get('lang')!r}, not 'vi'")


def _heading_begins_the_title(root: Element) -> None:
    h1, title = _words(_one(root, "h1")), _words(_one(root, "title"))
    _must(bool(h1), "the h1 is empty")
    _must(title == h1 + TITLE_END, f"the title {title!r} is not the h1 {h1!r} and {TITLE_END!r}")


def _ids_are_unique(root: Element) -> None:
    ids = [element.get("id", "") for element in _elements(root) if "id" in element.attrib]
    twice = sorted({each for each in ids if ids.count(each) > 1 or not each.strip()})
    _must(not twice, f"ids given twice or empty: {twice}")


def _references_lead_somewhere(root: Element) -> None:
    ids = {element.get("id") for element in _elements(root)}
    for element in _elements(root):
        told = " ".join(
            element.get(name, "") for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls")
        )
        local = [element.get("href", "")[1:]] if element.tag == "a" and element.get("href", "").startswith("#") else []
        lost = [each for each in told.split() + local if each not in ids]
        _must(not lost, f"<{element.tag}> points at ids that are not there: {lost}")


def _controls_have_labels(root: Element) -> None:
    labelled = {label.get("for") for label in root.iter("label") if _words(label)}
    inside = {id(control) for label in root.iter("label") if _words(label) for control in label.iter()}
    for control in _elements(root):
        if control.tag not in _CONTROLS or control.get("type") in _SAID_BY_ITSELF:
            continue
        named = control.get("aria-label", "").strip() or control.get("aria-labelledby", "").strip()
        has_label = bool(named) or control.get("id", "-") in labelled or id(control) in inside
        _must(has_label, f"<{control.tag} name={control.get('name')!r}> has no label")


def _links_and_buttons_say_something(root: Element) -> None:
    for element in _elements(root):
        if element.tag == "button" or (element.tag == "a" and "href" in element.attrib):
            said = _words(element) or element.get("aria-label", "").strip()
            _must(bool(said), f"<{element.tag}> to {element.get('href')!r} says nothing")


def _forms_are_safe(root: Element) -> None:
    for form in root.iter("form"):
        where, method = form.get("action", ""), form.get("method", "").lower()
        _must(bool(where), "a form has no action")
        _must(method in ("get", "post"), f"the form to {where} has the method {method!r}")
        tokens = [i.get("value") for i in form.iter("input") if i.get("name") == TOKEN_FIELD]
        _must(method == "get" or (len(tokens) == 1 and bool(tokens[0])), f"the form to {where} carries no token")


def _nothing_runs_inline(root: Element) -> None:
    for element in _elements(root):
        inline = [name for name in element.attrib if name.startswith(("on", "hx-on")) or name == "style"]
        _must(not inline, f"<{element.tag}> carries inline {inline}")
        _must(element.tag != "style", "a <style> stands in the page")
        script = element.tag == "script" and ("src" not in element.attrib or bool((element.text or "").strip()))
        _must(not script, "a script stands in the page")


def _nothing_comes_from_outside(root: Element) -> None:
    for element in _elements(root):
        for name, value in element.attrib.items():
            if name in _LOADED or name.startswith("hx-") or (name.endswith("href") and element.tag != "a"):
                _must(not _is_outside(value), f"<{element.tag} {name}> goes outside: {value}")
        if element.tag == "a" and _is_outside(element.get("href", "")):
            outward = "external" in element.get("rel", "").split()
            _must(outward, f"a link leads outside without rel=external: {element.get('href')}")


def _is_outside(address: str) -> bool:
    parts = urlsplit(address.strip())
    return bool(parts.netloc) or parts.scheme not in ("", "tel", "mailto", "data")


CHECKS: tuple[Callable[[Element], None], ...] = (
    _speaks_vietnamese,
    _heading_begins_the_title,
    _ids_are_unique,
    _references_lead_somewhere,
    _controls_have_labels,
    _links_and_buttons_say_something,
    _forms_are_safe,
    _nothing_runs_inline,
    _nothing_comes_from_outside,
)


def _form(form: Element) -> Form:
    fields = {name: value for control in form.iter() for name, value in _sent(control)}
    buttons = {
        _words(button): (button.get("name", ""), button.get("value", ""))
        for button in form.iter("button")
        if button.get("type", "submit") == "submit"
    }
    return Form(form.get("action", ""), form.get("method", "").lower(), fields, buttons)


def _sent(control: Element) -> Iterator[tuple[str, str]]:
    """What this control would send if nobody touched it."""
    name = control.get("name", "")
    if not name or "disabled" in control.attrib:
        return
    if control.tag == "textarea":
        yield name, control.text or ""
    elif control.tag == "select":
        options = list(control.iter("option"))
        chosen = [option for option in options if "selected" in option.attrib] or options[:1]
        yield from ((name, option.get("value", _words(option))) for option in chosen)
    elif control.tag == "input" and control.get("type") in ("checkbox", "radio"):
        if "checked" in control.attrib:
            yield name, control.get("value", "on")
    elif control.tag == "input" and control.get("type") not in ("submit", "button", "image", "reset", "file"):
        yield name, control.get("value", "")


def _errors(root: Element) -> dict[str, str]:
    summaries = [element for element in _elements(root) if "data-error-summary" in element.attrib]
    _must(len(summaries) < 2, "two error summaries")
    return {a.get("href", "#")[1:]: _words(a) for summary in summaries for a in summary.iter("a")}
