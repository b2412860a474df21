"""The learned words: what those of a line say, for all lines of a document at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain, repeat
from typing import Any, NamedTuple

from clean.lines import words

LIKELY = (1 << 18) - 1
"""Bits of a pair's number that are looked at before it is searched for."""


class Tables(NamedTuple):
    """Weights by the numbers of words, NaN where there is none; 0 is the number of any other word."""

    numbers: Mapping[str, int]
    single: Any
    first: Any
    last: Any
    pairs: Any
    """Of pairs that have a weight, in order: the first word's number times how many there are, plus the second's; then
    a number above all."""
    pair_weights: Any
    """Those of `pairs`."""
    likely: Any
    """By the last bits of a pair's number, whether any pair that has a weight ends in them."""


class Lexicon:
    """Weights of words and pairs of words, as `words.grams` names them; above 0 speaks for chrome."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self.weights = weights

    def __reduce__(self) -> tuple[type[Lexicon], tuple[Mapping[str, float]]]:
        return type(self), (self.weights,)

    @cached_property
    def _tables(self) -> Tables:
        import numpy as np

        numbers: dict[str, int] = {}
        pairs: list[tuple[int, int, float]] = []
        alone: list[tuple[int, int, float]] = []
        for gram, weight in self.weights.items():
            marked = gram.startswith("^"), gram.endswith("$")
            parts = [numbers.setdefault(part, len(numbers) + 1) for part in gram.strip("^$").split(" ")]
            if len(parts) == 2 and not any(marked):
                pairs.append((parts[0], parts[1], weight))
            elif len(parts) == 1 and not all(marked):
                alone.append((marked.index(True) + 1 if any(marked) else 0, parts[0], weight))
        of_one = np.full((3, len(numbers) + 1), np.nan)
        for kind, word, weight in alone:
            of_one[kind, word] = weight
        codes = np.array([first * of_one.shape[1] + second for first, second, _ in pairs], dtype=np.int64)
        order = np.argsort(codes)
        weights = np.array([weight for _, _, weight in pairs], dtype=np.float64)
        beyond = np.iinfo(np.int64).max
        likely = np.zeros(LIKELY + 1, dtype=bool)
        likely[codes & LIKELY] = True
        return Tables(
            numbers,
            of_one[0],
            of_one[1],
            of_one[2],
            np.append(codes[order], beyond),
            np.append(weights[order], np.nan),
            likely,
        )

    def weigh(self, lines: Sequence[Sequence[str]]) -> Any:
        """Rows for lines of words, none of them empty: sum, highest, lowest, 1, sum by the root of how many."""
        import numpy as np

        tables = self._tables
        sizes = np.fromiter(map(len, lines), np.int64, len(lines))
        ends = np.cumsum(sizes)
        starts = ends - sizes
        numbers = np.fromiter(map(tables.numbers.get, chain.from_iterable(lines), repeat(0)), np.int64, int(ends[-1]))
        inner = np.full((2, len(numbers)), np.nan)
        inner[0] = tables.single[numbers]
        codes = numbers * len(tables.single)
        codes[:-1] += numbers[1:]
        codes[ends - 1] = 0
        maybe = np.flatnonzero(tables.likely[codes & LIKELY])
        codes = codes[maybe]
        place = np.searchsorted(tables.pairs, codes)
        inner[1, maybe] = np.where(tables.pairs[place] == codes, tables.pair_weights[place], np.nan)
        whole = self.weights.get
        outer = np.array(
            [
                tables.first[numbers[starts]],
                tables.last[numbers[ends - 1]],
                [whole(f"^{' '.join(line)}$", np.nan) if len(line) <= words.WHOLE else np.nan for line in lines],
            ]
        )
        there, outside = ~np.isnan(inner), ~np.isnan(outer)
        size = np.add.reduceat(there.sum(axis=0), starts) + outside.sum(axis=0)
        total = np.add.reduceat(np.where(there, inner, 0).sum(axis=0), starts) + np.where(outside, outer, 0).sum(axis=0)
        highest = np.fmax(np.fmax.reduceat(np.fmax(*inner), starts), np.fmax.reduce(outer))
        lowest = np.fmin(np.fmin.reduceat(np.fmin(*inner), starts), np.fmin.reduce(outer))
        none = size == 0
        highest[none] = lowest[none] = 0
        return np.array((total, highest, lowest, np.ones(len(size)), total / np.sqrt(np.maximum(size, 1))))
