"""Checkpoint: how far a run is, on the disk, and the files that are cut back to it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clean.engines.local import Tally
from clean.errors import CleanError
from clean.io.writers import sync_directory


@dataclass(slots=True)
class State:
    """How far a run is: what a checkpoint holds.

    `input` counts the inputs that are done, `record` the items of the next one, and `here` what became of those.
    Lengths are bytes of files. `closed` says that the shard is complete, `done` that the run is.
    """

    input: int = 0
    record: int = 0
    here: list[int] = field(default_factory=lambda: [0, 0])
    shard: int = 0
    shard_records: int = 0
    lengths: dict[str, int] = field(default_factory=dict)
    closed: bool = False
    done: bool = False
    tally: Tally = field(default_factory=Tally)
    failures: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    starts: int = 0

    @property
    def documents(self) -> int:
        """All that were taken in hand."""
        return self.tally.documents + self.failures.total()

    def write(self, path: Path) -> None:
        """Replace a checkpoint, durably."""
        new = path.with_suffix(".new")
        data = {name: getattr(self, name) for name in self.__slots__}
        data["tally"] = {name: getattr(self.tally, name) for name in self.tally.__slots__}
        with open(new, "w", encoding="utf-8") as file:
            json.dump({"state": data, "sha256": _digest(data)}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
        sync_directory(path.parent)

    @classmethod
    def read(cls, path: Path) -> State:
        """Raises ValueError, TypeError or KeyError for a file that is damaged."""
        written = json.loads(path.read_text(encoding="utf-8"))
        data = written["state"]
        if written["sha256"] != _digest(data):
            raise ValueError("it is not as it was written")
        tally = data.pop("tally")
        counters = ("rule_hits", "rule_chars", "language_chars")
        return cls(
            tally=Tally(**tally | {name: Counter(tally[name]) for name in counters}),
            failures=Counter(data.pop("failures")),
            left_out=Counter(data.pop("left_out")),
            **data,
        )


def _digest(data: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(data).encode()).hexdigest()


class Part:
    """A file that grows, and that can be cut back to a length it had."""

    def __init__(self, path: Path, length: int) -> None:
        self._file = open(path, "ab")  # noqa: SIM115 - closed by close()
        self._dirty = False
        if self._file.tell() < length:
            raise CleanError(f"{path}: shorter than its checkpoint says; start anew with --overwrite")
        self._file.truncate(length)

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._dirty = True

    def sync(self) -> None:
        if self._dirty:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._dirty = False

    def close(self) -> None:
        # Closing writes what is left, which fails again on a full disk; that error has been told.
        with contextlib.suppress(OSError):
            self._file.close()
