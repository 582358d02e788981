"""Finds procedures as people type: without diacritics, in any order, with a letter wrong here and there. Pure."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from rules.plain import fold
from rules.records.procedure import Procedure

NEAR_ENOUGH = 0.75  # two words are taken for the same when so much of them agrees


def find_procedures(procedures: Sequence[Procedure], query: str) -> list[Procedure]:
    """Those in which every word is found, best first; all of them, by name, where nothing is asked."""
    words = fold(query).split()
    if not words:
        return sorted(procedures, key=lambda one: fold(one.name_vi))
    scored = [(score, one) for one in procedures if (score := _score(words, one)) > 0]
    return [one for _, one in sorted(scored, key=lambda pair: (-pair[0], fold(pair[1].name_vi)))]


def _score(words: Sequence[str], procedure: Procedure) -> float:
    texts = (procedure.name_vi, procedure.name_en, procedure.field_vi, procedure.national_code or "", procedure.id)
    held = fold(" ".join(texts)).replace("-", " ").split()
    best = [max(_alike(word, other) for other in held) for word in words]
    return sum(best) if min(best) > 0 else 0.0


def _alike(word: str, other: str) -> float:
    if word == other:
        return 1.0
    if other.startswith(word):
        return 0.9
    ratio = SequenceMatcher(None, word, other).ratio() if len(word) > 3 else 0.0
    return 0.6 * ratio if ratio >= NEAR_ENOUGH else 0.0
