"""From probabilities to lines that go. What is risked is counted in words of content that would be lost."""

from __future__ import annotations

from typing import Any

USUAL_WORDS = 8
"""Words of a line to which the threshold applies as it stands."""
FEWEST_WORDS = 4
"""Shorter lines are taken for as long: a signature, a number, the last word of a poem."""

FLOOR = 0.3
"""Words of content that may be expected to go from the shortest document."""


def chosen(probability: Any, words: Any, threshold: float, budget: float) -> Any:
    """Of each line, whether it goes.

    What a wrong decision costs grows with the line's words, what a right one gains hardly does: the odds that a line
    needs grow with the root of its words. A document that looks like no other makes many errors of one kind, so that
    it must not lose more than a `budget`: the share of its words of content that the probabilities let expect to go,
    or `FLOOR` words.
    """
    import numpy as np

    p = np.minimum(probability.astype(np.float64), 1 - 1e-6)
    odds = p / (1 - p) / _cost(words)
    goes = odds * (1 - threshold) > threshold
    words = np.maximum(words, 1)
    loss = (1 - p) * words
    order = np.argsort(-odds, kind="stable")
    affordable = np.empty(len(p), dtype=bool)
    affordable[order] = np.cumsum(np.where(goes, loss, 0)[order]) <= max(budget * loss.sum(), FLOOR)
    return goes & affordable


def needed(words: Any, threshold: float) -> Any:
    """The probability above which a line of so many words goes."""
    odds = threshold * _cost(words)
    return odds / (odds + 1 - threshold)


def _cost(words: Any) -> Any:
    """By how much the odds must be better than for a line of the usual length."""
    import numpy as np

    return np.sqrt(np.maximum(words, FEWEST_WORDS) / USUAL_WORDS)
