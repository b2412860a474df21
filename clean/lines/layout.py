"""Where a line stands: features of its paragraph, its neighbours and its document.

Nothing here depends on what was removed before, so that a text that was cleaned is seen as it was when it came out.
Absolute positions are not among the features: they mislead on texts of another extractor.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
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


Key = tuple[str, str, str, str]


def key(text: str) -> Key:
    """By what lines are compared: the text in lower case, the same without its numbers, its first and its last word."""
    plain = " ".join(text.casefold().split())
    mask = DIGITS.sub("0", plain)
    return plain, mask, plain.partition(" ")[0], plain.rpartition(" ")[2].strip(":.,!")


def running(column: Any) -> Any:
    """Sums before each place, and of all."""
    import numpy as np

    return np.concatenate(([0.0], np.cumsum(column, dtype=np.float64)))


def shifted(column: Any, shift: int, outside: float) -> Any:
    """The column with the value `shift` lines on in each place."""
    import numpy as np

    out = np.full(len(column), outside, dtype=np.float32)
    if abs(shift) < len(column):
        if shift > 0:
            out[:-shift] = column[shift:]
        else:
            out[-shift:] = column[:shift]
    return out


def windows(columns: Any, width: int) -> Any:
    """The mean of the other values up to `width` lines away, for rows of columns; -1 where there are none."""
    import numpy as np

    n = columns.shape[-1]
    sums = np.zeros((len(columns), n + 1))
    np.cumsum(columns, axis=1, out=sums[:, 1:])
    place = np.arange(n)
    low, high = np.maximum(place - width, 0), np.minimum(place + width + 1, n)
    size = high - low - 1
    means = (sums[:, high] - sums[:, low] - columns) / np.maximum(size, 1)
    means[:, size == 0] = -1
    return means


def runs(flags: Any) -> tuple[Any, Any]:
    """Of each place in a run of true flags, where the run begins and where it ends; elsewhere the place itself."""
    import numpy as np

    n = len(flags)
    place = np.arange(n)
    edge = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    begins, ends = edge[::2], edge[1::2]
    run = np.searchsorted(begins, place, side="right") - 1
    low = np.where(flags, begins[np.maximum(run, 0)] if len(begins) else place, place)
    high = np.where(flags, ends[np.maximum(run, 0)] if len(ends) else place + 1, place + 1)
    return low, high


def since(flags: Any) -> tuple[Any, Any]:
    """Lines back to the last true flag before each place, and on to the next; `FAR` at most."""
    import numpy as np

    n = len(flags)
    place = np.arange(n)
    marks = np.flatnonzero(flags)
    if not len(marks):
        return np.full(n, FAR), np.full(n, FAR)
    before = np.searchsorted(marks, place, side="left") - 1
    after = np.searchsorted(marks, place, side="right")
    back = np.where(before >= 0, place - marks[np.maximum(before, 0)], FAR)
    on = np.where(after < len(marks), marks[np.minimum(after, len(marks) - 1)] - place, FAR)
    return np.minimum(back, FAR), np.minimum(on, FAR)


def describe(
    keys: Sequence[Key],
    groups: Sequence[int],
    foreign: Any,
    ruled: Any,
    own: dict[str, Any],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Named columns, and the arrays that the second stage needs as well.

    Args:
        keys: of each line, as `key` makes them.
        foreign: of each line, whether it is in a language other than the document's.
        ruled: of each line, whether a rule takes it out.
        own: the columns of the lines themselves.
    """
    import numpy as np

    n = len(keys)
    words = own["words"].astype(np.float64)
    log_words = np.log1p(words)
    short = words <= SHORT
    long = (words >= LONG) & (own["letters"] > 0.75)
    ends = own["last_end"] > 0
    prose = long & (ends | (words > 2 * LONG))
    group = np.asarray(groups)
    first = np.concatenate(([True], group[1:] != group[:-1]))
    start = np.maximum.accumulate(np.where(first, np.arange(n), 0))
    number = np.cumsum(first) - 1
    sizes = np.bincount(number)[number]
    weight = np.bincount(number, words)[number]
    out: dict[str, Any] = {
        "foreign": foreign,
        "ruled": ruled,
        "group_lines": np.minimum(sizes, FAR),
        "group_words": np.log1p(weight),
        "group_place": (np.arange(n) - start) / sizes,
        "alone": sizes == 1,
        "blank_before": first,
        "blank_after": np.concatenate((first[1:], [True])),
    }

    total = max(float(words.sum()), 1.0)
    out["document_short"] = np.full(n, round(float(short.mean()), 1))
    out["document_prose"] = np.full(n, round(float((words * prose).sum()) / total, 1))
    usual = float(np.median(words[long])) if long.any() else LONG
    out["against_usual"] = words / usual

    counted = [Counter(values) for values in zip(*keys, strict=True)]
    repeats, alike, firsts, lasts = (
        np.fromiter((count[value] for value in values), np.float32, n)
        for count, values in zip(counted, zip(*keys, strict=True), strict=True)
    )
    out["repeats"] = np.minimum(repeats, FAR)
    out["alike"] = np.minimum(alike, FAR)
    out["first_word_repeats"] = np.minimum(firsts, FAR) / np.sqrt(n)
    often = np.minimum(lasts, FAR)
    out["last_word_repeats"] = often / np.sqrt(n)
    # What stands between the posts of a thread, the comments on an article, the items of a shelf.
    marker = (words <= MARKER) & ((alike >= 3) | (often >= 3))
    back, on = since(marker)
    out["since_marker"], out["until_marker"] = back, on
    out["markers"] = np.full(n, round(float(marker.mean()), 1))
    passed = running(marker)
    out["markers_before"] = passed[:-1] / max(float(passed[-1]), 1.0)
    for name in TOPICS:
        found = np.minimum(own[name], 3)
        out[f"{name}_document"] = np.full(n, round(float(found.mean()), 1))
        back, on = since((found > 0) & (words <= MARKER))
        out[f"since_{name}"], out[f"until_{name}"] = back, on

    # Lines of one build, one after another: the rows of a table, the items of a list.
    build = np.zeros(n)
    for k, name in enumerate(BUILD):
        build = build + own[name] * (k + 1)
    same = np.concatenate(([False], build[1:] == build[:-1]))
    starts = np.maximum.accumulate(np.where(same, 0, np.arange(n)))
    size = np.bincount(starts, minlength=n)[starts]
    out["built_alike"] = np.minimum(size, FAR)
    out["built_place"] = (np.arange(n) - starts) / size
    spread = np.bincount(starts, log_words, minlength=n)[starts] / size
    out["built_words"] = spread
    out["built_spread"] = np.sqrt(
        np.maximum(np.bincount(starts, log_words**2, minlength=n)[starts] / size - spread**2, 0)
    )
    for name in ("first_separator", "first_dash", "first_bar", "first_lower", "blank_before"):
        column = first if name == "blank_before" else own[name]
        out[f"document_{name}"] = np.full(n, round(float(np.mean(column)), 1))
    out["document_lines"] = np.full(n, round(float(np.log2(n))))
    out["document_usual"] = np.full(n, round(usual, -1))

    back, on = since(prose)
    out["since_prose"], out["until_prose"] = back, on
    back, on = since(long)
    out["since_long"], out["until_long"] = back, on
    read = running(words * prose)
    out["prose_before"] = read[:-1] / max(float(read[-1]), 1.0)
    out["no_prose_before"] = read[:-1] == 0
    out["no_prose_after"] = read[1:] == read[-1]
    low, high = runs(short)
    out["run"] = np.minimum(high - low, FAR) * short
    out["run_place"] = (np.arange(n) - low) / np.maximum(high - low, 1)
    total_words = running(words)
    out["run_words"] = (total_words[high] - total_words[low]) / np.maximum(high - low, 1)
    before, after = np.maximum(low - 1, 0), np.minimum(high, n - 1)
    out["run_after"] = np.where(low > 0, np.log1p(words[before]), -1)
    out["run_until"] = np.where(high < n, np.log1p(words[after]), -1)

    for shift in SHIFTS:
        out[f"words{shift:+d}"] = shifted(log_words, shift, -1)
        out[f"lex{shift:+d}"] = shifted(own["lex"], shift, 0)
        out[f"topical{shift:+d}"] = shifted(own["topical"], shift, 0)
        out[f"ends{shift:+d}"] = shifted(ends, shift, -1)
        out[f"ruled{shift:+d}"] = shifted(ruled, shift, -1)
    for shift in (-1, 1):
        for name in ("capital_words", "digits", "separators", "coded", "first_lower", "last_colon", "colons"):
            out[f"{name}{shift:+d}"] = shifted(own[name], shift, -1)
        out[f"same_words{shift:+d}"] = shifted(words, shift, -9) - words
        out[f"foreign{shift:+d}"] = shifted(foreign, shift, -1)
    seen = {
        "words": log_words,
        "lex": own["lex"],
        "topical": own["topical"],
        "ends": ends,
        "short": short,
        "ruled": ruled,
        "capital_words": own["capital_words"],
        "coded": own["coded"],
        "foreign": foreign,
        "commas": own["commas"],
        "markers": marker,
        **{name: np.minimum(own[name], 3) for name in TOPICS},
    }
    columns = np.stack([np.asarray(column, dtype=np.float32) for column in seen.values()])
    for width in WINDOWS:
        for name, means in zip(seen, windows(columns, width), strict=True):
            out[f"{name}_window{width}"] = means
    shared = {
        "words": words,
        "group": number,
        "low": low,
        "high": high,
        "long": long,
        "masks": [mask for _, mask, _, _ in keys],
        "prose": prose,
    }
    return out, shared
