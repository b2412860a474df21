"""The sources of an output, found and read again, for `clean.verify`; independent of the readers on purpose."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import lzma
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO, Any

OPENERS: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
DAMAGED = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError)


class NoSource(Exception):
    """The source of a record cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """The raw input of one document. `is_value` says that it is a string out of JSON, in UTF-8."""

    name: str
    raw: bytes
    is_value: bool = False


class Sources:
    """Finds sources below `folder`, or where their paths point from the working directory.

    JSON Lines are read forward, a line at a time; `ahead` says whether a record can still be reached that way.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._path: str | None = None
        self._closed: set[str] = set()
        self._name = ""
        self._number = 0
        self._line = b""
        self._lines: Iterator[bytes] = iter(())

    def file(self, path: str, sha256: str) -> Source:
        """The file that is a source as a whole: the first candidate with this hash, else the first there is."""
        first: Source | None = None
        for candidate in self._candidates(path):
            try:
                with _open(candidate) as file:
                    source = Source(candidate.as_posix(), file.read())
            except DAMAGED as error:
                raise NoSource(f"{candidate.as_posix()}: {_reason(error)}") from None
            if hashlib.sha256(source.raw).hexdigest() == sha256:
                return source
            first = first or source
        if first is None:
            raise NoSource(self._not_found(path))
        return first

    def ahead(self, path: str, record: int) -> bool:
        """Whether `record` of `path` can be read without going back."""
        if path == self._path:
            return record >= self._number
        return path not in self._closed

    def record(self, path: str, record: int, field: str, again: bool = False) -> Source:
        """The field's value on line `record` of a JSON Lines file: the first candidate that exists.

        Args:
            again: reopen the file if it has been read past the line, instead of failing.
        """
        if path != self._path or (again and record < self._number):
            self._begin(path)
        if not self._name:
            raise NoSource(self._not_found(path))
        try:
            while self._number < record:
                self._line = next(self._lines)
                self._number += 1
        except StopIteration:
            raise NoSource(f"{self._name}: has {self._number} lines, not {record}") from None
        except DAMAGED as error:
            raise NoSource(f"{self._name}: {_reason(error)}") from None
        try:
            value = json.loads(self._line.decode("utf-8-sig" if record == 1 else "utf-8"))[field]
            raw = value.encode("utf-8", "surrogatepass")
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise NoSource(f"{self._name}:{record}: holds no string '{field}'") from None
        return Source(f"{self._name}:{record}", raw, is_value=True)

    def _begin(self, path: str) -> None:
        if self._path is not None:
            self._closed.add(self._path)
        self._path, self._number, self._line = path, 0, b""
        found = next(self._candidates(path), None)
        if found is None:
            self._name, self._lines = "", iter(())
            return
        self._name, self._lines = found.as_posix(), _lines(found)

    def _candidates(self, path: str) -> Iterator[Path]:
        if self._folder is None:
            if (given := Path(path)).is_file():
                yield given
            return
        parts = [part for part in PurePath(path).parts if part != PurePath(path).anchor]
        for i in range(len(parts)):
            if (candidate := self._folder.joinpath(*parts[i:])).is_file():
                yield candidate

    def _not_found(self, path: str) -> str:
        where = "" if self._folder is None else f" below {self._folder.as_posix()}"
        return f"{path}: no such file{where}"


def _open(path: Path) -> IO[bytes]:
    opener = OPENERS.get(path.suffix.lower(), open)
    file: IO[bytes] = opener(path, "rb")
    return file


def _lines(path: Path) -> Iterator[bytes]:
    with _open(path) as file:
        yield from file


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
