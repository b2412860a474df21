"""What the first stage says of a line's surroundings: the features of the second stage."""

from __future__ import annotations

from typing import Any

from clean.lines.layout import running, shifted, since, windows

SHIFTS = (-4, -3, -2, -1, 1, 2, 3, 4)
WINDOWS = (2, 5, 12, 30)
SURE = 0.25
"""A long line with a lower probability of being chrome is a piece of the text proper."""


def surroundings(probability: Any, shared: dict[str, Any]) -> dict[str, Any]:
    """Named columns, from the first stage's probabilities and the arrays that `layout.describe` shares."""
    import numpy as np

    n = len(probability)
    p = np.asarray(probability, dtype=np.float64)
    words = np.maximum(shared["words"], 0.5)
    place = np.arange(n)
    out: dict[str, Any] = {"p": p}
    for shift in SHIFTS:
        out[f"p{shift:+d}"] = shifted(p, shift, -1)
    for width in WINDOWS:
        out[f"p_window{width}"] = windows(p[None], width)[0]
    out["p_lowest2"] = np.minimum(_nearest(p, -1, 1.0), _nearest(p, 1, 1.0))
    out["p_highest2"] = np.maximum(_nearest(p, -1, 0.0), _nearest(p, 1, 0.0))
    sums, sizes = running(p * words), running(words)
    out["p_before"] = np.where(place > 0, sums[:-1] / np.maximum(sizes[:-1], 0.5), -1)
    out["p_after"] = np.where(place < n - 1, (sums[-1] - sums[1:]) / np.maximum(sizes[-1] - sizes[1:], 0.5), -1)
    kept = running((1 - p) * words)
    out["content_before"] = kept[:-1] / max(float(kept[-1]), 0.5)
    out["content"] = np.full(n, float(kept[-1]) / float(sizes[-1]))
    group = shared["group"]
    lines = np.bincount(group)
    out["p_group"] = np.where(
        lines[group] > 1, (np.bincount(group, p)[group] - p) / np.maximum(lines[group] - 1, 1), -1
    )
    low, high = shared["low"], shared["high"]
    plain = running(p)
    out["p_run"] = np.where(high - low > 1, (plain[high] - plain[low] - p) / np.maximum(high - low - 1, 1), -1)
    codes: dict[str, int] = {}
    alike = np.fromiter((codes.setdefault(mask, len(codes)) for mask in shared["masks"]), np.int64, n)
    many = np.bincount(alike)[alike]
    out["p_alike"] = np.where(many > 1, (np.bincount(alike, p)[alike] - p) / np.maximum(many - 1, 1), -1)
    back, on = since(shared["long"] & (p < SURE))
    out["since_text"], out["until_text"] = back, on
    back, on = since(p > 1 - SURE)
    out["since_chrome"], out["until_chrome"] = back, on
    out["p_rank"] = np.argsort(np.argsort(p, kind="stable"), kind="stable") / n
    return out


def _nearest(p: Any, step: int, outside: float) -> Any:
    import numpy as np

    a, b = shifted(p, step, outside), shifted(p, 2 * step, outside)
    return np.minimum(a, b) if outside else np.maximum(a, b)
