"""The scan of all patterns finds just what each of them finds alone, though it looks for wider ones."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean.ruleset.load import load_packs
from clean.ruleset.pattern import PatternSet, compile_pattern, widened

CATEGORIES = [
    *("L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "C", "Cc"),
    *("P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp"),
]
RULES = [rule for rule in load_packs() if rule.match]
EXAMPLES = [example.text for rule in RULES for example in (*rule.drop, *rule.keep)]


@cache
def patterns() -> PatternSet:
    return PatternSet([rule.match or "" for rule in RULES])


@pytest.mark.parametrize("flags", ["", "(?i)"])
@pytest.mark.parametrize("category", CATEGORIES)
def test_a_wider_class_means_the_same_in_ascii_and_holds_all_else(category: str, flags: str) -> None:
    for written in (rf"\p{{{category}}}", rf"[x\p{{{category}}}]"):
        exact, wide = compile_pattern(f"{flags}^{written}$"), compile_pattern(f"{flags}^{widened(written)}$")
        for point in range(0x80):
            assert bool(wide.search(chr(point))) == bool(exact.search(chr(point))), hex(point)
        for point in [*range(0x80, 0x2400), *range(0x2400, 0x11000, 37), 0x1F600, 0x10FFFF]:
            if not 0xD800 <= point <= 0xDFFF and exact.search(chr(point)):
                assert wide.search(chr(point)), hex(point)


@pytest.mark.parametrize(
    "pattern",
    [r"\PL", r"[^\pL]", r"\Q\pL[\pP]\E", r"\p{Greek}", r"[\p{Greek}]", r"\\pL", r"[\\pL]", r"\p{^L}", r"[[:alpha:]]"],
)
def test_what_is_no_class_of_a_category_stays_as_it_is_written(pattern: str) -> None:
    assert widened(pattern) == pattern


@given(st.sampled_from(EXAMPLES), st.sampled_from(EXAMPLES), st.integers(0, 40), st.text(max_size=3))
def test_the_scan_finds_what_each_pattern_finds_alone(one: str, other: str, cut: int, between: str) -> None:
    for text in (one, one[:cut] + between + other[cut:]):
        text = "".join(char for char in text if not 0xD800 <= ord(char) <= 0xDFFF)
        assert patterns().match(text) == [i for i, rule in enumerate(RULES) if exact(rule.match or "").search(text)]


@given(st.sampled_from(EXAMPLES))
def test_a_pattern_alone_finds_the_places_that_it_would_find_as_it_was_written(text: str) -> None:
    for i in patterns().match(text):
        found = [match.span() for match in patterns().alone(i, text).finditer(text)]
        assert found == [match.span() for match in exact(RULES[i].match or "").finditer(text)]


@cache
def exact(pattern: str) -> Any:
    return compile_pattern(pattern)
