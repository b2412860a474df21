"""Runner: the local engine as a whole, in this process where that is quicker, in workers where it counts."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from types import TracebackType
from typing import TYPE_CHECKING, Self

from clean.config import Config
from clean.engines.local import DEFAULT_LIMITS, Limits, Outcome, clean_items, size_of
from clean.errors import ConfigError
from clean.io.item import Item

if TYPE_CHECKING:
    from clean.cleaner import Cleaner
    from clean.engines.direct import Direct
    from clean.engines.journal import Journal
    from clean.engines.pool import Pool
    from clean.io.opened import Note

SMALL = 1_000_000
"""Bytes of documents that are cleaned sooner than a worker has started and been told of them."""


class Runner:
    """Cleans documents, in order, whatever they do.

    A run of unknown or small size begins in this process, for a worker would only cost its start; what goes beyond
    `SMALL` goes to workers. There a document that hangs, eats all memory or crashes costs itself alone; here only
    the first is so.

    Args:
        jobs: how many worker processes; None leaves that to the size, and means one for what is large.
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
        self._config = config
        self._limits = limits
        self._split = split
        self._here: Cleaner | None = None
        self._pool: Pool | None = None
        self.fingerprint: str
        self.names: Mapping[str, str]
        if jobs is None and size <= SMALL:
            # Imported here, as the pool is below: each brings much that the other way does without.
            from clean.cleaner import Cleaner

            self._here = Cleaner(config)
            self.fingerprint, self.names = self._here.fingerprint, self._here.ruleset.names
            return
        try:
            ready = self._start().ready
        except BaseException:
            self.close()
            raise
        self.fingerprint, self.names = ready.fingerprint, ready.names

    def run(self, items: Iterable[Item]) -> Iterator[Outcome]:
        """Clean `items`, in order."""
        rest: Iterator[Item] | None = iter(items)
        if self._here is not None:
            small = _Small(items)
            yield from clean_items(self._here, small, self._limits, self._split)
            rest = small.rest
        if rest is not None:
            pool = self._start()
            if pool.ready.fingerprint != self.fingerprint:
                raise ConfigError("a rule pack has changed since the run began")
            yield from pool.run(rest)

    def through(self, sink: Journal | Direct, note: Note) -> Iterator[Outcome]:
        """Clean all that is left for `sink`, in order."""
        return self.run(sink.rest(note))

    def close(self) -> None:
        """End all workers."""
        if self._pool is not None:
            self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self) -> Pool:
        if self._pool is None:
            from clean.engines.pool import Pool

            self._pool = Pool(self._config, self.jobs, self._limits, self._split)
        return self._pool


class _Small:
    """The first items, as long as they are small together; `rest` is what comes after them, if anything does."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = iter(items)
        self.rest: Iterator[Item] | None = None

    def __iter__(self) -> Iterator[Item]:
        size = 0
        for item in self._items:
            size += size_of(item)
            if size > SMALL:
                self.rest = chain([item], self._items)
                return
            yield item


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
