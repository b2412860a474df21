"""Counting within bounds gives what counting without would, whatever the order."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clean.suggest import counter
from clean.suggest.evidence import EXACT, SAMPLES, Distinct, Sample, number

KEYS = st.lists(st.lists(st.integers(1, 2**64 - 1) | st.integers(1, 9), max_size=12), max_size=20)


@given(KEYS, st.integers(1, 4), st.integers(1, 30))
def test_keys_are_counted_as_in_memory(groups: list[list[int]], minimum: int, run: int) -> None:
    with counter.Counter(run) as found:
        for group in groups:
            found.add(np.array(group, np.uint64))
        frequent = found.frequent(minimum, 1000).tolist()
    counts = Counter(key for group in groups for key in group)
    assert frequent == sorted(key for key, times in counts.items() if times >= minimum)


def test_of_too_many_keys_the_most_frequent_stay() -> None:
    with counter.Counter(4) as found:
        for group in ([5, 7, 9], [5, 7], [9, 5], [11, 11, 3]):
            found.add(np.array(group, np.uint64))
        assert found.frequent(1, 3).tolist() == [5, 7, 9]


def test_few_distinct_things_are_counted_exactly() -> None:
    distinct = Distinct()
    for i in range(EXACT - 1):
        distinct.add(number(str(i)))
        distinct.add(number(str(i)))
    assert distinct.count == EXACT - 1


def test_many_distinct_things_are_estimated() -> None:
    distinct = Distinct()
    for i in range(10_000):
        distinct.add(number(str(i)))
    assert 7_000 < distinct.count < 13_000


@given(st.permutations([str(i) for i in range(3 * SAMPLES)]))
def test_a_sample_does_not_depend_on_the_order(lines: list[str]) -> None:
    forth, back = Sample(), Sample()
    for line in lines:
        forth.add(f"line {line}")
        back.add(f"LINE {line}")
    for line in reversed(lines):
        forth.add(f"LINE {line}")
        back.add(f"line {line}")
    assert forth.lines == back.lines
    assert len(forth.lines) == SAMPLES
    assert all(line.startswith("line") for line in forth.lines)


@given(st.permutations([number(str(i)) for i in range(5 * EXACT)]))
def test_an_estimate_does_not_depend_on_the_order(numbers: list[int]) -> None:
    forth, back = Distinct(), Distinct()
    for found in numbers:
        forth.add(found)
    for found in reversed(numbers):
        back.add(found)
    assert forth.count == back.count
