"""Counts of characters by class, for all lines of a document at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
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


@lru_cache(maxsize=1)
def _kinds() -> tuple[Any, Any]:
    """The sets of classes that there are, as bits, and for each code point, as in `_table`, the number of its set."""
    import numpy as np

    bits, kinds = np.unique(_table(), return_inverse=True)
    return bits, kinds.astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Characters:
    """All characters of the texts, each text followed by a blank."""

    kinds: Any
    """Of each character, the number of its set of classes."""
    lines: Any
    """Of each character, the number of its text."""
    starts: Any
    lengths: Any
    counts: Any
    """Of each set of classes (rows), how many characters of each text."""
    bits: Any
    """Of each set, the classes."""

    def totals(self, classes: Sequence[int]) -> Any:
        """How many characters of each text are in each of the classes."""
        import numpy as np

        members = (self.bits & np.array(classes, dtype=self.bits.dtype)[:, None]) > 0
        return members.astype(np.float32) @ self.counts.astype(np.float32)

    def are(self, bit: int) -> Any:
        """Of each character, whether it is in a class."""
        return ((self.bits & bit) > 0)[self.kinds]

    def each(self, places: Any, counted: Any = None) -> Any:
        """How many of the places, or of those that are `counted`, are in each text."""
        import numpy as np

        return np.bincount(self.lines[places], counted, len(self.starts)).astype(np.float32)


def read(texts: Sequence[str]) -> Characters:
    """The characters of the texts."""
    import numpy as np

    codes = np.frombuffer(("\n".join(texts) + "\n").encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    bits, kinds_of = _kinds()
    kinds = kinds_of[np.minimum(codes, 0x10000)]
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    starts = np.cumsum(lengths + 1) - lengths - 1
    lines = np.repeat(np.arange(len(texts)), lengths + 1)
    counts = np.bincount(lines * len(bits) + kinds, minlength=len(texts) * len(bits)).reshape(len(texts), len(bits))
    return Characters(kinds, lines, starts, lengths, counts.T, bits)
