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

    bits, starts, lengths = c.classes(texts)

    def total(flags: Any) -> Any:
        return np.add.reduceat(flags, starts, dtype=np.float32)

    letter = (bits & c.LETTER) > 0
    digit = (bits & c.DIGIT) > 0
    unspaced = (bits & c.UNSPACED) > 0
    blank = (bits & c.BLANK) > 0
    ink = np.maximum(total(~blank), 1)
    letters = total(letter)
    # An apostrophe within a word makes two of it: rare enough, and the same for every line.
    wordish = (letter | digit) & ~unspaced
    begins = wordish.copy()
    begins[1:] &= ~wordish[:-1]
    of_unspaced = total(unspaced)
    words = total(begins) + of_unspaced / 2
    some = np.maximum(words, 1)
    end = (bits & c.END) > 0
    followed = np.zeros(len(bits), dtype=bool)
    followed[:-1] = blank[1:]
    breaks = total(end & followed)  # the last one is followed by the line break
    shares = [
        total((bits & c.CAPITAL) > 0) / np.maximum(letters, 1),
        total(digit) / ink,
        total(end) / ink,
        total((bits & c.COMMA) > 0) / ink,
        total((bits & c.SEPARATOR) > 0) / ink,
        total((bits & c.CODED) > 0) / ink,
        total((bits & c.QUOTE) > 0) / ink,
        of_unspaced / ink,
        total((bits & c.OTHER) > 0) / ink,
        total((bits & c.COLON) > 0) / ink,
        total((bits & c.BAR) > 0),
    ]
    first = bits[starts]
    last = bits[starts + lengths - 1]
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
            total(wordish) / np.maximum(words - of_unspaced / 2, 1),
            _longest(begins, wordish, starts),
            total(begins & ((bits & c.CAPITAL) > 0)) / some,
            total(begins & digit) / some,
            breaks - ends_of["last_end"],
            lengths / (1 + breaks),
            *starts_of.values(),
            ~np.logical_or.reduce(list(starts_of.values())),
            *ends_of.values(),
            ~np.logical_or.reduce(list(ends_of.values())),
        ]
    ).astype(np.float32)


def _longest(begins: Any, wordish: Any, starts: Any) -> Any:
    """The length of each line's longest word."""
    import numpy as np

    out = np.zeros(len(starts), dtype=np.float32)
    first = np.flatnonzero(begins)
    if not len(first):
        return out
    stops = np.append(wordish[1:] < wordish[:-1], True)
    lengths = np.flatnonzero(stops & wordish) - first + 1
    np.maximum.at(out, np.searchsorted(starts, first, side="right") - 1, lengths)
    return out
