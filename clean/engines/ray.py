"""The Ray engine: inputs are read and cleaned on the workers of a Ray cluster, by Ray Data; outcomes come back here.

Readers run as Ray tasks, and cleaners in a pool of actors; Ray Data decides what runs where and when, and keeps what
does not fit. In each actor the local engine's pool of one process does the work, so that a document that hangs or
crashes costs itself alone. Outcomes come in the order of the inputs, as from the local engine, and are the same.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from clean import extras
from clean.config import Config
from clean.engines.local import DEFAULT_LIMITS, Limits, Outcome
from clean.engines.work import Work
from clean.errors import CleanError, ConfigError
from clean.io.opened import LeftOut, Note

if TYPE_CHECKING:
    import pyarrow as pa

    from clean.engines.pool import Pool
    from clean.io import Item

LOCAL = "local"
"""Ray's address of a cluster that begins and ends with this process."""

BLOCK = 1 << 20
"""Bytes of documents that an actor takes at a time: about a second of work. Ray's own 128 MB would keep most actors of
a small run idle, and go back to the start of two minutes' work when a machine is lost."""

READER_CPUS = 0.5
"""What a reading task counts for; it waits for disks. That it differs from a cleaner's also keeps Ray Data from fusing
the two, in which case a single large file would be cleaned by a single actor."""

COLUMN = "pickled"


class Sink(Protocol):
    """What a run adds its outcomes to."""

    def left(self) -> Iterator[Work]: ...
    def expect(self, index: int) -> None: ...
    def leave_out(self, index: int, found: LeftOut) -> None: ...


class RayRunner:
    """Cleans documents on Ray, in order, whatever they do.

    Args:
        address: a cluster's address, as `ray.init` takes it; None is a Ray of its own in this machine. Where Ray is
            initialised already, that is used.
        jobs: how many cleaners; None is one for each core of the cluster but one, which reads.
        split: whether the removed text is wanted in a line of its own.

    Raises:
        ConfigError, RuleError: the configuration cannot be used, or Ray is not installed.
        CleanError: there is no cluster at `address`.
    """

    def __init__(
        self,
        config: Config,
        address: str | None = None,
        jobs: int | None = None,
        limits: Limits = DEFAULT_LIMITS,
        split: bool = False,
    ) -> None:
        from clean.cleaner import Cleaner

        cleaner = Cleaner(config)
        self.fingerprint: str = cleaner.fingerprint
        self.names: Mapping[str, str] = cleaner.ruleset.names
        self._constructor = (config, limits, split, self.fingerprint)
        self._ray = extras.load("ray", "ray", "--engine ray")
        self._data = extras.load("ray.data", "ray", "--engine ray")
        self._started = not self._ray.is_initialized()
        if self._started:
            self._start(address, jobs)
        self.jobs = jobs or max(1, int(self._ray.cluster_resources().get("CPU", 1)) - 1)

    def through(self, sink: Sink, note: Note) -> Iterator[Outcome]:
        """Clean all that is left for `sink`, in order; see `run`."""
        for index, found in self._found(sink.left()):
            if isinstance(found, LeftOut):
                sink.leave_out(index, found)
                note(found)
            else:
                sink.expect(index)
                yield found

    def run(self, todo: Iterable[Work], note: Note = lambda found: None) -> Iterator[tuple[int, Outcome]]:
        """Clean inputs, in order, each outcome with the number of its input.

        Items of cleaned documents come back without their raw bytes. `note` is told of files that are left out.

        Raises:
            ConfigError: an input that other machines cannot read, or a worker that has other rules.
            CleanError: Ray failed.
        """
        for index, found in self._found(todo):
            if isinstance(found, LeftOut):
                note(found)
            else:
                yield index, found

    def _found(self, todo: Iterable[Work]) -> Iterator[tuple[int, Outcome | LeftOut]]:
        rows = [{COLUMN: pickle.dumps(work)} for work in _readable(todo)]
        if not rows:
            return
        for value in self._stream(rows):
            index, found = pickle.loads(value)
            if isinstance(found, ConfigError):
                raise found
            yield index, found

    def close(self) -> None:
        """End what was started."""
        if self._started:
            self._ray.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self, address: str | None, jobs: int | None) -> None:
        from clean.engines.runner import cores

        quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
        # Ray Data tells of each dataset, and Ray's core of actors' arguments, where a user waits for our own progress.
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
        try:
            if address is not None:
                self._ray.init(address, **quiet)
                return
            # A Ray that lives as long as one command has nothing to tell its makers.
            os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
            self._ray.init(LOCAL, num_cpus=(jobs or cores()) + 1, include_dashboard=False, **quiet)
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise CleanError(f"Ray at {address or LOCAL}: {error}") from None

    def _stream(self, works: list[dict[str, bytes]]) -> Iterator[bytes]:
        with self._context():
            strategy = self._data.ActorPoolStrategy(size=self.jobs)
            rows = self._data.from_items(works)
            rows = rows.map_batches(
                _read, batch_size=None, batch_format="pyarrow", num_cpus=READER_CPUS, fn_kwargs={"folder": os.getcwd()}
            )
            rows = rows.map_batches(
                _Cleaning,
                batch_size=None,
                batch_format="pyarrow",
                num_cpus=1,
                compute=strategy,
                fn_constructor_args=self._constructor,
            )
        try:
            for batch in rows.iter_batches(batch_size=None, batch_format="pyarrow"):
                for value in batch.column(COLUMN):
                    yield value.as_py()
        except self._ray.exceptions.RayError as error:
            raise _told(error) from None

    @contextlib.contextmanager
    def _context(self) -> Iterator[None]:
        """What a dataset that is made in here keeps: small blocks, in order, and silence."""
        context = self._data.DataContext
        before = context.get_current()
        ours = before.copy()
        ours.target_max_block_size = BLOCK
        ours.execution_options.preserve_order = True
        ours.enable_progress_bars = False
        ours.print_on_execution_start = False
        context._set_current(ours)
        try:
            yield
        finally:
            context._set_current(before)


