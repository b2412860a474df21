"""What a line looks like: features of its characters alone, the same in every language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clean.lines import characters as c

FIRST = (
    "first_lower",
    "first_capital",
    "first_digit",
    "first_quote",
    "first_separator",
    "first_dash",
    "first_bar",
    "first_other",
)
LAST = (
    "last_end",
    "last_colon",
    "last_comma",
    "last_letter",
    "last_digit",
    "last_quote",
    "last_separator",
    "last_bar",
    "last_other",
)
NAMES = (
    "chars",
    "words",
    "letters",
    "capitals",
    "digits",
    "ends",
    "commas",
    "separators",
    "coded",
    "quotes",
    "unspaced",
    "others",
    "colons",
    "bars",
    "word_length",
    "longest_word",
    "capital_words",
    "number_words",
    "inner_ends",
    "chars_a_break",
    *FIRST,
    *LAST,
)
"""Counts of characters are shares of what is not blank; `capitals` of letters, the words' counts of words."""


def shapes(texts: Sequence[str]) -> Any:
    """The features of each line: a row for each of `NAMES`, a column for each text, none of them empty."""
    import numpy as np

    found = c.read(texts)
    lengths = found.lengths
    of_ink = found.totals((c.DIGIT, c.END, c.COMMA, c.SEPARATOR, c.CODED, c.QUOTE, c.UNSPACED, c.OTHER, c.COLON))
    capitals, bars, blanks, letters = found.totals((c.CAPITAL, c.BAR, c.BLANK, c.LETTER))
    ink = np.maximum(lengths - (blanks - 1), 1).astype(np.float32)  # the last blank is the one that follows
    of_unspaced = of_ink[6]
    # An apostrophe within a word makes two of it: rare enough, and the same for every line.
    in_words = ((found.bits & (c.LETTER | c.DIGIT)) > 0) & ((found.bits & c.UNSPACED) == 0)
    wordish = in_words[found.kinds]
    begins = wordish.copy()
    begins[1:] &= ~wordish[:-1]
    begins = np.flatnonzero(begins)
    spaced = found.each(begins)
    words = spaced + of_unspaced / 2
    some = np.maximum(words, 1)
    ends = np.flatnonzero(found.are(c.END))
    follows = found.bits[found.kinds[ends + 1]]
    breaks = found.each(ends, (follows & c.BLANK) > 0)  # the last one is followed by the line break
    initials = found.bits[found.kinds[begins]]
    first = found.bits[found.kinds[found.starts]]
    last = found.bits[found.kinds[found.starts + lengths - 1]]
    is_first = (first & _column((c.LETTER, c.CAPITAL, c.DIGIT, c.QUOTE, c.SEPARATOR, c.DASH, c.BAR))) > 0
    is_first[0] &= ~is_first[1]
    is_last = (last & _column((c.END, c.COLON, c.COMMA, c.LETTER, c.DIGIT, c.QUOTE, c.SEPARATOR, c.BAR))) > 0
    alone = (
        np.log1p(lengths),
        words,
        letters / ink,
        capitals / np.maximum(letters, 1),
        *of_ink / ink,
        bars,
        found.counts[in_words].sum(axis=0, dtype=np.float32) / np.maximum(spaced, 1),
        _longest(begins, wordish, spaced),
        found.each(begins, (initials & c.CAPITAL) > 0) / some,
        found.each(begins, (initials & c.DIGIT) > 0) / some,
        breaks - is_last[0],
        lengths / (1 + breaks),
    )
    out = np.empty((len(NAMES), len(texts)), dtype=np.float32)
    for i, row in enumerate(alone):
        out[i] = row
    at = len(alone)
    for flags in (is_first, ~is_first.any(axis=0, keepdims=True), is_last, ~is_last.any(axis=0, keepdims=True)):
        out[at : at + len(flags)] = flags
        at += len(flags)
    return out


def _column(classes: Sequence[int]) -> Any:
    import numpy as np

    return np.array(classes, dtype=np.uint16)[:, None]


def _longest(begins: Any, wordish: Any, words: Any) -> Any:
    """The length of each line's longest word."""
    import numpy as np

    out = np.zeros(len(words), dtype=np.float32)
    if len(begins):
        some = words > 0
        stops = np.append(wordish[1:] < wordish[:-1], True)
        lengths = np.flatnonzero(stops & wordish) - begins + 1
        firsts = np.cumsum(words[some], dtype=np.int64) - words[some].astype(np.int64)
        out[some] = np.maximum.reduceat(lengths, firsts)
    return out
