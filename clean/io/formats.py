"""Output formats: what becomes of a finished journal, which is records as JSON Lines.

A run appends records to a journal, so that it can be cut back and gone on with. When the journal is complete, `finish`
makes the output of it: the same bytes for the same records, in memory that does not grow with their number.
"""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from clean import extras
from clean.errors import ConfigError
from clean.io import compression
from clean.io.writers import AtomicFile, sync_directory

ROW_GROUP_BYTES = 64 << 20
"""Where a row group of Parquet ends, by the bytes of its records as JSON. It stands in memory as a whole, in what
writes it and in much that reads it."""

BATCH_BYTES = 1 << 20
"""JSON that is made into columns at a time: as Python objects it takes ten times its size."""


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write records.

    Args:
        name: what `--format` calls it.
        suffix: what tells it from others of that name at the end of a file's name.
        write: copies a journal into a file; None where the journal is the output.
        check: raises ConfigError if a package is missing; to be called before any work.
    """

    name: str
    suffix: str
    write: Callable[[IO[bytes], Any], None] | None = None
    check: Callable[[], object] = lambda: None

    def finish(self, journal: Path, target: Path) -> None:
        """Make `target` of `journal`, a complete file of records, one a line; the journal is gone afterwards.

        Both lie on one file system. The target appears whole or not at all. A `finish` that was interrupted can be
        done again as long as the journal is there; where it is not, the target is complete.

        Raises:
            OSError: something cannot be read or written; the journal is still there, and the target as it was.
        """
        if self.write is None:
            with open(journal, "rb") as records:
                os.fsync(records.fileno())
            real = Path(os.path.realpath(target))
            os.replace(journal, real)
            sync_directory(real.parent)
            return
        with open(journal, "rb") as records, AtomicFile(target, journal.with_suffix(".new")) as file:
            self.write(records, file)
            file.commit()
        journal.unlink()


def format_for(target: str | Path, name: str | None = None) -> Format:
    """The format of an output: by the end of its name, and `name`, which is "jsonl" or "parquet" where it was given.

    Raises:
        ConfigError: there is no such format, or the two contradict each other.
    """
    suffix = Path(target).suffix.lower()
    found = FORMATS.get(suffix, FORMATS[""])
    if suffix in (".bz2", ".xz"):
        raise ConfigError(f"{target}: outputs are compressed as .gz or .zst, not as {suffix}")
    if name is None or name == found.name:
        return found
    if name not in NAMES:
        raise ConfigError(f"unknown format {name!r}: there are {' and '.join(NAMES)}")
    if found is FORMATS[""] and suffix not in (".jsonl", ".ndjson"):
        return FORMATS[".parquet"]
    raise ConfigError(f"{target}: the name says {found.name}, and --format {name}")


def shard_path(target: Path, number: int) -> Path:
    """The name of a shard, from 0: clean.jsonl.gz becomes clean-00000.jsonl.gz."""
    compressed = target.suffix if target.suffix.lower() in (".gz", ".zst") else ""
    inner = Path(target.name.removesuffix(compressed))
    return target.with_name(f"{inner.stem}-{number:05d}{inner.suffix}{compressed}")


def split_removed(line: bytes) -> tuple[bytes, bytes | None]:
    """A record's line without the removed text, and a line for a file of removed text; None if nothing was removed.

    In the record each removal keeps its place and its rule. The other line is `{"id", "removed": [...]}`, with a
    `{"source", "rule", "text"}` for each removal, in order. Both files have their lines in the same order, by which
    they are joined; where each `id` is there once, that does too.
    """
    record = json.loads(line)
    if not record["removed"]:
        return line, None
    texts = [
        {"source": removal["source"], "rule": removal["rule"], "text": removal.pop("text")}
        for removal in record["removed"]
    ]
    return _line(record), _line({"id": record["id"], "removed": texts})


def join_removed(line: bytes, removed: bytes | None) -> bytes:
    """The line that `split_removed` took apart.

    Raises:
        ValueError: the two are not from the same record.
    """
    record = json.loads(line)
    if not record["removed"] and removed is None:
        return line
    other = {"id": None, "removed": []} if removed is None else json.loads(removed)
    if other["id"] != record["id"] or len(other["removed"]) != len(record["removed"]):
        raise ValueError(f"{record['id']}: the removed text is of another record: {other['id']}")
    for removal, found in zip(record["removed"], other["removed"], strict=True):
        later = {key: removal.pop(key) for key in ("score", "path") if key in removal}
        removal |= {"text": found["text"]} | later
    return _line(record)


def _line(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _write_gzip(records: IO[bytes], file: AtomicFile) -> None:
    with compression.gzip_writer(file) as packed:
        shutil.copyfileobj(records, packed, 1 << 20)


def _write_zstd(records: IO[bytes], file: AtomicFile) -> None:
    with compression.zstd_writer(file) as packed:
        shutil.copyfileobj(records, packed, 1 << 20)


def _write_parquet(records: IO[bytes], file: AtomicFile) -> None:
    from clean.schema.arrow import arrow_schema, to_arrow

    pa, pq = extras.load("pyarrow", "parquet", "Parquet"), _parquet()
    group: list[Any] = []
    total = 0
    with pq.ParquetWriter(_Sink(file), arrow_schema(), compression="zstd") as writer:
        for lines in _grouped(records):
            group.append(to_arrow(map(json.loads, lines)))
            total += sum(map(len, lines))
            if total >= ROW_GROUP_BYTES:
                writer.write_table(pa.Table.from_batches(group))
                group, total = [], 0
        if group:
            writer.write_table(pa.Table.from_batches(group))


def _parquet() -> Any:
    return extras.load("pyarrow.parquet", "parquet", "Parquet")


def _grouped(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Lines in groups that end with the line by which they reach `BATCH_BYTES`."""
    group: list[bytes] = []
    total = 0
    for line in lines:
        group.append(line)
        total += len(line)
        if total >= BATCH_BYTES:
            yield group
            group, total = [], 0
    if group:
        yield group


class _Sink(io.RawIOBase):
    """An `AtomicFile` as what pyarrow writes to."""

    def __init__(self, file: AtomicFile) -> None:
        self._file = file
        self._at = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def write(self, data: Any) -> int:
        self._file.write(bytes(data))
        self._at += len(data)
        return len(data)


NAMES = ("jsonl", "parquet")
FORMATS = {
    "": Format("jsonl", ""),
    ".gz": Format("jsonl", ".gz", _write_gzip),
    ".zst": Format("jsonl", ".zst", _write_zstd, compression.zstd_module),
    ".parquet": Format("parquet", ".parquet", _write_parquet, _parquet),
}
"""By the suffix of the output's name; any other is plain JSON Lines."""
