"""Opened: an input while it is read. Readers make their items with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import IO, Self

from clean.config import InputConfig
from clean.document import Origin
from clean.errors import CleanError, DocumentError
from clean.io.inputs import Input
from clean.io.item import Item
from clean.io.members import Members


class LeftOut(str):
    """What an input holds that is no document, in words; `counts` has the records, or the file, by the reason."""

    counts: Mapping[str, int]

    def __new__(cls, message: str, counts: Mapping[str, int]) -> Self:
        made = super().__new__(cls, message)
        made.counts = counts
        return made

    def __getnewargs__(self) -> tuple[str, Mapping[str, int]]:  # type: ignore[override]  # str itself has one argument
        return str(self), self.counts


Note = Callable[[LeftOut], None]


@dataclass(frozen=True, slots=True)
class Opened:
    """An input, and what a reader needs to know of it.

    Args:
        fields: what the fields of records are called.
        note: is told what is left out.
        done: bytes of all inputs before this one.
        file: the bytes as they lie on the disk; None while there are none.
        seekable: whether they are what the reader gets, and can be read in any order.
        members: what decompresses them, if they are compressed.
    """

    entry: Input
    fields: InputConfig
    note: Note
    done: int
    file: IO[bytes] | None = None
    seekable: bool = False
    members: Members | None = None

    def origin(self, record: int | None = None) -> Origin:
        """Where this input lies, for its record of that number."""
        return Origin(path=self.entry.origin_path, record=record)

    def item(self, origin: Origin, raw: bytes | str, original: bytes, is_line: bool = False) -> Item:
        """A document found in this input."""
        return Item(self.entry.name, origin, raw, original, is_line, position=self._position())

    def failed(
        self,
        error: CleanError,
        record: int | None = None,
        original: bytes | None = None,
        origin: Origin | None = None,
        is_line: bool = False,
    ) -> Item:
        """A place in this input where there should be a document and is none."""
        origin = origin or self.origin(record)
        return Item(self.entry.name, origin, b"", original, is_line, error, self._position())

    def ended(self, item: Item) -> Item:
        """The item as the last of this input."""
        return replace(item, position=self.done + self.entry.size)

    def _position(self) -> int:
        if self.file is None or not self.entry.regular:
            return self.done
        return self.done + min(self.file.tell(), self.entry.size)


def unreadable(error: OSError, more: str = "") -> DocumentError:
    """Why reading ended."""
    return DocumentError("unreadable", (error.strerror or str(error)) + more)
