"""Removed text in a file of its own, put back for `clean.verify`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clean.verify_files import output_records

Json = dict[str, Any]


class RemovedText:
    """The lines of a file of removed text: one for each record that lost something, in the order of the records."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lines: Iterator[Json | str] = iter(()) if path is None else output_records(path)

    def restore(self, record: Json) -> Iterator[str]:
        """Put its removed text into a record that has none, and say what does not fit."""
        lacking = [removal for removal in record["removed"] if "text" not in removal]
        if not lacking or self._path is None:
            return
        found = next(self._lines, "it ends before")
        if isinstance(found, str):
            yield f"removed: {self._path} has no text for this record: {found}"
            return
        texts = found.get("removed")
        if found.get("id") != record["id"] or not isinstance(texts, list) or len(texts) != len(lacking):
            yield f"removed: {self._path} has the text of another record in its place: {json.dumps(found.get('id'))}"
            return
        for i, (removal, entry) in enumerate(zip(lacking, texts, strict=True)):
            same = isinstance(entry, dict) and all(entry.get(key) == removal[key] for key in ("source", "rule"))
            if not same or not isinstance(entry.get("text"), str):
                yield f"removed[{i}]: {self._path} has another removal in its place"
                return
            removal["text"] = entry["text"]

    def rest(self) -> Iterator[str]:
        """What is wrong at the end: lines that belong to no record."""
        left = sum(1 for _ in self._lines)
        if left:
            yield f"{self._path} goes on after the last record, with {left:,} lines that belong to none"
