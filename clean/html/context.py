"""What the first stage says of a block's surroundings: the features of the second stage."""

from __future__ import annotations

from typing import Any

SHIFTS = (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5)
WINDOWS = (2, 4, 8, 15, 30)
CONFIDENT = 0.8


def surroundings(probability: Any, shared: dict[str, Any]) -> dict[str, Any]:
    """Named columns, from the first stage's probabilities and the arrays that `features.describe` shares."""
    import numpy as np

    n = len(probability)
    words = np.maximum(shared["words"], 0.5)
    position = np.arange(n)
    expected = _running(probability * words)
    size = _running(words)
    total = max(float(size[-1]), 1.0)
    out: dict[str, Any] = {"p": probability}

    for shift in SHIFTS:
        moved = np.full(n, -1.0, dtype=np.float32)
        if shift > 0:
            moved[:-shift] = probability[shift:]
        else:
            moved[-shift:] = probability[:shift]
        out[f"p{shift:+d}"] = moved
    for width in WINDOWS:
        start, end = np.maximum(position - width, 0), np.minimum(position + width + 1, n)
        out[f"p_window{width}"] = (expected[end] - expected[start]) / (size[end] - size[start])
    out["p_before"] = expected[:-1] / np.maximum(size[:-1], 0.5)
    out["p_after"] = (expected[-1] - expected[1:]) / np.maximum(size[-1] - size[1:], 0.5)
    out["content_before"] = expected[:-1] / max(float(expected[-1]), 0.5)
    for hop, holder in enumerate(shared["holders"]):
        start, end = shared["low"][holder], shared["high"][holder]
        held = np.maximum(size[end] - size[start], 0.5)
        out[f"p_c{hop}"] = (expected[end] - expected[start]) / held
        out[f"p_c{hop}_others"] = (expected[end] - expected[start] - probability * words) / np.maximum(
            held - words, 0.5
        )
    same = shared["same"]
    if n:
        weight = np.bincount(same, words)
        held = np.bincount(same, probability * words)
        out["p_path"] = (held / weight)[same]
        out["p_path_others"] = np.where(
            weight[same] > words, (held[same] - probability * words) / np.maximum(weight[same] - words, 0.5), -1
        )
    else:
        out["p_path"] = out["p_path_others"] = probability
    order = np.argsort(-probability, kind="stable")
    rank = np.empty(n, dtype=np.float32)
    rank[order] = position
    out["p_rank"] = rank / max(n, 1)
    covered = np.cumsum(words[order])
    gained = np.cumsum((probability * words)[order])
    score = 2 * gained / (covered + max(float(expected[-1]), 0.5))
    best = float(probability[order[int(np.argmax(score))]]) if n else 0.0
    out["p_gap"] = probability - best
    out["p_best_f1"] = np.full(n, float(score.max()) if n else 0.0)
    out["p_page"] = np.full(n, float(expected[-1]) / total)
    out["p_most"] = np.full(n, float(probability.max(initial=0.0)))
    sure = np.flatnonzero((probability > CONFIDENT) & shared["long"])
    before = np.full(n, -1.0)
    after = np.full(n, -1.0)
    if len(sure):
        at = np.searchsorted(sure, position, side="right") - 1
        before = np.where(at >= 0, position - sure[np.maximum(at, 0)], -1)
        at = np.searchsorted(sure, position, side="left")
        after = np.where(at < len(sure), sure[np.minimum(at, len(sure) - 1)] - position, -1)
    out["since_sure"] = before
    out["until_sure"] = after
    return out


def _running(column: Any) -> Any:
    import numpy as np

    return np.concatenate(([0.0], np.cumsum(column, dtype=np.float64)))
