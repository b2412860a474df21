"""Counts more keys than memory holds: sorted runs on the disk, merged a range of keys at a time."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from itertools import pairwise
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from numpy.typing import NDArray

RUN = 1 << 22
"""Keys that are held before they are sorted and written: 32 MB."""


class Counter:
    """How often each key was added. The result depends on the keys alone, never on their order."""

    def __init__(self, run: int = RUN) -> None:
        self._run = run
        self._pending: list[NDArray[Any]] = []
        self._held = 0
        self._runs: list[tuple[Any, int]] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def add(self, keys: NDArray[Any]) -> None:
        """Count each of `keys` (64-bit, unsigned) once."""
        self._pending.append(keys)
        self._held += len(keys)
        if self._held >= self._run:
            self._write()

    def frequent(self, minimum: int, limit: int) -> NDArray[Any]:
        """The keys that were added `minimum` times at least, sorted; of more than `limit` the most frequent."""
        import numpy as np

        self._write()
        found = [np.empty(0, np.uint64)]
        counts = [np.empty(0, np.int64)]
        for keys, times in self._ranges():
            often = times >= minimum
            found.append(keys[often])
            counts.append(times[often])
        keys, times = np.concatenate(found), np.concatenate(counts)
        if len(keys) > limit:
            keys = keys[np.lexsort((keys, -times))[:limit]]
        return np.sort(keys)

    def _ranges(self) -> Any:
        """The distinct keys and their counts, a range of keys at a time."""
        import numpy as np

        maps = [np.memmap(file, dtype=[("key", "<u8"), ("times", "<i8")], mode="r") for file, size in self._runs]
        parts = max(1, len(maps))
        borders = [(1 << 64) * i // parts for i in range(parts + 1)]
        for low, high in pairwise(borders):
            pieces = []
            for run in maps:
                start = int(np.searchsorted(run["key"], np.uint64(low)))
                end = len(run) if high == 1 << 64 else int(np.searchsorted(run["key"], np.uint64(high)))
                pieces.append(np.array(run[start:end]))
            if pieces:
                yield _summed(np.concatenate(pieces))

    def _write(self) -> None:
        import numpy as np

        if not self._held:
            return
        keys, times = np.unique(np.concatenate(self._pending), return_counts=True)
        self._pending, self._held = [], 0
        run = np.empty(len(keys), dtype=[("key", "<u8"), ("times", "<i8")])
        run["key"], run["times"] = keys, times
        file = self._stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - closed by __exit__
        run.tofile(file)
        file.flush()
        self._runs.append((file, len(keys)))


def _summed(rows: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    import numpy as np

    order = np.argsort(rows["key"], kind="stable")
    keys, starts = np.unique(rows["key"][order], return_index=True)
    times = np.add.reduceat(rows["times"][order], starts) if len(keys) else np.empty(0, np.int64)
    return keys, times
