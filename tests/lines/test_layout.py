"""Where a line stands: the same as if each feature were computed by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean.lines.layout import FAR, runs, shifts, since, windows

flags = st.lists(st.booleans(), min_size=1, max_size=90)
values = st.lists(st.integers(-9, 9), min_size=1, max_size=40)


@given(flags)
def test_a_run_has_a_beginning_and_an_end(marks: list[bool]) -> None:
    low, high = runs(np.array(marks))
    for i, mark in enumerate(marks):
        first, last = i, i + 1
        while mark and first > 0 and marks[first - 1]:
            first -= 1
        while mark and last < len(marks) and marks[last]:
            last += 1
        assert (low[i], high[i]) == (first, last)


@given(flags)
def test_marks_are_counted_from_on_both_sides(marks: list[bool]) -> None:
    back, on = since(np.array([marks]))
    for i in range(len(marks)):
        before = [i - j for j in range(i) if marks[j]]
        after = [j - i for j in range(i + 1, len(marks)) if marks[j]]
        assert back[i] == min([*before, FAR])
        assert on[i] == min([*after, FAR])


@given(values)
def test_a_window_holds_the_others_and_not_the_line(row: list[int]) -> None:
    found = windows(np.array([row], dtype=np.float32), (2, 30))
    for i in range(len(row)):
        for k, width in enumerate((2, 30)):
            others = row[max(i - width, 0) : i] + row[i + 1 : i + width + 1]
            assert found[k, i] == pytest.approx(np.mean(others) if others else -1)


@given(values)
def test_a_shift_shows_another_line_or_that_there_is_none(row: list[int]) -> None:
    found = shifts(np.array([row]), (-2, 1), -99)
    for i in range(len(row)):
        assert found[0, i] == (row[i - 2] if i >= 2 else -99)
        assert found[1, i] == (row[i + 1] if i + 1 < len(row) else -99)
