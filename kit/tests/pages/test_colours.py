"""Our colours can be read: WCAG 2.2 AA at the usual contrast, AAA for text at the high one."""

import re
from importlib.resources import files

import pytest

STYLE = files("kit.pages").joinpath("static/motcua.css").read_text()
TEXT_AA, TEXT_AAA, SHAPE = 4.5, 7.0, 3.0
STATES = ("blue", "green", "amber", "orange", "red", "grey", "neutral")
TEXT = [(ink, ground) for ink in ("ink", "ink-soft", "link", "link-hover") for ground in ("paper", "ground")]
TEXT += [(state, f"{state}-ground") for state in STATES] + [(state, "paper") for state in STATES]
TEXT += [("ink", f"{state}-ground") for state in STATES] + [("ink-soft", "neutral-ground"), ("link", "neutral-ground")]
TEXT += [("on-brand", "brand"), ("on-brand", "brand-deep"), ("brand", "paper"), ("brand", "neutral-ground")]
TEXT += [("red", "ground"), ("ink", "sun")]
SHAPES = [("line-strong", "paper"), ("line-strong", "ground"), ("brand", "paper"), ("brand", "ground")]
SHAPES += [
    ("focus-ink", "paper"),
    ("focus-ink", "ground"),
    ("focus-ink", "sun"),
    ("sun", "brand"),
    ("sun", "brand-deep"),
]
SHAPES += [(state, "paper") for state in STATES]


def tokens(selector: str) -> dict[str, str]:
    body = re.search(re.escape(selector) + r" \{([^}]*)\}", STYLE)
    assert body is not None
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", body[1]))


USUAL = tokens(":root")
HIGH = tokens(':root[data-contrast="high"]')


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_is_the_standard_s() -> None:
    assert round(ratio("#000000", "#ffffff"), 2) == 21
    assert round(ratio("#777777", "#ffffff"), 2) == 4.48


def test_both_contrasts_name_the_same_colours() -> None:
    assert set(USUAL) == set(HIGH)
    assert len(USUAL) > 25


@pytest.mark.proves("K07")
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read_at_both_contrasts(ink: str, ground: str) -> None:
    assert ratio(USUAL[ink], USUAL[ground]) >= TEXT_AA
    assert ratio(HIGH[ink], HIGH[ground]) >= TEXT_AAA


@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_edges_and_focus_can_be_seen_at_both_contrasts(shape: str, ground: str) -> None:
    assert ratio(USUAL[shape], USUAL[ground]) >= SHAPE
    assert ratio(HIGH[shape], HIGH[ground]) >= SHAPE


def test_no_rule_uses_a_colour_that_is_not_a_token() -> None:
    after = STYLE[STYLE.index('[data-bs-theme="light"]') :]
    strays = set(re.findall(r"#[0-9a-f]{3,8}\b", after.split("/* ---- paper")[0]))
    assert strays <= {"#ffffff", "#1b2527", "#750b0b"}  # on red, on yellow, and red pressed: same at both contrasts
    assert ratio("#1b2527", USUAL["sun"]) >= TEXT_AA
    assert ratio("#1b2527", HIGH["sun"]) >= TEXT_AA
    assert ratio("#ffffff", "#750b0b") >= TEXT_AAA
    assert ratio("#ffffff", USUAL["red"]) >= TEXT_AA
