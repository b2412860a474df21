"""Counts of characters by class, for all blocks of a page at once."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

CLASSES = ("letters", "digits", "capitals", "commas", "sentence_ends", "separators", "other", "han")

_COMMAS = ",;:、،；，："
_ENDS = ".!?…。！？؟।"
_SEPARATORS = "|»›•·→/\\–—»«<>"


@lru_cache(maxsize=1)
def _table() -> Any:
    """For each code point of the basic plane, one bit per class."""
    import numpy as np

    table = np.zeros(0x10000, dtype=np.uint8)
    for code in range(0x10000):
        character = chr(code)
        category = unicodedata.category(character)
        bits = 0
        if category[0] == "L":
            bits = 1 | (4 if category == "Lu" else 0)
            if 0x2E80 <= code < 0xA000 or 0xAC00 <= code <= 0xD7A3:
                bits |= 128
        elif category[0] == "N":
            bits = 2
        elif character in _COMMAS:
            bits = 8
        elif character in _ENDS:
            bits = 16
        elif character in _SEPARATORS:
            bits = 32
        elif category[0] in "PS":
            bits = 64
        table[code] = bits
    return table


def count(texts: list[str]) -> tuple[Any, Any]:
    """Per text: the classes' counts (a row each), and words, a Han or Kana character being half a word."""
    import numpy as np

    whole = "\n".join(texts) + "\n"
    codes = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    bits = _table()[np.minimum(codes, 0xFFFF)]
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + 1
    starts = np.cumsum(lengths) - lengths
    counts = np.empty((len(CLASSES), len(texts)), dtype=np.float32)
    for i in range(len(CLASSES)):
        counts[i] = np.add.reduceat((bits >> i) & 1, starts, dtype=np.int64)
    wordish = (bits & 3) > 0
    han = (bits & 128) > 0
    begins = wordish & ~han
    begins[1:] &= ~(wordish & ~han)[:-1]
    words = np.add.reduceat(begins, starts, dtype=np.int64) + 0.5 * counts[7]
    return counts, words.astype(np.float32)
