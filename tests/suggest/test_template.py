"""What lines have in common, and the patterns that find them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean.ruleset.pattern import compile_pattern
from clean.suggest.pattern import pattern
from clean.suggest.template import LEVELS, MAX_CHARS, keys, templates


def shown(line: str) -> list[str | None]:
    return [None if found is None else " ".join(found) for found in templates(line)]


@pytest.mark.parametrize(
    ("line", "exact"),
    [
        ("Follow us!", "follow us"),
        ("12 Comments", "{n} comments"),
        ("$1,299.00 off", "{n} off"),
        ("Posted on 2024-03-01", "posted on {date}"),
        ("Posted on 1.3.2024 at 10:30 am", "posted on {date} at {time}"),
        ("Published March 3, 2024", "published {date}"),
        ("Published Friday, 3 March 2024", "published {date}"),
        ("Veröffentlicht am 3. März 2024", "veröffentlicht am {date}"),
        ("Publicado el 3 de marzo de 2024", "publicado el {date}"),
        ("更新于 2024年3月1日", "更新于 {date}"),
        ("Source: https://example.org/a?b=c", "source {url}"),
        ("Write to help@example.org", "write to {email}"),
        ("Follow @harbour_news", "follow {handle}"),
        ("March with us", "march with us"),
    ],
)
def test_dates_numbers_and_addresses_become_slots(line: str, exact: str) -> None:
    assert shown(line)[0] == exact


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("Photo by Marta Oliveira", "photo by {name}"),
        ("Posted on 2024-03-01 by Marta", "posted on {date} by {name}"),
        ("Marta Oliveira says on 2024-03-01", "{name} says on {date}"),
        ("Related posts", None),
        ("Read More", None),
        ("Recent posts and pages", None),
    ],
)
def test_names_become_slots_where_words_enough_are_left(line: str, named: str | None) -> None:
    assert shown(line)[1] == named


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("Filed under: news, harbour", "filed under {words}"),
        ("• Tags： 音楽", "tags {words}"),
        ("https://example.org", None),
        ("Label:", None),
        ("this is no label but a clause: it has too many words", None),
    ],
)
def test_a_label_stands_for_whatever_follows_it(line: str, label: str | None) -> None:
    assert shown(line)[2] == label


def test_case_and_punctuation_make_no_difference() -> None:
    assert keys("» Follow us!") == keys("FOLLOW US")


def test_a_long_line_and_one_without_words_have_no_template() -> None:
    assert keys("word " * MAX_CHARS) == keys("— 12 —") == keys("") == (0,) * LEVELS


WORD = st.sampled_from(["read", "Posted", "by", "MORE", "né", "Ünal", "новости", "最新", "it's", "c++", "a_b", "3rd"])
SLOT = st.sampled_from(
    [
        *(
            "12",
            "1,299.50",
            "4GB",
            "2024-03-01",
            "3/4/24",
            "March 3, 2024",
            "3 de marzo de 2024",
            "Friday, 3 March 2024",
        ),
        *("10:30 p.m.", "https://example.org/x?y#z", "a.b+c@example.org", "@marta_o", "#news", "Marta", "Marta O’Hara"),
    ]
)
GAP = st.sampled_from([" ", " - ", ": ", " | ", ", ", "\u00a0", " «", "» "])


@given(st.lists(st.tuples(WORD | SLOT, GAP), min_size=1, max_size=8), st.sampled_from(["", "• ", "[", "-- "]))
def test_a_line_matches_the_patterns_of_its_templates(parts: list[tuple[str, str]], start: str) -> None:
    line = (start + "".join(text + gap for text, gap in parts)).strip()
    for template in templates(line):
        if template is not None:
            assert compile_pattern(pattern(template)).search(line), (line, template)


@pytest.mark.parametrize(
    ("line", "other", "fits"),
    [
        ("Posted on March 3, 2024 by Marta", "Posted on 17 August 2019 by Jonas Weber", True),
        ("Posted on March 3, 2024 by Marta", "Posted on the wall by Marta", False),
        ("Posted on March 3, 2024 by Marta", "It was posted on March 3, 2024 by Marta", False),
        ("Photo by Marta Oliveira", "photo BY Jonas", True),
        ("Photo by Marta Oliveira", "Photo by a friend", False),
        ("12 comments", "[3 COMMENTS]", True),
        ("12 comments", "12 comments were made", False),
        ("5 min read", "12 min  read »", True),
    ],
)
def test_a_pattern_finds_lines_that_were_never_seen_and_no_sentences(line: str, other: str, fits: bool) -> None:
    found = [template for template in templates(line)[:2] if template is not None][-1]
    assert bool(compile_pattern(pattern(found)).search(other)) is fits
