"""CleanBatch: a table of documents in, a table of records out, in Arrow; a row for each row, in the same order.

Columns are those of the published Arrow schema and a last one, `error`: null, or what was wrong with a document that
could not be cleaned, with its raw input. Such a row has its `id`, and null everywhere else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from clean import extras
from clean.adapters.attempt import attempt
from clean.config import Config
from clean.errors import ConfigError
from clean.io.media import HTML, TEXT
from clean.record import Record
from clean.schema.arrow import arrow_schema, to_arrow

if TYPE_CHECKING:
    import pyarrow as pa

    from clean.cleaner import Cleaner

ROWS = 64
"""Documents cleaned between two batches of output, so that memory does not depend on the batches of the caller."""


class CleanBatch:
    """A callable for everything that maps batches: `datasets.map`, Spark's `mapInArrow`, Ray Data's `map_batches`.

    It pickles as its configuration and the fingerprint of its rules, to the same bytes in every process. A process
    where the same configuration means other rules (another version, another pack file) refuses to work.

    Args:
        config: the configuration; the defaults when None. Files are not looked for: that is `Config.load`. Its section
            `input` says what columns are called.
        overrides: fields of `Config` to replace, such as `ignore=["MET"]`.

    Raises:
        ConfigError: the configuration cannot be used, or pyarrow is not installed.
    """

    def __init__(self, config: Config | None = None, **overrides: Any) -> None:
        from clean.cleaner import Cleaner

        cleaner = Cleaner(config, **overrides)
        self._config, self.fingerprint = _canonical(cleaner.config), cleaner.fingerprint

    def __getstate__(self) -> str:
        # One string: pickle would write two equal strings otherwise than one string twice.
        return json.dumps([self._config, self.fingerprint])

    def __setstate__(self, state: str) -> None:
        self._config, self.fingerprint = json.loads(state)

    @property
    def cleaner(self) -> Cleaner:
        """The cleaner, as this process has it.

        Raises:
            ConfigError: here the configuration means other rules than where this object was made.
        """
        return _cleaner(self._config, self.fingerprint)

    @property
    def schema(self) -> pa.Schema:
        """The schema of what comes out: `clean.schema.arrow.arrow_schema()` and `error`."""
        pa = _pyarrow()
        error = pa.struct({"kind": pa.string(), "message": pa.string(), "raw": pa.binary()})
        return arrow_schema().append(pa.field("error", error))

    def __call__(self, batch: Any) -> pa.Table:
        """Clean a table: an Arrow table or record batch, or a mapping of column names to lists.

        Raises:
            ConfigError: the table has no column with documents.
        """
        return _pyarrow().Table.from_batches(self._clean(batch), self.schema)

    def batches(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Clean a stream of record batches; a batch in may become several out."""
        for batch in batches:
            yield from self._clean(batch)

    def _clean(self, batch: Any) -> Iterator[pa.RecordBatch]:
        cleaner = self.cleaner
        fields = cleaner.config.input
        text, html, id, url = fields.text_field, fields.html_field, fields.id_field, fields.url_field
        names = list(batch) if isinstance(batch, Mapping) else batch.schema.names
        if text not in names and html not in names:
            raise ConfigError(f"no column {text!r} or {html!r}; the table has {', '.join(names) or 'no column'}")
        wanted = [name for name in dict.fromkeys((text, html, id, url)) if name in names]
        for rows in _rows(batch, wanted):
            records: list[dict[str, Any]] = []
            errors: list[dict[str, Any] | None] = []
            for row in rows:
                kind, raw = (TEXT, row.get(text)) if row.get(text) is not None else (HTML, row.get(html))
                found = attempt(cleaner, raw, kind, row.get(id), row.get(url))
                if isinstance(found, Record):
                    records.append(found.to_dict())
                    errors.append(None)
                else:
                    data = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw
                    errors.append({"kind": found.kind, "message": found.message, "raw": data, "id": row.get(id)})
            yield self._joined(records, errors)

    def _joined(self, records: list[dict[str, Any]], errors: list[dict[str, Any] | None]) -> pa.RecordBatch:
        """Records in the rows without an error, and errors in theirs."""
        pa = _pyarrow()
        cleaned = to_arrow(records)
        places = iter(range(len(records)))
        rows = pa.array([None if error else next(places) for error in errors], pa.int64())
        columns = [column.take(rows) for column in cleaned.columns]
        if any(errors):
            ids = [error and error["id"] for error in errors]
            names = pa.array([None if id is None else str(id) for id in ids], pa.string())
            columns[0] = pa.compute.coalesce(columns[0], names)
        schema = self.schema
        return pa.RecordBatch.from_arrays([*columns, pa.array(errors, schema.field("error").type)], schema=schema)


def _rows(batch: Any, names: list[str]) -> Iterator[list[dict[str, Any]]]:
    """These columns of a batch as rows, a few at a time."""
    if not isinstance(batch, Mapping):
        for start in range(0, batch.num_rows, ROWS):
            yield batch.slice(start, ROWS).select(names).to_pylist()
        return
    values = zip(*(batch[name] for name in names), strict=True)
    while rows := [dict(zip(names, row, strict=True)) for row in islice(values, ROWS)]:
        yield rows


@lru_cache(maxsize=1)
def _cleaner(config: str, fingerprint: str) -> Cleaner:
    # Loading rules and models takes a second, and tools unpickle their functions once a task, not once a process.
    from clean.cleaner import Cleaner

    cleaner = Cleaner(Config.from_mapping(json.loads(config)))
    if cleaner.fingerprint != fingerprint:
        raise ConfigError(
            f"the rules here ({cleaner.fingerprint[:12]}) are not those where the job was made ({fingerprint[:12]}): "
            "install the same version and the same packs everywhere"
        )
    return cleaner


def _canonical(config: Config) -> str:
    def bare(value: Any) -> Any:
        return {k: bare(v) for k, v in value.items() if v is not None} if isinstance(value, dict) else value

    return json.dumps(bare(asdict(config)), sort_keys=True)


def _pyarrow() -> Any:
    return extras.load("pyarrow", "parquet", "Arrow")
