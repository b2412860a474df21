"""What was found out about lines that were seen lately: headings and site chrome come again, in one page after another.

Only for what follows from a line alone, so that nothing depends on what else was cleaned, or in which order.
"""

from __future__ import annotations

from typing import Generic, TypeVar

Value = TypeVar("Value")

MOST_LINES = 2048
"""Lines of one generation; there are two. Of the lines of real pages a fifth came before (bench/text.py)."""
LONGEST_LINE = 100
"""Characters of a line that is remembered: longer ones hardly ever come again."""


class Recent(Generic[Value]):
    """A value for each line. When a generation is full, those not asked for since the last one are forgotten."""

    __slots__ = ("_new", "_old")

    def __init__(self) -> None:
        self._new: dict[str, Value] = {}
        self._old: dict[str, Value] = {}

    def get(self, line: str) -> Value | None:
        value = self._new.get(line)
        if value is None and (value := self._old.get(line)) is not None:
            self._new[line] = value
        return value

    def put(self, line: str, value: Value) -> None:
        if len(self._new) >= MOST_LINES:
            self._old, self._new = self._new, {}
        self._new[line] = value
