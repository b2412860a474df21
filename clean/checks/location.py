"""Where an offset lies, as people and editors count: lines and columns from 1, columns in code points."""

from __future__ import annotations

import os
import re
import unicodedata
from bisect import bisect_right
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

EXCERPT = 100
"""Characters of a line that are shown."""
LEAD = 30
"""Of these, characters before the place that matters, where the line is longer."""

PLAIN = {"Lo", "Ll", "Lu", "Lt", "Lm", "Mn", "Mc", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po"} | {
    "Sm", "Sc", "Sk", "So"
}  # fmt: skip
"""Categories of characters that are shown as they are; a space is too."""


class Excerpt(NamedTuple):
    """A piece of a line that is safe to print, and the part of it `[start, end)` that a finding is about."""

    text: str
    start: int
    end: int


class Lines:
    """The lines of a text. They end at a line feed, as for grep, patch and GitHub, or, where there is none, at a
    carriage return."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def starts(self) -> list[int]:
        """Where each line begins."""
        end = "\r" if "\n" not in self.text else "\n"
        return [0, *(match.end() for match in re.finditer(end, self.text))]

    def number(self, offset: int) -> int:
        """The line of an offset, from 1."""
        return bisect_right(self.starts, offset)

    def place(self, offset: int) -> tuple[int, int]:
        """The line and the column of an offset, both from 1."""
        line = self.number(offset)
        return line, offset - self.starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line without its end."""
        start = self.starts[number - 1]
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def excerpt(self, start: int, end: int) -> Excerpt:
        """What to show of the line that `start` lies in."""
        number = self.number(start)
        first = self.starts[number - 1]
        last = self.starts[number] if number < len(self.starts) else len(self.text)
        lo = first if start - first + 20 <= EXCERPT else start - LEAD
        hi = min(last, lo + EXCERPT)
        line = self.text[lo:hi].rstrip("\r\n")
        hi = lo + len(line)
        begin, finish = min(start, hi), min(end, hi)
        before = ("…" if lo > first else "") + visible(self.text[lo:begin])
        middle = visible(self.text[begin:finish])
        more = self.text[hi : hi + 1] not in ("", "\r", "\n") and hi < last
        after = visible(self.text[finish:hi]) + ("…" if more else "")
        indent = len(before) - len(before.lstrip())
        return Excerpt(
            (before + middle + after).strip(), max(len(before) - indent, 0), max(len(before) - indent, 0) + len(middle)
        )


def visible(text: str) -> str:
    """`text` with all that does not show itself, or would move a terminal's cursor, as a Python escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char == " " or unicodedata.category(char) in PLAIN else _escape(char) for char in text)


def _escape(char: str) -> str:
    return {"\t": "\\t", "\n": "\\n", "\r": "\\r"}.get(char) or (
        f"\\x{ord(char):02x}" if char < "\x80" else f"\\u{ord(char):04x}" if char <= "\uffff" else f"\\U{ord(char):08x}"
    )


def root_of(folder: Path) -> Path:
    """The repository that a folder lies in, or the folder itself: what reports name paths relative to."""
    folder = folder.resolve()
    return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), folder)


def relative_to(path: str, root: Path) -> str:
    """A path as reports name it: relative to `root`, with slashes; absolute if it lies elsewhere."""
    absolute = Path(os.path.normpath(Path(path).absolute()))
    for candidate in (absolute, absolute.resolve()):
        if candidate.is_relative_to(root):
            return candidate.relative_to(root).as_posix()
    return absolute.as_posix()
