"""Files of every kind, read for `clean.verify`: outputs, and the records of sources. Independent of the readers and
writers on purpose."""

from __future__ import annotations

import bz2
import hashlib
import io
import json
import lzma
import re
import shutil
import sys
import tempfile
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice, repeat
from pathlib import Path
from typing import IO, Any, cast

from clean import extras
from clean.verify_gzip import Unzipped
from clean.verify_warc import payloads, warc_records, zstd_module

Json = dict[str, Any]

MAGIC = {b"\x1f\x8b": ".gz", b"BZh": ".bz2", b"\xfd7zXZ\x00": ".xz", b"\x28\xb5\x2f\xfd": ".zst"}
CRAWL = re.compile(r"\.(?:warc|wet)(?:\.(?:gz|bz2|xz|zst))?$", re.IGNORECASE)
OPENERS: dict[str, Any] = {".gz": lambda file: io.BufferedReader(Unzipped(file)), ".bz2": bz2.open, ".xz": lzma.open}

NULL_IS_ABSENT = {"segments": ("map",), "removed": ("text", "score", "path")}


class NoSource(Exception):
    """The source of a record cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """The raw input of one document. `is_value` says that it is a string out of a record, in UTF-8."""

    name: str
    raw: bytes
    is_value: bool = False


Reader = Callable[[str, str], Source]
"""Reads one record of a source: the field with its text, and the hash that it should have, to what it holds."""


def opened(name: str) -> IO[bytes]:
    """A file, or what fsspec opens by that URL, decompressed; a file without a suffix by how it begins.

    Raises:
        OSError: it cannot be opened.
    """
    if "://" in name:
        fsspec = extras.load("fsspec", "remote", "A source by URL")
        try:
            file: IO[bytes] = fsspec.open(name, "rb").open()
        except Exception as error:
            raise OSError(f"{type(error).__name__}: {error}") from None
    else:
        file = open(name, "rb")  # noqa: SIM115 - goes with the decompressor around it
    suffix = Path(name).suffix.lower()
    if not suffix:
        head = file.read(6)
        file.seek(0)
        suffix = next((found for magic, found in MAGIC.items() if head.startswith(magic)), "")
    if suffix == ".zst":
        zstd = zstd_module()
        unpacked: IO[bytes] = zstd.ZstdFile(file, options={zstd.DecompressionParameter.window_log_max: 31})
        return unpacked
    if suffix in OPENERS:
        return OPENERS[suffix](file)  # type: ignore[no-any-return]  # the three have one shape, and no common type
    return file


def damage() -> tuple[type[Exception], ...]:
    """What reading a damaged file raises."""
    found: list[type[Exception]] = [OSError, EOFError, ValueError, zlib.error, lzma.LZMAError]
    for module, name in (
        ("backports.zstd", "ZstdError"),
        ("compression.zstd", "ZstdError"),
        ("pyarrow.lib", "ArrowException"),
    ):
        if module in sys.modules:  # or none of its errors can have been raised
            found.append(getattr(sys.modules[module], name))
    return tuple(found)


def reason(error: Exception) -> str:
    """What an error says, in one line."""
    return " ".join((getattr(error, "strerror", None) or str(error)).split())


# --- outputs -------------------------------------------------------------------------------------------------------


def output_records(path: Path) -> Iterator[Json | str]:
    """Each record of an output, or what is wrong with the line that should hold one.

    Raises:
        OSError: the output cannot be opened.
    """
    with opened(str(path)) as file:
        try:
            if path.suffix.lower() == ".parquet":
                for row in _rows(file, None):
                    yield _record(row)
            else:
                for line in file:
                    yield _parsed(line)
        except damage() as error:
            yield f"the output breaks off here, or is damaged: {reason(error)}"


def _parsed(line: bytes) -> Json | str:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"not JSON, or cut short: {error}"
    if not isinstance(found, dict):
        return "not an object"
    return found if line.endswith(b"\n") else "cut short: the line has no end"


def _record(row: Json) -> Json | str:
    """A record from a row: what Arrow has as lists of names and values are objects, and some null is nothing."""
    exact = row.pop("json", None)
    if exact is not None:
        return _parsed(exact.encode() + b"\n")
    try:
        row["metadata"] = {found.pop("name"): None if found["value"] is None else found for found in row["metadata"]}
        row["stats"]["languages"] = {found["language"]: found["share"] for found in row["stats"]["languages"]}
        for name, keys in NULL_IS_ABSENT.items():
            row[name] = [{k: v for k, v in entry.items() if v is not None or k not in keys} for entry in row[name]]
    except (KeyError, TypeError, AttributeError):
        return "not a row of records: its columns are " + ", ".join(row)
    return row


# --- records of sources --------------------------------------------------------------------------------------------


def source_records(name: str, fields: Collection[str]) -> Iterator[Reader]:
    """A way to read each record of a source: rows of Parquet, records of WARC, lines of anything else.

    Args:
        fields: the fields, or columns, that may be asked for.

    Raises:
        Exception: one of `damage()`, where the source breaks off.
    """
    with opened(name) as file:
        stream: Any = file if hasattr(file, "peek") else io.BufferedReader(cast(io.RawIOBase, file))
        try:
            head = stream.peek(5)
        except OSError:
            head = b""  # it is damaged from the start; who reads it will say so
        if head.startswith(b"PAR1"):
            for number, row in enumerate(_rows(stream, fields), 1):
                yield partial(_in_row, f"{name}:{number}", row)
        elif head.startswith(b"WARC/") or CRAWL.search(name):
            for number, (response, block) in enumerate(warc_records(stream), 1):
                yield partial(_in_block, f"{name}:{number}", response, block)
        else:
            for number, line in enumerate(stream, 1):
                yield partial(_in_line, f"{name}:{number}", line, "utf-8-sig" if number == 1 else "utf-8")


def _in_line(name: str, line: bytes, encoding: str, field: str, sha256: str) -> Source:
    try:
        raw = json.loads(line.decode(encoding))[field].encode("utf-8", "surrogatepass")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise NoSource(f"{name}: holds no string '{field}'") from None
    return Source(name, raw, is_value=True)


def _in_block(name: str, response: bool, block: bytes, field: str, sha256: str) -> Source:
    """The first way to read a block that has the hash: crawlers differ in what they decode before they write."""
    ways = list(payloads(block)) if response else [block]
    return Source(name, next((way for way in ways if hashlib.sha256(way).hexdigest() == sha256), ways[0]))


def _in_row(name: str, row: Json, field: str, sha256: str) -> Source:
    value = row.get(field)
    if isinstance(value, str):
        return Source(name, value.encode(), is_value=True)
    if isinstance(value, bytes):
        return Source(name, value)
    raise NoSource(f"{name}: holds no text '{field}'")


def _rows(stream: IO[bytes], columns: Collection[str] | None) -> Iterator[Json]:
    """The rows of a Parquet file; values of text columns that are no UTF-8 are bytes.

    Where `columns` are given, it is a source: a row that is damaged has no values, and the next group is read.
    """
    pq = extras.load("pyarrow.parquet", "parquet", "Parquet")
    with tempfile.TemporaryFile() as copy:
        # A decompressor goes back by starting anew, if at all.
        if not (isinstance(stream, io.BufferedReader) and stream.seekable()):
            shutil.copyfileobj(stream, copy)
            stream = cast(IO[bytes], copy)
        stream.seek(0)
        file = pq.ParquetFile(stream, pre_buffer=False)
        names = None if columns is None else [name for name in file.schema_arrow.names if name in columns]
        for group in range(file.num_row_groups):
            number = 0
            try:
                for row in _group(file, group, 64, names):
                    yield row
                    number += 1
            except damage():
                if names is None:
                    raise
                yield from _damaged_group(file, group, number, names)


def _damaged_group(file: Any, group: int, start: int, names: list[str]) -> Iterator[Json]:
    """The rows of a source's group from `start` on: those before the damage, and nothing for each that is lost."""
    number = start
    try:
        for row in islice(_group(file, group, 1, names), start, None):
            yield row
            number += 1
    except damage():
        yield from repeat({}, file.metadata.row_group(group).num_rows - number)


def _group(file: Any, group: int, size: int, names: list[str] | None) -> Iterator[Json]:
    import pyarrow as pa

    for batch in file.iter_batches(size, [group], names):
        try:
            yield from batch.to_pylist()
        except UnicodeDecodeError:
            values = [column.cast(pa.large_binary()).to_pylist() for column in batch.columns]
            for row in zip(*values, strict=True):
                yield {name: _text(value) for name, value in zip(batch.schema.names, row, strict=True)}


def _text(value: bytes | None) -> str | bytes | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return value
