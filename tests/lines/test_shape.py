"""The features of a line's characters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean.lines.shape import FIRST, LAST, NAMES, shapes

lines = st.text(min_size=1, max_size=60).filter(lambda text: "\n" not in text)


def of(text: str) -> dict[str, float]:
    return dict(zip(NAMES, shapes([text])[:, 0].tolist(), strict=True))


def test_words_and_letters_of_a_sentence_are_counted() -> None:
    found = of("Seven ships came in, and 3 went out.")
    assert found["words"] == 8
    assert found["commas"] == pytest.approx(1 / 29)
    assert found["number_words"] == pytest.approx(1 / 8)
    assert found["capital_words"] == pytest.approx(1 / 8)
    assert found["longest_word"] == 5
    assert (found["first_capital"], found["last_end"]) == (1, 1)


def test_two_characters_of_a_script_without_spaces_are_a_word() -> None:
    assert of("山里的小学校")["words"] == 3
    assert of("山里的小学校")["unspaced"] == 1


def test_a_full_stop_within_a_line_is_an_inner_end_and_the_last_one_is_not() -> None:
    assert of("One. Two. Three.")["inner_ends"] == 2
    assert of("One. Two. Three")["inner_ends"] == 2
    assert of("No end")["inner_ends"] == 0


@given(lines)
def test_a_line_has_one_first_and_one_last_character(text: str) -> None:
    found = of(text)
    assert sum(found[name] for name in FIRST) >= 1
    assert sum(found[name] for name in LAST) >= 1


@given(st.lists(lines, min_size=1, max_size=12))
def test_a_line_looks_the_same_alone_and_among_others(texts: list[str]) -> None:
    together = shapes(texts)
    for i, text in enumerate(texts):
        np.testing.assert_allclose(together[:, i], shapes([text])[:, 0], rtol=1e-5)
    assert np.isfinite(together).all()


def test_lone_surrogates_and_characters_beyond_the_basic_plane_are_read() -> None:
    assert np.isfinite(shapes(["\ud800 half", "🙂🙂", "𝒳"])).all()
