"""Runner: the local engine as a whole. Whatever a document does, it does it to a worker process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self

from clean.config import Config
from clean.engines.local import DEFAULT_LIMITS, Limits, Outcome
from clean.engines.pool import Pool
from clean.io.item import Item

if TYPE_CHECKING:
    from clean.cleaner import Cleaner
    from clean.engines.direct import Direct
    from clean.engines.journal import Journal
    from clean.io.opened import Note

SMALL = 1_000_000
"""Bytes of documents that are cleaned sooner than a new interpreter has started and loaded all it needs."""

FORKS = sys.platform == "linux"
"""Whether a process that has loaded numerical libraries may be forked; on macOS they do not survive it."""


class Runner:
    """Cleans documents, in order, whatever they do: one that hangs, eats all memory or crashes costs itself alone.

    Where the size of a run is small or unknown, its worker is forked from this process.

    Args:
        jobs: how many worker processes; None leaves that to this engine.
        size: bytes of input, 0 where that is not known.
        split: whether the removed text is wanted in a line of its own.

    Raises:
        ConfigError, RuleError: the configuration cannot be used.
    """

    def __init__(
        self,
        config: Config,
        jobs: int | None = None,
        size: int = 0,
        limits: Limits = DEFAULT_LIMITS,
        split: bool = False,
    ) -> None:
        self.jobs = jobs or 1
        cleaner: Cleaner | None = None
        if jobs is None and size <= SMALL and FORKS:
            # Imported here, for a worker that is not forked brings what this does in a process of its own.
            from clean.cleaner import Cleaner

            cleaner = Cleaner(config)
        self._pool = Pool(config, self.jobs, limits, split, cleaner)
        try:
            ready = self._pool.ready
        except BaseException:
            self.close()
            raise
        self.fingerprint: str = ready.fingerprint
        self.names: Mapping[str, str] = ready.names

    def run(self, items: Iterable[Item]) -> Iterator[Outcome]:
        """Clean `items`, in order."""
        return self._pool.run(items)

    def through(self, sink: Journal | Direct, note: Note) -> Iterator[Outcome]:
        """Clean all that is left for `sink`, in order."""
        return self.run(sink.rest(note))

    def close(self) -> None:
        """End all workers."""
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