def _readable(todo: Iterable[Work]) -> Iterator[Work]:
    for work in todo:
        if not work.entry.regular:
            raise ConfigError(f"{work.entry.name}: --engine ray reads on its workers, which a pipe does not reach")
        yield work


def _read(table: pa.Table, folder: str) -> Iterator[pa.Table]:
    """On a worker: read inputs."""
    notes: list[LeftOut] = []
    # Paths are as the user gave them, and records keep them so.
    with contextlib.chdir(folder) if os.path.isdir(folder) else contextlib.nullcontext():
        for value in table.column(COLUMN):
            work: Work = pickle.loads(value.as_py())
            for item in work.items(notes.append):
                yield _table([(work.index, item)])
            yield _table([(work.index, message) for message in notes])
            notes.clear()


class _Cleaning:
    """In an actor: clean items."""

    def __init__(self, config: Config, limits: Limits, split: bool, fingerprint: str) -> None:
        from clean.engines.pool import Pool

        self.pool: Pool = Pool(config, 1, limits, split)
        self.fingerprint = fingerprint

    def __call__(self, table: pa.Table) -> pa.Table:
        found = [pickle.loads(value.as_py()) for value in table.column(COLUMN)]
        items: list[Item] = [item for _, item in found if not isinstance(item, LeftOut)]
        try:
            if self.pool.ready.fingerprint != self.fingerprint:
                raise ConfigError(
                    "a worker has other rules than this machine: install the same version and the same packs everywhere"
                )
        except ConfigError as error:
            # As a row: of what is raised here, Ray tells the driver little, and would try again.
            return _table([(0, error)])
        outcomes = self.pool.run(items)
        return _table([(index, item if isinstance(item, LeftOut) else _light(next(outcomes))) for index, item in found])


def _light(outcome: Outcome) -> Outcome:
    """An outcome without what nobody asks for any more."""
    if outcome.failure is not None:
        return replace(outcome, item=replace(outcome.item, raw=b""))
    return replace(outcome, item=replace(outcome.item, raw=b"", original=None))


def _table(rows: list[tuple[int, Any]]) -> pa.Table:
    import pyarrow as pa

    return pa.table({COLUMN: pa.array([pickle.dumps(row) for row in rows], pa.large_binary())})


def _told(error: Exception) -> CleanError:
    lines = str(getattr(error, "cause", None) or error).strip().splitlines()
    return CleanError(f"Ray: {type(error).__name__}: {lines[0] if lines else 'no reason given'}")
