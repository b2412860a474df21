"""Where a line stands: features of its paragraph, its neighbours and its document.

Nothing here depends on what was removed before, so that a text that was cleaned is seen as it was when it came out.
Absolute positions are not among the features: they mislead on texts of another extractor. Lines are few in most
documents, and a call of numpy costs as much as a hundred lines: what can be is computed for many features at once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

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
MARKER = 10
"""Words of a line that may stand between items of a list."""
TOPICS = ("topic_comments", "topic_time", "topic_related", "topic_shop", "topic_navigation", "topic_newsletter")
"""Those that announce what follows."""
DIGITS = re.compile(r"\d+")
UNUSUAL_BLANKS = re.compile(r"[^\S \n]|^ | $|  ", re.MULTILINE)
"""Blanks that `str.split` would not leave as they are."""

HERE = (
    *("foreign", "ruled", "group_lines", "group_words", "group_place", "alone", "blank_before", "blank_after"),
    *("against_usual", "repeats", "alike", "first_word_repeats", "last_word_repeats", "markers_before"),
    *("built_alike", "built_place", "built_words", "built_spread"),
    *("prose_before", "no_prose_before", "no_prose_after"),
    *("run", "run_place", "run_words", "run_after", "run_until"),
)
OFTEN = ("first_separator", "first_dash", "first_bar", "first_lower")
ALL_OVER = (
    *("document_lines", "document_usual", "document_prose", "document_short", "markers", "document_blank_before"),
    *(f"document_{name}" for name in OFTEN),
    *(f"{name}_document" for name in TOPICS),
)
MARKS = ("marker", "prose", "long", *TOPICS)
NEAR = {"words": -1, "lex": 0, "topical": 0, "ends": -1, "ruled": -1}
"""Seen of each line up to three lines away, with what stands for a line where there is none."""
BESIDE = ("capital_words", "digits", "separators", "coded", "first_lower", "last_colon", "colons")
AROUND = (
    *("words", "ends", "short", "ruled", "foreign", "markers"),
    *("lex", "topical", "capital_words", "coded", "commas"),
    *TOPICS,
)
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

Key = tuple[str, str, str, str]


def keys(texts: Sequence[str]) -> list[Key]:
    """By what lines are compared: the text in lower case, the same without its numbers, its first and its last word."""
    joined = "\n".join(texts).casefold()
    if UNUSUAL_BLANKS.search(joined) or joined.count("\n") >= len(texts):
        joined = "\n".join(" ".join(text.casefold().split()) for text in texts)
    return [
        (plain, mask, plain.partition(" ")[0], plain.rpartition(" ")[2].strip(":.,!"))
        for plain, mask in zip(joined.split("\n"), DIGITS.sub("0", joined).split("\n"), strict=True)
    ]


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
    """The mean of the other values up to so many lines away, those of the first width first; -1 where there are none."""
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


def describe(
    keys: Sequence[Key],
    groups: Sequence[int],
    foreign: Any,
    ruled: Any,
    own: Any,
    rows: Mapping[str, int],
) -> tuple[Any, dict[str, Any]]:
    """A row for each of `NAMES`, and the arrays that the second stage needs as well.

    Args:
        keys: of each line, as `keys` makes them.
        foreign: of each line, whether it is in a language other than the document's.
        ruled: of each line, whether a rule takes it out.
        own: what the lines say for themselves.
        rows: the rows of `own` by name.
    """
    import numpy as np

    n = len(keys)
    place = np.arange(n)
    words = own[rows["words"]].astype(np.float64)
    log_words = np.log1p(words)
    short = words <= SHORT
    long = (words >= LONG) & (own[rows["letters"]] > 0.75)
    ends = own[rows["last_end"]] > 0
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
    plain, masks, begins, stops = zip(*keys, strict=True)
    repeats, alike, firsts, lasts = (np.minimum(_counts(values), FAR) for values in (plain, masks, begins, stops))
    # What stands between the posts of a thread, the comments on an article, the items of a shelf.
    marker = (words <= MARKER) & ((alike >= 3) | (lasts >= 3))
    passed = running(marker)
    topics = np.minimum(own[[rows[name] for name in TOPICS]], 3)

    # Lines of one build, one after another: the rows of a table, the items of a list.
    build = np.arange(1, len(BUILD) + 1) @ own[[rows[name] for name in BUILD]]
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
        repeats,
        alike,
        firsts / np.sqrt(n),
        lasts / np.sqrt(n),
        passed[:-1] / max(float(passed[-1]), 1.0),
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
    shares = [float(read[-1]) / total, short.mean(), marker.mean(), first.mean()]
    shares += own[[rows[name] for name in OFTEN]].mean(axis=1).tolist()
    shares += topics.mean(axis=1).tolist()
    whole = [round(float(np.log2(n))), round(usual, -1), *(round(float(share), 1) for share in shares)]
    out[at : at + len(whole)] = np.array(whole)[:, None]
    at += len(whole)

    said = (topics > 0) & (words <= MARKER)
    blocks = [since(np.concatenate(((marker, prose, long), said)))]
    lexical = own[[rows["lex"], rows["topical"]]]
    near = np.concatenate(((log_words,), lexical, (ends, ruled)))
    blocks.append(shifts(near, SHIFTS, np.array([*NEAR.values()])[:, None]))
    beside = np.concatenate((own[[rows[name] for name in BESIDE]], (foreign, words)))
    outside = np.array([*[-1] * (len(beside) - 1), -9])[:, None]
    next_to = shifts(beside, (-1, 1), outside)
    next_to[len(beside) - 1 :: len(beside)] -= beside[-1]
    blocks.append(next_to)
    others = own[[rows[name] for name in ("capital_words", "coded", "commas")]]
    around = np.concatenate(((log_words, ends, short, ruled, foreign, marker), lexical, others, topics))
    blocks.append(windows(around.astype(np.float32), WINDOWS))
    for block in blocks:
        out[at : at + len(block)] = block
        at += len(block)
    shared = {"words": words, "group": number, "low": low, "high": high, "long": long, "masks": masks}
    return out, shared


def _counts(values: Sequence[str]) -> Any:
    """Of each value, how often it is there."""
    import numpy as np

    return np.fromiter(map(Counter(values).__getitem__, values), np.float32, len(values))


def _median(values: Any) -> float:
    import numpy as np

    middle = len(values) // 2
    ordered = np.sort(values)
    return float(ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2)
