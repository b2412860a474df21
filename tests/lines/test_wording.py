"""By what lines are compared, and what the lines around one say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean.lines.wording import DIGITS, Key, keys, numbered


def alone(text: str) -> Key:
    plain = " ".join(text.casefold().split())
    return plain, DIGITS.sub("0", plain), plain.partition(" ")[0], plain.rpartition(" ")[2].strip(":.,!")


@given(st.lists(st.text(alphabet="aB1 .\t\n\u00a0ß山\u2003", max_size=12), min_size=1, max_size=6))
def test_lines_are_compared_by_the_same_together_and_alone(texts: list[str]) -> None:
    assert keys(texts) == [alone(text) for text in texts]


@pytest.mark.parametrize("other", ["PAGE  3 OF 12:", "page\t3 of 12:"])
def test_case_and_blanks_do_not_count(other: str) -> None:
    assert keys(["Page 3 of 12:", other])[0] == keys(["Page 3 of 12:", other])[1]


def test_a_key_has_the_line_its_form_and_its_ends() -> None:
    assert keys(["Page 3 of 12:"]) == [("page 3 of 12:", "page 0 of 0:", "page", "12")]


def test_parts_of_keys_that_are_equal_have_the_same_number() -> None:
    whole, form, first, last = numbered(keys(["Page 3 of 12:", "Page 4 of 12:", "Page 3 of 12:"])).tolist()
    assert whole[0] == whole[2] != whole[1]
    assert len(set(form)) == len(set(first)) == len(set(last)) == 1
