"""Where a line stands: features of its paragraph, its neighbours and its document.

Nothing here depends on what was removed before, so that a text that was cleaned is seen as it was when it came out.
Absolute positions are not among the features: they mislead on texts of another extractor. Lines are few in most
documents, and a call of numpy costs as much as a hundred lines: what can be is computed for many features at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clean.lines import shape

SHORT = 6
"""Words of a line that may be a label."""
LONG = 20
"""Words of a line that is likely a paragraph."""
SHIFTS = (-3, -2, -1, 1, 2, 3)
WINDOWS = (3, 10, 30)
FAR = 50
BUILD = (
    "first_lower",
    "first_capital",
    "first_digit",
    "first_quote",
    "first_separator",
    "first_dash",
    "first_bar",
)
ROWS = {name: row for row, name in enumerate(shape.NAMES)}

HERE = (
    *("foreign", "ruled", "group_lines", "group_words", "group_place", "alone", "blank_before", "blank_after"),
    *("against_usual", "built_alike", "built_place", "built_words", "built_spread"),
    *("prose_before", "no_prose_before", "no_prose_after"),
    *("run", "run_place", "run_words", "run_after", "run_until"),
)
OFTEN = ("first_separator", "first_dash", "first_bar", "first_lower")
ALL_OVER = (
    *("document_lines", "document_usual", "document_prose", "document_short", "document_blank_before"),
    *(f"document_{name}" for name in OFTEN),
)
MARKS = ("prose", "long")
NEAR = ("words", "ends", "ruled")
BESIDE = ("capital_words", "digits", "separators", "coded", "first_lower", "last_colon", "colons")
AROUND = ("words", "ends", "short", "ruled", "foreign", "capital_words", "coded", "commas")
NAMES = (
    *HERE,
    *ALL_OVER,
    *(f"since_{name}" for name in MARKS),
    *(f"until_{name}" for name in MARKS),
    *(f"{name}{shift:+d}" for shift in SHIFTS for name in NEAR),
    *(f"{name}{shift:+d}" for shift in (-1, 1) for name in (*BESIDE, "foreign", "same_words")),
    *(f"{name}_window{width}" for width in WINDOWS for name in AROUND),
)
"""Of the rows that `describe` makes, in order."""


def running(column: Any) -> Any:
    """Sums before each place, and of all."""
    import numpy as np

    out = np.zeros(len(column) + 1)
    np.cumsum(column, out=out[1:])
    return out


def shifts(rows: Any, distances: Sequence[int], outside: Any) -> Any:
    """The rows with the values so many lines on in each place, those of the first distance first.

    Args:
        outside: of each row, as a column, what stands where there is no line.
    """
    import numpy as np

    n, far = rows.shape[1], max(map(abs, distances))
    wide = np.empty((len(rows), n + 2 * far), dtype=np.float32)
    wide[:] = outside
    wide[:, far : far + n] = rows
    return np.concatenate([wide[:, far + distance : far + distance + n] for distance in distances])


def windows(rows: Any, widths: Sequence[int]) -> Any:
    """The mean of the other values up to so many lines away, the first width first; -1 where there are none."""
    import numpy as np

    n, far = rows.shape[1], max(widths)
    sums = np.zeros((len(rows), n + 1 + 2 * far))
    np.cumsum(rows, axis=1, out=sums[:, far + 1 : far + 1 + n])
    sums[:, far + 1 + n :] = sums[:, far + n : far + n + 1]
    place = np.arange(n)
    out = np.empty((len(widths) * len(rows), n))
    for means, width in zip(np.split(out, len(widths)), widths, strict=True):
        size = np.minimum(place + width + 1, n) - np.maximum(place - width, 0) - 1
        np.subtract(sums[:, far + width + 1 : far + width + 1 + n], sums[:, far - width : far - width + n], out=means)
        means -= rows
        means /= np.maximum(size, 1)
    if n == 1:
        out[:] = -1
    return out


def runs(flags: Any) -> tuple[Any, Any]:
    """Of each place in a run of true flags, where the run begins and where it ends; elsewhere the place itself."""
    import numpy as np

    n = len(flags)
    place = np.arange(n)
    other = np.where(flags, -1, place)
    low = np.where(flags, np.maximum.accumulate(other) + 1, place)
    other[flags] = n
    high = np.where(flags, np.minimum.accumulate(other[::-1])[::-1], place + 1)
    return low, high


def since(flags: Any) -> Any:
    """Rows of flags. Lines back to the last true one before each place, then lines on to the next; `FAR` at most."""
    import numpy as np

    kinds, n = flags.shape
    place = np.arange(n)
    last = np.full((kinds, n + 1), -FAR)
    last[:, 1:][flags] = np.nonzero(flags)[1]
    after = np.full((kinds, n + 1), n + FAR)
    after[:, :-1][flags] = np.nonzero(flags)[1]
    back = place - np.maximum.accumulate(last, axis=1)[:, :-1]
    on = np.minimum.accumulate(after[:, ::-1], axis=1)[:, -2::-1] - place
    return np.minimum(np.concatenate((back, on)), FAR)


def describe(groups: Sequence[int], foreign: Any, ruled: Any, own: Any) -> tuple[Any, dict[str, Any]]:
    """A row for each of `NAMES`, and the arrays that the second stage needs as well.

    Args:
        foreign: of each line, whether it is in a language other than the document's.
        ruled: of each line, whether a rule takes it out.
        own: the lines' shapes.
    """
    import numpy as np

    n = own.shape[1]
    place = np.arange(n)
    words = own[ROWS["words"]].astype(np.float64)
    log_words = np.log1p(words)
    short = words <= SHORT
    long = (words >= LONG) & (own[ROWS["letters"]] > 0.75)
    ends = own[ROWS["last_end"]] > 0
    prose = long & (ends | (words > 2 * LONG))
    group = np.asarray(groups)
    first = np.ones(n, dtype=bool)
    np.not_equal(group[1:], group[:-1], out=first[1:])
    number = np.cumsum(first) - 1
    start = np.flatnonzero(first)[number]
    sizes = np.bincount(number)[number]

    total_words = running(words)
    read = running(words * prose)
    total = max(float(total_words[-1]), 1.0)
    usual = _median(words[long]) if long.any() else float(LONG)

    # Lines of one build, one after another: the rows of a table, the items of a list.
    build = np.arange(1, len(BUILD) + 1) @ own[[ROWS[name] for name in BUILD]]
    changes = np.ones(n, dtype=bool)
    np.not_equal(build[1:], build[:-1], out=changes[1:])
    built = np.cumsum(changes) - 1
    size = np.bincount(built)[built]
    spread = np.bincount(built, log_words)[built] / size
    squares = np.bincount(built, log_words**2)[built] / size

    low, high = runs(short)
    lines = np.maximum(high - low, 1)

    out = np.empty((len(NAMES), n), dtype=np.float32)
    here = (
        foreign,
        ruled,
        np.minimum(sizes, FAR),
        np.log1p(np.bincount(number, words)[number]),
        (place - start) / sizes,
        sizes == 1,
        first,
        np.append(first[1:], True),
        words / usual,
        np.minimum(size, FAR),
        (place - np.flatnonzero(changes)[built]) / size,
        spread,
        np.sqrt(np.maximum(squares - spread**2, 0)),
        read[:-1] / max(float(read[-1]), 1.0),
        read[:-1] == 0,
        read[1:] == read[-1],
        np.minimum(high - low, FAR) * short,
        (place - low) / lines,
        (total_words[high] - total_words[low]) / lines,
        np.where(low > 0, log_words[np.maximum(low - 1, 0)], -1),
        np.where(high < n, log_words[np.minimum(high, n - 1)], -1),
    )
    for i, row in enumerate(here):
        out[i] = row
    at = len(here)
    shares = [float(read[-1]) / total, short.mean(), first.mean()]
    shares += own[[ROWS[name] for name in OFTEN]].mean(axis=1).tolist()
    whole = [round(float(np.log2(n))), round(usual, -1), *(round(float(share), 1) for share in shares)]
    out[at : at + len(whole)] = np.array(whole)[:, None]
    at += len(whole)

    blocks = [since(np.stack((prose, long)))]
    blocks.append(shifts(np.stack((log_words, ends, ruled)), SHIFTS, -1))
    beside = np.concatenate((own[[ROWS[name] for name in BESIDE]], (foreign, words)))
    outside = np.array([*[-1] * (len(beside) - 1), -9])[:, None]
    next_to = shifts(beside, (-1, 1), outside)
    next_to[len(beside) - 1 :: len(beside)] -= beside[-1]
    blocks.append(next_to)
    others = own[[ROWS[name] for name in ("capital_words", "coded", "commas")]]
    around = np.concatenate(((log_words, ends, short, ruled, foreign), others), dtype=np.float32)
    blocks.append(windows(around, WINDOWS))
    for block in blocks:
        out[at : at + len(block)] = block
        at += len(block)
    shared = {"words": words, "group": number, "low": low, "high": high, "long": long}
    return out, shared


def _median(values: Any) -> float:
    import numpy as np

    middle = len(values) // 2
    ordered = np.sort(values)
    return float(ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2)
