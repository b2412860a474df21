"""What the first stage says of a line's surroundings: the features of the second stage."""

from __future__ import annotations

from typing import Any

from clean.lines.layout import running, shifts, since, windows
from clean.lines.wording import MASK

SHIFTS = (-4, -3, -2, -1, 1, 2, 3, 4)
WINDOWS = (2, 5, 12, 30)
SURE = 0.25
"""A long line with a lower probability of being chrome is a piece of the text proper."""

HERE = (
    *("p", "p_lowest2", "p_highest2", "p_before", "p_after", "content_before", "content"),
    *("p_group", "p_run", "p_alike", "p_rank"),
)
NAMES = (
    *HERE,
    *("since_text", "since_chrome", "until_text", "until_chrome"),
    *(f"p{shift:+d}" for shift in SHIFTS),
    *(f"p_window{width}" for width in WINDOWS),
)
"""Of the rows that `surroundings` makes, in order."""


def surroundings(probability: Any, keys: Any, shared: dict[str, Any]) -> Any:
    """A row for each of `NAMES`, from the first stage's probabilities.

    Args:
        keys: of each line, as `wording.numbered` makes them.
        shared: what `layout.describe` shares.
    """
    import numpy as np

    n = len(probability)
    p = np.asarray(probability, dtype=np.float64)
    words = np.maximum(shared["words"], 0.5)
    group, low, high = shared["group"], shared["low"], shared["high"]
    near = shifts(p[None], SHIFTS, -1)
    two = near[2:6]
    sums, sizes, kept, plain = running(p * words), running(words), running((1 - p) * words), running(p)
    before = sums[:-1] / np.maximum(sizes[:-1], 0.5)
    before[0] = -1
    after = (sums[-1] - sums[1:]) / np.maximum(sizes[-1] - sizes[1:], 0.5)
    after[-1] = -1
    out = np.empty((len(NAMES), n), dtype=np.float32)
    here = (
        p,
        np.where(two < 0, 1, two).min(axis=0),
        np.maximum(two, 0).max(axis=0),
        before,
        after,
        kept[:-1] / max(float(kept[-1]), 0.5),
        float(kept[-1]) / float(sizes[-1]),
        _others(group, p),
        np.where(high - low > 1, (plain[high] - plain[low] - p) / np.maximum(high - low - 1, 1), -1),
        _others(keys[MASK], p),
        np.argsort(np.argsort(p, kind="stable"), kind="stable") / n,
    )
    for i, row in enumerate(here):
        out[i] = row
    at = len(here)
    marks = since(np.stack((shared["long"] & (p < SURE), p > 1 - SURE)))
    for block in (marks, near, windows(p[None], WINDOWS)):
        out[at : at + len(block)] = block
        at += len(block)
    return out


def _others(kind: Any, p: Any) -> Any:
    """The mean of the other lines of the same kind; -1 where there are none."""
    import numpy as np

    many = np.bincount(kind)[kind]
    return np.where(many > 1, (np.bincount(kind, p)[kind] - p) / np.maximum(many - 1, 1), -1)
