"""The sources of an output, found and read again, for `clean.verify`; independent of the readers on purpose."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from pathlib import Path, PurePath

from clean.verify_files import NoSource, Reader, Source, damage, opened, reason, source_records

__all__ = ["NoSource", "Source", "Sources"]


class Sources:
    """Finds sources below `folder`, or where their paths point from the working directory.

    Files of many records are read forward, a record at a time; `ahead` says whether one can still be reached that way.
    """

    def __init__(self, folder: Path | None, fields: Collection[str] = ("text", "html")) -> None:
        self._folder = folder
        self._fields = fields
        self._path: str | None = None
        self._closed: set[str] = set()
        self._name = ""
        self._number = 0
        self._reader: Reader | None = None
        self._readers: Iterator[Reader] = iter(())

    def file(self, path: str, sha256: str) -> Source:
        """The file that is a source as a whole: the first candidate with this hash, else the first there is."""
        first: Source | None = None
        for candidate in self._candidates(path):
            try:
                with opened(candidate) as file:
                    source = Source(candidate, file.read())
            except damage() as error:
                raise NoSource(f"{candidate}: {reason(error)}") from None
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

    def record(self, path: str, record: int, field: str, sha256: str, again: bool = False) -> Source:
        """A record of a file of many: of JSON Lines and Parquet its field's value, of WARC its page.

        Of files with that path it is in the first that exists.

        Args:
            sha256: what the source should have, where there are several ways to read it.
            again: reopen the file if it has been read past the record, instead of failing.
        """
        if path != self._path or (again and record < self._number):
            self._begin(path)
        if not self._name:
            raise NoSource(self._not_found(path))
        try:
            while self._number < record:
                self._reader = next(self._readers)
                self._number += 1
        except StopIteration:
            raise NoSource(f"{self._name}: has {self._number} records, not {record}") from None
        except damage() as error:
            raise NoSource(f"{self._name}: {reason(error)}") from None
        if self._reader is None:
            raise NoSource(f"{self._name}: has no record {record}")
        return self._reader(field, sha256)

    def _begin(self, path: str) -> None:
        if self._path is not None:
            self._closed.add(self._path)
        self._path, self._number, self._reader = path, 0, None
        self._name = next(self._candidates(path), "")
        self._readers = source_records(self._name, self._fields) if self._name else iter(())

    def _candidates(self, path: str) -> Iterator[str]:
        if self._folder is None:
            if "://" in path or Path(path).is_file():
                yield path
            return
        parts = [part for part in PurePath(path).parts if part != PurePath(path).anchor]
        for i in range(len(parts)):
            if (candidate := self._folder.joinpath(*parts[i:])).is_file():
                yield candidate.as_posix()

    def _not_found(self, path: str) -> str:
        where = "" if self._folder is None else f" below {self._folder.as_posix()}"
        return f"{path}: no such file{where}"
