"""dolma: removals as span attributes, which `dolma mix` applies to documents in its own format.

An attribute file stands beside its documents, a line for a line: `{"id", "attributes": {name: [[start, end, score]]}}`.
Spans count code points of the document's `text`, as dolma does.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from os import PathLike
from pathlib import Path
from typing import IO, Any, cast

from clean.cleaner import Cleaner
from clean.engines.local import clean_items
from clean.errors import DocumentError
from clean.io import Item, read_paths
from clean.io.writers import AtomicFile

REMOVED = "clean__removed"
"""The attribute with all removals; each rule has one of its own, `clean__ID`."""

Spans = dict[str, list[tuple[int, int, float]]]


def attributes(record: dict[str, Any]) -> Spans:
    """The removals of a record by rule and, in `clean__removed`, all; the score is the model's, or 1."""
    spans: Spans = defaultdict(list)
    spans[REMOVED] = []
    for removal in record["removed"]:
        span = (*removal["source"], removal.get("score", 1.0))
        spans[REMOVED].append(span)
        spans[f"clean__{removal['rule']}"].append(span)
    return dict(spans)


def write_attributes(cleaner: Cleaner, documents: str | PathLike[str], out: str | PathLike[str]) -> int:
    """Clean a file of dolma documents and write its attribute file, compressed by gzip.

    A document that cannot be cleaned has a line without spans. The file appears whole or not at all.

    Returns:
        How many documents could not be cleaned.

    Raises:
        CleanError: a line that is no document with an `id`, at which dolma would stop, too.
    """
    failures = 0
    with AtomicFile(Path(out)) as target:
        # Without a name and a time in its head, the same attributes are the same bytes.
        with gzip.GzipFile(filename="", mode="wb", fileobj=cast(IO[bytes], target), mtime=0) as file:
            for outcome in clean_items(cleaner, read_paths([documents])):
                if outcome.failure is None:
                    record = json.loads(outcome.line)
                    line = {"id": record["id"], "attributes": attributes(record)}
                else:
                    line = {"id": _id(outcome.item), "attributes": {REMOVED: []}}
                    failures += 1
                file.write(json.dumps(line).encode() + b"\n")
        target.commit()
    return failures


def _id(item: Item) -> Any:
    """The identifier of a document that could not be cleaned."""
    try:
        return json.loads(item.original or b"")["id"]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise item.located(item.error or DocumentError("bad-field", "no 'id'")) from None
