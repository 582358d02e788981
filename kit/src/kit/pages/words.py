"""Which language a page speaks, and its catalogue. The Vietnamese sentences themselves are the message ids."""

import gettext as catalogues
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from starlette.requests import Request

VIETNAMESE = "vi"
_LOCALES = Path(__file__).with_name("locales")
_language: ContextVar[str] = ContextVar("language", default=VIETNAMESE)


def language_of(request: Request) -> str:
    """The language this request is answered in. The one place where another language will be chosen."""
    return VIETNAMESE


def speak(language: str) -> None:
    """From here on, in this task, sentences are said in `language`."""
    _language.set(language)


@cache
def _catalogue(language: str) -> catalogues.NullTranslations:
    return catalogues.translation("messages", str(_LOCALES), [language], fallback=True)


def gettext(sentence: str) -> str:
    """`sentence` in the present language; itself where there is no catalogue."""
    return _catalogue(_language.get()).gettext(sentence)


def ngettext(singular: str, plural: str, number: int) -> str:
    """The form of a sentence that fits `number`, in the present language."""
    return _catalogue(_language.get()).ngettext(singular, plural, number)
