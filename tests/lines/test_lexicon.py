"""The learned words of lines."""

from __future__ import annotations

import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean.lines import words
from clean.lines.lexicon import Lexicon

WEIGHTS = {
    "more": 0.5,
    "read": -0.25,
    "read more": 2.0,
    "^read": 0.75,
    "more$": 1.5,
    "^read more$": 3.0,
    "^0$": 1.0,
    "0 of": 0.25,
    "of": 0.0,
}
LEXICON = Lexicon(WEIGHTS)

lines = st.lists(st.sampled_from(["read", "more", "0", "of", "harbour"]), min_size=1, max_size=40)


def by_grams(line: list[str]) -> list[float]:
    found = [WEIGHTS[gram] for gram in words.grams(line, words.joined(line)) if gram in WEIGHTS]
    if not found:
        return [0, 0, 0, 1, 0]
    return [sum(found), max(found), min(found), 1, sum(found) / math.sqrt(len(found))]


@given(st.lists(lines, min_size=1, max_size=8))
def test_all_lines_at_once_weigh_what_each_one_weighs_gram_by_gram(several: list[list[str]]) -> None:
    weighed = LEXICON.weigh(several)
    for i, line in enumerate(several):
        assert weighed[:, i].tolist() == pytest.approx(by_grams(line))


def test_two_words_of_two_lines_are_no_pair() -> None:
    assert LEXICON.weigh([["read"], ["more"]])[1].max() < WEIGHTS["read more"]


def test_words_without_weight_weigh_nothing() -> None:
    assert LEXICON.weigh([["harbour", "lamps"]])[:, 0].tolist() == [0, 0, 0, 1, 0]


def test_without_pairs_it_weighs_words() -> None:
    assert Lexicon({"more": 0.5}).weigh([["read", "more"]])[0].tolist() == [0.5]


def test_it_pickles_as_its_weights() -> None:
    assert pickle.loads(pickle.dumps(LEXICON)).weights == WEIGHTS
