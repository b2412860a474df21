"""The record as Arrow: one fixed schema, which the Parquet writer and every adapter share.

Columns have the names and the order of the JSON record, and spans are lists of two numbers, as there. Three things
differ, because columns have fixed names and hold valid UTF-8 only:

- `metadata` is a list of `{name, value, source}`; value and source are null where nothing was captured.
- `stats.languages` is a list of `{language, share}`.
- `json` is null, but for a record that these columns cannot hold: one with a lone surrogate in a text, or with more
  figures in `stats` than the schema names. There it has the whole record as JSON, and the columns show each lone
  surrogate as U+FFFD, so that spans stay right.

`from_arrow(to_arrow(records))` gives equal records with their keys in the same order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from clean import extras

if TYPE_CHECKING:
    import pyarrow as pa

Json = dict[str, Any]

STATS = ("chars_in", "chars_kept", "chars_removed", "removed_ratio")
OPTIONAL = {"segments": ("map",), "removed": ("text", "score", "path")}
"""Keys that are left out of a record, where a column has null."""

SURROGATES = re.compile("[\ud800-\udfff]")

ROWS = 64
"""Rows that `from_arrow` turns into Python objects at a time."""


def arrow_schema() -> pa.Schema:
    """The Arrow schema of records.

    Raises:
        ConfigError: pyarrow is not installed.
    """
    pa = _pyarrow()
    text, count, share = pa.string(), pa.int64(), pa.float64()
    span = pa.list_(count)

    def rows(**columns: Any) -> Any:
        return pa.list_(pa.struct(columns))

    source = {
        "path": text,
        "record": count,
        "sha256": text,
        "bytes": count,
        "encoding": text,
        "media_type": text,
        "url": text,
    }
    stats = {
        "chars_in": count,
        "chars_kept": count,
        "chars_removed": count,
        "removed_ratio": share,
        "languages": rows(language=text, share=share),
    }
    segment = {"span": span, "source": span, "bytes": span, "kind": text, "language": text, "score": share}
    removal = {"source": span, "bytes": span, "rule": text, "kind": text, "language": text, "text": text}
    columns = {
        "id": text,
        "source": pa.struct(source),
        "text": text,
        "language": text,
        "metadata": rows(name=text, value=text, source=span),
        "segments": rows(**segment, map=pa.list_(span)),
        "removed": rows(**removal, score=share, path=text),
        "edits": rows(span=span, source=span, rule=text, before=text, after=text),
        "flags": rows(source=span, rule=text),
        "stats": pa.struct(stats),
        "tool": pa.struct({"version": text, "ruleset": text}),
        "json": text,
    }
    return pa.schema(columns)


def to_arrow(records: Iterable[Json]) -> pa.RecordBatch:
    """Records, as `Record.to_dict` gives them, as one batch; all of them are in memory, and at most 2 GB of text.

    Raises:
        ConfigError: pyarrow is not installed.
    """
    pa = _pyarrow()
    records = list(records)
    try:
        return pa.RecordBatch.from_pylist([_row(record) for record in records], schema=arrow_schema())
    except UnicodeEncodeError:
        return pa.RecordBatch.from_pylist([_exact_row(record) for record in records], schema=arrow_schema())


def from_arrow(table: pa.RecordBatch | pa.Table) -> Iterator[Json]:
    """The records of a batch or table, as `Record.to_dict` gave them; a few at a time are in memory."""
    for start in range(0, table.num_rows, ROWS):
        for row in table.slice(start, ROWS).to_pylist():
            yield _record(row)


def _pyarrow() -> Any:
    return extras.load("pyarrow", "parquet", "Arrow and Parquet")


def _row(record: Json) -> Json:
    stats = record["stats"]
    row = record | {
        "metadata": [
            {"name": name, **(found or {"value": None, "source": None})} for name, found in record["metadata"].items()
        ],
        "stats": stats
        | {"languages": [{"language": name, "share": share} for name, share in stats["languages"].items()]},
    }
    if tuple(stats) != (*STATS, "languages"):
        row["json"] = json.dumps(record, separators=(",", ":"))
    return row


def _record(row: Json) -> Json:
    exact = row.pop("json", None)
    if exact is not None:
        record: Json = json.loads(exact)
        return record
    row["metadata"] = {
        found["name"]: None if found["value"] is None else {"value": found["value"], "source": found["source"]}
        for found in row["metadata"]
    }
    row["stats"]["languages"] = {entry["language"]: entry["share"] for entry in row["stats"]["languages"]}
    for name, keys in OPTIONAL.items():
        for entry in row[name]:
            for key in keys:
                if entry[key] is None:
                    del entry[key]
    return row


def _exact_row(record: Json) -> Json:
    """The row of a record that may hold lone surrogates."""
    encodable = _replaced(record)
    row = _row(encodable)
    if encodable != record:
        row["json"] = json.dumps(record, separators=(",", ":"))
    return row


def _replaced(value: Any) -> Any:
    if isinstance(value, str):
        return SURROGATES.sub("\ufffd", value)
    if isinstance(value, list):
        return [_replaced(entry) for entry in value]
    if isinstance(value, dict):
        return {_replaced(key): _replaced(entry) for key, entry in value.items()}
    return value
