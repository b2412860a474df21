"""Text made safe and legible for a screen: what would move the cursor, or cannot be seen, is written out."""

from __future__ import annotations

import re
import unicodedata

DANGEROUS = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, which a terminal obeys, and what reorders or breaks a line."""

INVISIBLE = re.compile(DANGEROUS.pattern[:-1] + "\u00ad\u180e\u200b-\u200f\u2060-\u2065\ufeff\ufff9-\ufffb]")
"""These also have no shape of their own. Persian and emoji need some, so that they are spelt out in changes only."""


def visible(text: str, all_of_it: bool = False) -> str:
    """`text` with control characters as pictures and others by number; with `all_of_it` also what is merely unseen."""
    return (INVISIBLE if all_of_it else DANGEROUS).sub(_picture, text)


def width(text: str) -> int:
    """The columns that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 32:
        return chr(0x2400 + code)
    return "\N{SYMBOL FOR DELETE}" if code == 127 else f"<U+{code:04X}>"
