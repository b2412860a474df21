"""Whether a document is about programs: there, data and dumps are examples, and content."""

from __future__ import annotations

import re
from collections.abc import Sequence

from clean.offsets import Span
from clean.ruleset.detectors.base import read_data

CODE = re.compile(
    r"(?m)^\s*(?:\$ \w|>>> |#include\b|(?:import|from) [\w.]+(?: import .*)?;?$"
    r"|(?:def|class|func|fn|function) \w+.*[:{]$"
    r"|(?:public|private|static|const|let|var) \w+.*[;{]$|</?\w+[^>]*>$|\w+\([^)]*\);$|<\?php|//|/\*)"
)
MIN_WORDS = 2
"""Distinct technical words that make a text technical; one may stand in any."""

WORD = re.compile(r"[a-z_]{3,15}")


def is_technical(text: str, dumps: Sequence[Span]) -> bool:
    """Whether `text` apart from `dumps` has lines of code, or the words of people who write it."""
    borders = [0, *(border for span in dumps for border in span), len(text)]
    rest = "\n".join(text[lo:hi] for lo, hi in zip(borders[::2], borders[1::2], strict=True))
    if CODE.search(rest):
        return True
    known = frozenset(read_data("technical")["words"])
    return len(known.intersection(WORD.findall(rest.lower()))) >= MIN_WORDS
