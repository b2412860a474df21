"""What the lines around say: features of repetition, and of words in the neighbourhood and all over the document."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from clean.lines.layout import FAR, SHIFTS, WINDOWS, running, shifts, since, windows

MARKER = 10
"""Words of a line that may stand between items of a list."""
TOPICS = ("topic_comments", "topic_time", "topic_related", "topic_shop", "topic_navigation", "topic_newsletter")
"""Those that announce what follows."""
DIGITS = re.compile(r"\d+")
OTHER_BLANK = re.compile(r"[^\S \n]")

HERE = ("repeats", "alike", "first_word_repeats", "last_word_repeats", "markers_before")
ALL_OVER = ("markers", *(f"{name}_document" for name in TOPICS))
MARKS = ("marker", *TOPICS)
NEAR = ("lex", "topical")
AROUND = ("markers", *NEAR, *TOPICS)
NAMES = (
    *HERE,
    *ALL_OVER,
    *(f"since_{name}" for name in MARKS),
    *(f"until_{name}" for name in MARKS),
    *(f"{name}{shift:+d}" for shift in SHIFTS for name in NEAR),
    *(f"{name}_window{width}" for width in WINDOWS for name in AROUND),
)
"""Of the rows that `describe` makes, in order."""

Key = tuple[str, str, str, str]
MASK = 1
"""The part of a key without numbers."""


def keys(texts: Sequence[str]) -> list[Key]:
    """By what lines are compared: the text in lower case, the same without its numbers, its first and its last word."""
    joined = "\n".join(texts).casefold()
    framed = f"\n{joined}\n"
    usual = "  " not in joined and "\n " not in framed and " \n" not in framed and not OTHER_BLANK.search(joined)
    if not usual or joined.count("\n") >= len(texts):
        joined = "\n".join(" ".join(text.casefold().split()) for text in texts)
    return [
        (plain, mask, plain.partition(" ")[0], plain.rpartition(" ")[2].strip(":.,!"))
        for plain, mask in zip(joined.split("\n"), DIGITS.sub("0", joined).split("\n"), strict=True)
    ]


def numbered(keys: Sequence[Key]) -> Any:
    """A row for each part of the keys: a number of each line's, equal where the part is."""
    import numpy as np

    out = np.empty((4, len(keys)), dtype=np.int64)
    for row, parts in zip(out, zip(*keys, strict=True), strict=True):
        number = dict(zip(parts, range(len(parts)), strict=True))
        row[:] = np.fromiter(map(number.__getitem__, parts), np.int64, len(parts))
    return out


def describe(keys: Any, words: Any, said: Any, rows: Mapping[str, int]) -> Any:
    """A row for each of `NAMES`.

    Args:
        keys: of each line, as `numbered` makes them.
        words: how many each line has.
        said: what the lines' words say.
        rows: the rows of `said` by name.
    """
    import numpy as np

    n = keys.shape[1]
    repeats, alike, firsts, lasts = (np.minimum(np.bincount(part)[part], FAR).astype(np.float32) for part in keys)
    # What stands between the posts of a thread, the comments on an article, the items of a shelf.
    marker = (words <= MARKER) & ((alike >= 3) | (lasts >= 3))
    passed = running(marker)
    topics = np.minimum(said[[rows[name] for name in TOPICS]], 3)
    near = said[[rows[name] for name in NEAR]]

    out = np.empty((len(NAMES), n), dtype=np.float32)
    out[: len(HERE)] = (
        repeats,
        alike,
        firsts / np.sqrt(n),
        lasts / np.sqrt(n),
        passed[:-1] / max(float(passed[-1]), 1.0),
    )
    at = len(HERE)
    shares = [float(marker.mean()), *topics.mean(axis=1).tolist()]
    out[at : at + len(shares)] = np.array([round(share, 1) for share in shares])[:, None]
    at += len(shares)
    marks = np.concatenate((marker[None], (topics > 0) & (words <= MARKER)))
    around = np.concatenate((marker[None], near, topics), dtype=np.float32)
    for block in (since(marks), shifts(near, SHIFTS, 0), windows(around, WINDOWS)):
        out[at : at + len(block)] = block
        at += len(block)
    return out
