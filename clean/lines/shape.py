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
    blanks = found.total(c.BLANK) - 1  # the one that follows
    ink = np.maximum(lengths - blanks, 1).astype(np.float32)
    letters, digits, of_unspaced = (found.total(bit) for bit in (c.LETTER, c.DIGIT, c.UNSPACED))
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
    breaks = found.each(ends, found.are(c.BLANK)[ends + 1])  # the last one is followed by the line break
    shares = [
        found.total(c.CAPITAL) / np.maximum(letters, 1),
        digits / ink,
        found.total(c.END) / ink,
        *(found.total(bit) / ink for bit in (c.COMMA, c.SEPARATOR, c.CODED, c.QUOTE)),
        of_unspaced / ink,
        *(found.total(bit) / ink for bit in (c.OTHER, c.COLON)),
        found.total(c.BAR),
    ]
    initials = found.bits[found.kinds[begins]]
    first = found.bits[found.kinds[found.starts]]
    last = found.bits[found.kinds[found.starts + lengths - 1]]
    starts_of = {
        "first_lower": (first & (c.LETTER | c.CAPITAL)) == c.LETTER,
        "first_capital": (first & c.CAPITAL) > 0,
        "first_digit": (first & c.DIGIT) > 0,
        "first_quote": (first & c.QUOTE) > 0,
        "first_separator": (first & c.SEPARATOR) > 0,
        "first_dash": (first & c.DASH) > 0,
        "first_bar": (first & c.BAR) > 0,
    }
    ends_of = {
        "last_end": (last & c.END) > 0,
        "last_colon": (last & c.COLON) > 0,
        "last_comma": (last & c.COMMA) > 0,
        "last_letter": (last & c.LETTER) > 0,
        "last_digit": (last & c.DIGIT) > 0,
        "last_quote": (last & c.QUOTE) > 0,
        "last_separator": (last & c.SEPARATOR) > 0,
        "last_bar": (last & c.BAR) > 0,
    }
    return np.stack(
        [
            np.log1p(lengths),
            words,
            letters / ink,
            *shares,
            found.counts[in_words].sum(axis=0, dtype=np.float32) / np.maximum(spaced, 1),
            _longest(begins, wordish, spaced),
            found.each(begins, (initials & c.CAPITAL) > 0) / some,
            found.each(begins, (initials & c.DIGIT) > 0) / some,
            breaks - ends_of["last_end"],
            lengths / (1 + breaks),
            *starts_of.values(),
            ~np.logical_or.reduce(list(starts_of.values())),
            *ends_of.values(),
            ~np.logical_or.reduce(list(ends_of.values())),
        ]
    ).astype(np.float32)


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
