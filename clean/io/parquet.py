"""Parquet: a document in each row, a few rows in memory at a time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from io import BufferedReader
from tempfile import TemporaryFile
from typing import IO, Any, cast

from clean import extras
from clean.config import InputConfig
from clean.errors import DocumentError
from clean.io.item import Item
from clean.io.json_lines import document_of
from clean.io.opened import Opened, unreadable

BATCH_BYTES = 1 << 20
"""Of columns that are read at a time, uncompressed; a single row may be larger."""

MAX_ROWS = 1024


def module() -> Any:
    """pyarrow.parquet.

    Raises:
        ConfigError: it is not installed.
    """
    return extras.load("pyarrow.parquet", "parquet", "Parquet")


def read(opened: Opened, stream: BufferedReader) -> Iterator[Item]:
    """The documents of a Parquet file, row by row; numbers of records are numbers of rows, from 1.

    Its table of contents stands at its end, so a file that is compressed as a whole, or comes through a pipe, is first
    written to a temporary file. A row group that is damaged is an item with an error; the others are read.
    """
    pq = module()
    from pyarrow.lib import ArrowException

    try:
        file = _seekable(opened, stream)
        table = pq.ParquetFile(file, pre_buffer=False, buffer_size=BATCH_BYTES)
        columns = _columns(table.schema_arrow, opened.fields)
    except (OSError, ValueError, ArrowException) as error:
        yield opened.ended(opened.failed(_damaged(error)))
        return
    except DocumentError as error:
        yield opened.ended(opened.failed(error))
        return
    first = 1
    for group in range(table.num_row_groups):
        metadata = table.metadata.row_group(group)
        number = first
        first += metadata.num_rows
        rows = max(1, min(MAX_ROWS, BATCH_BYTES * metadata.num_rows // max(1, metadata.total_byte_size)))
        try:
            for batch in table.iter_batches(rows, [group], columns, use_threads=False):
                for row in _rows(batch):
                    yield _item(opened, number, row)
                    number += 1
        except (OSError, ValueError, ArrowException) as error:
            what = f"; rows {number:,} to {first - 1:,} are lost" if number < first - 1 else ""
            yield opened.failed(_damaged(error, what), number)


def _seekable(opened: Opened, stream: BufferedReader) -> IO[bytes]:
    if opened.seekable and opened.file is not None:
        opened.file.seek(0)
        return opened.file
    file = cast(IO[bytes], TemporaryFile())  # noqa: SIM115 - it goes when nobody reads it any more
    shutil.copyfileobj(stream, file)
    file.seek(0)
    return file


def _columns(schema: Any, fields: InputConfig) -> list[str]:
    """The columns to read.

    Raises:
        DocumentError: one is missing, or holds something else than text.
    """
    there = f"its columns are {', '.join(schema.names)}"
    wanted = (fields.text_field, fields.html_field, fields.id_field, fields.url_field)
    columns = [name for name in wanted if name in schema.names]
    for name, default, option in ((fields.id_field, "id", "id-field"), (fields.url_field, "url", "url-field")):
        if name not in columns and name != default:
            raise DocumentError("no-text", f"has no column {name!r}, which {option} asks for; {there}")
    for name in (fields.text_field, fields.html_field):
        if name in columns and not _is_text(schema.field(name).type):
            raise DocumentError("no-text", f"column {name!r} holds {schema.field(name).type}, not text")
    if fields.text_field not in columns and fields.html_field not in columns:
        missing = f"neither {fields.text_field!r} nor {fields.html_field!r}"
        raise DocumentError("no-text", f"has {missing}; {there}; text-field or html-field says which to take")
    return columns


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(test(kind) for test in tests)


def _rows(batch: Any) -> Iterator[dict[str, Any]]:
    columns = [_values(column) for column in batch.columns]
    for values in zip(*columns, strict=True):
        yield dict(zip(batch.schema.names, values, strict=True))


def _values(column: Any) -> list[Any]:
    try:
        return cast(list[Any], column.to_pylist())
    except UnicodeDecodeError:
        import pyarrow as pa

        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        return [_text(value) for value in column.cast(pa.large_binary()).to_pylist()]


def _text(value: bytes | None) -> str | bytes | None:
    """A value of a text column; what is no UTF-8 is a document in another charset, as its bytes."""
    try:
        return None if value is None else value.decode("utf-8")
    except UnicodeDecodeError:
        return value


def _item(opened: Opened, number: int, row: dict[str, Any]) -> Item:
    origin = opened.origin(number)
    try:
        raw, origin = document_of(row, origin, opened.fields)
    except DocumentError as error:
        return opened.failed(error, original=_line(row), origin=origin, is_line=True)
    if isinstance(raw, bytes):
        return opened.item(origin, raw, raw)
    return opened.item(origin, raw, _line(row), is_line=True)


def _line(row: dict[str, Any]) -> bytes:
    """The row as JSON, for the quarantine file."""
    line = json.dumps(row, ensure_ascii=False, default=lambda value: None)
    return line.encode("utf-8", "backslashreplace") + b"\n"


def _damaged(error: Exception, what: str = "") -> DocumentError:
    if isinstance(error, OSError) and error.strerror:
        return unreadable(error, what)
    return DocumentError("unreadable", f"damaged Parquet: {' '.join(str(error).split())}{what}")
