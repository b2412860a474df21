"""Counts of characters by class, for all lines of a document at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

ENDS = ".!?…。！？؟।॥"
"""What ends a sentence."""
SEPARATORS = "»›«‹•·→←↑↓▶►▸▾▼■●◦✓✔★☆©®™"
"""What stands between the items of a menu, or before them."""
DASHES = "-–—*+"
CODE = "{}[]<>=;\\_#$`~^"
QUOTES = "\"'“”„‟«»‘’‚「」『』"

LETTER, CAPITAL, DIGIT, BLANK, END, COMMA, SEPARATOR, CODED, QUOTE, UNSPACED, OTHER, COLON, DASH, BAR = (
    1 << i for i in range(14)
)

_UNSPACED = ((0x0E00, 0x0EFF), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))


@lru_cache(maxsize=1)
def _table() -> Any:
    """For each code point of the basic plane, and one for all beyond, its classes as bits."""
    import numpy as np

    table = np.empty(0x10001, dtype=np.uint16)
    for code in range(0x10000):
        character = chr(code)
        kind = unicodedata.category(character)
        bits = OTHER if kind[0] in "PSC" else 0
        if kind[0] in "LM":
            bits = LETTER | (CAPITAL if kind in ("Lu", "Lt") else 0)
        elif kind[0] == "N":
            bits = DIGIT
        elif kind[0] == "Z" or character in "\t\n":
            bits = BLANK
        for members, bit in (
            (ENDS, END),
            (",;、，；،", COMMA),
            (":：", COLON),
            (DASHES, DASH),
            ("|", BAR),
            (SEPARATORS, SEPARATOR),
        ):
            if character in members:
                bits = bit
        bits |= (CODED if character in CODE else 0) | (QUOTE if character in QUOTES else 0)
        if any(low <= code <= high for low, high in _UNSPACED):
            bits |= UNSPACED
        table[code] = bits
    table[0x10000] = SEPARATOR  # emoji, nearly always
    return table


def classes(texts: Sequence[str]) -> tuple[Any, Any, Any]:
    """The classes of all characters of the texts, each text followed by a blank; where texts start; their lengths."""
    import numpy as np

    codes = np.frombuffer(("\n".join(texts) + "\n").encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    starts = np.cumsum(lengths + 1) - lengths - 1
    return _table()[np.minimum(codes, 0x10000)], starts, lengths
