"""A place in a document, as people write it.

FILE, FILE:LINE, FILE:LINE:COL or FILE@OFFSET; of JSON Lines FILE:RECORD, FILE:RECORD#LINE, FILE:RECORD#LINE:COL or
FILE:RECORD#@OFFSET.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from clean.diffs.snapshot import Snapshot
from clean.errors import InputError
from clean.offsets import Span

TARGET = re.compile(r"(?P<file>.+?)(?:@(?P<offset>\d+)|:(?P<first>\d+)(?::(?P<second>\d+))?)?", re.DOTALL)
IN_RECORD = re.compile(
    r"(?P<file>.+):(?P<record>\d+)#(?:@(?P<offset>\d+)|(?P<first>\d+)(?::(?P<second>\d+))?)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Place:
    """`file` and what of it is meant. Lines and columns count from 1, the offset from 0, all in code points.

    Of a JSON Lines file `record` is the line of the file, and the others count in the text of its record.
    """

    file: str
    record: int | None = None
    line: int | None = None
    column: int | None = None
    offset: int | None = None

    def located(self, source: Snapshot) -> tuple[int, int | None]:
        """The number of the line from 0, and the position in the source, if one is meant.

        Raises:
            InputError: the document is shorter.
        """
        lines = source.lines
        if self.offset is not None:
            if self.offset >= len(source.text):
                raise InputError(f"{self.file}: has {len(source.text):,} characters: no offset {self.offset:,}")
            return source.text.count("\n", 0, self.offset), self.offset
        number = 1 if self.line is None else self.line
        if not 1 <= number <= len(lines):
            raise InputError(f"{self.file}: has {len(lines):,} lines: no line {number:,}")
        start, end = lines[number - 1]
        if self.column is None:
            return number - 1, None
        if not 1 <= self.column <= max(1, end - start):
            raise InputError(f"{self.file}:{number}: has {end - start:,} columns: no column {self.column:,}")
        return number - 1, start + self.column - 1


def parse(target: str) -> Place:
    """The place that `target` names; a file of exactly that name comes first."""
    if Path(target).exists():
        return Place(target)
    if found := IN_RECORD.fullmatch(target):
        return Place(found["file"], int(found["record"]), *_numbers(found))
    found = TARGET.fullmatch(target)
    if found is None:
        return Place(target)
    line, column, offset = _numbers(found)
    return Place(found["file"], None, line, column, offset)


def _numbers(found: re.Match[str]) -> tuple[int | None, int | None, int | None]:
    line, column, offset = (int(found[name]) if found[name] else None for name in ("first", "second", "offset"))
    return line, column, offset


def overlap(a: Span, b: Span) -> bool:
    """Whether two spans share a character, or one is empty and lies in the other."""
    return (a[0] < b[1] and b[0] < a[1]) or (a[0] == a[1] and b[0] <= a[0] <= b[1])
