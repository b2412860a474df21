"""A pool of worker processes that no document can break.

Documents go out in batches, as many at a time as fit a bound of bytes, and outcomes come back in the order in which
the documents came, whatever the number of workers. A document that takes too long costs its worker, which is killed
and replaced; one that takes a worker down with it is tried once more, alone in a new one, and set aside when that
goes down too. The others of its batch are cleaned as if nothing had happened.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Self

from clean.config import Config
from clean.engines.local import Failure, Limits, Outcome, failed, size_of
from clean.engines.worker import OUT_OF_MEMORY_EXIT, Cell, Ready, Result, Setup, receive, send, serve
from clean.errors import CleanError, ConfigError
from clean.io.item import Item

if TYPE_CHECKING:
    from clean.cleaner import Cleaner
    from clean.engines.forked import Forked

BATCH_BYTES = 1 << 16
"""Input that goes to a worker at once: some 50 ms of work, against which handing it over is nothing."""
BATCH_DOCUMENTS = 256
BATCH_SECONDS = 0.1
"""A batch goes out half empty when its documents come slower than this."""
AHEAD = 2
"""Batches that a worker has at a time: the one in work and the next."""
HELD_BYTES = 32 << 20
HELD_DOCUMENTS = 4096
"""What may wait for its turn in the output, per worker, while one document takes long."""
STALL = 5.0
"""Seconds by which a wait may be longer than it was to be. Beyond, this process was not let run, and its workers were
hardly: the machine was suspended, or hopelessly busy. That is no document's fault."""
STARTS = 3
"""Workers that die one after another without having begun a document, after which the fault is in none of them."""
PIPE_SIZE = 1 << 20

BOOT = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from clean.engines.worker import main; main()"
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""A worker is to use one core; numerical libraries start a thread for each otherwise."""


@dataclass(slots=True, eq=False)
class _Slot:
    """A document, its place in the output, and what became of it."""

    item: Item
    size: int
    outcome: Outcome | None = None
    deaths: int = 0


@dataclass(slots=True, eq=False)
class _Batch:
    slots: list[_Slot]
    alone: bool = False
    """Whether this is the second try of a document that took a worker down."""


@dataclass(slots=True, eq=False)
class _Held:
    """The documents on their way, in order."""

    slots: deque[_Slot] = field(default_factory=deque)
    size: int = 0

    def add(self, slot: _Slot) -> None:
        self.slots.append(slot)
        self.size += slot.size

    def settle(self, slot: _Slot, outcome: Outcome) -> None:
        slot.outcome = outcome
        slot.size += len(outcome.line)
        self.size += len(outcome.line)

    def finished(self) -> Iterator[Outcome]:
        while self.slots and (outcome := self.slots[0].outcome) is not None:
            self.size -= self.slots.popleft().size
            yield outcome


class Pool:
    """Worker processes, each with a cleaner of its own.

    Args:
        jobs: how many.
        limits: what one document may take.
        split: whether the removed text is wanted in a line of its own.
        cleaner: one that is loaded here; the first workers are forked with it, and are ready at once.

    Raises:
        ConfigError, RuleError: the configuration cannot be used; raised by whatever is called first.
    """

    def __init__(
        self, config: Config, jobs: int, limits: Limits, split: bool = False, cleaner: Cleaner | None = None
    ) -> None:
        self._config = config
        self._limits = limits
        self._split = split
        self._ready: Ready | None = None
        self._failed_starts = 0
        self._todo: deque[_Batch] = deque()
        self._held = _Held()
        self._workers = [_Worker(config, limits, split, cleaner=cleaner) for _ in range(jobs)]

    @property
    def ready(self) -> Ready:
        """The fingerprint of the rules and configuration in use, and the names of the rules."""
        while self._ready is None:
            self._attend(None)
        return self._ready

    def run(self, items: Iterable[Item]) -> Iterator[Outcome]:
        """Clean `items`, in order."""
        source = iter(items)
        room = len(self._workers) * HELD_BYTES
        seats = len(self._workers) * HELD_DOCUMENTS
        exhausted = False
        while True:
            self._hand_out()
            yield from self._held.finished()
            if exhausted and not self._held.slots:
                return
            full = self._held.size >= room or len(self._held.slots) >= seats
            if exhausted or full or len(self._todo) >= len(self._workers):
                self._attend(self._patience())
            else:
                exhausted = self._read(source)
                self._attend(0)

    def close(self) -> None:
        """End all workers, whatever they are doing."""
        for worker in self._workers:
            worker.kill()
            worker.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self, source: Iterator[Item]) -> bool:
        """Take the next batch from the source; whether that was the last."""
        batch = _Batch([])
        size = 0
        began = time.monotonic()
        exhausted = True
        for item in source:
            slot = _Slot(item, size_of(item))
            self._held.add(slot)
            if item.error is not None:
                self._held.settle(slot, failed(item, item.error))
            else:
                batch.slots.append(slot)
                size += slot.size
            full = size >= BATCH_BYTES or len(batch.slots) >= BATCH_DOCUMENTS
            # Documents that are errors wait for nobody; a long row of them must not grow.
            if full or time.monotonic() - began > BATCH_SECONDS or len(self._held.slots) >= HELD_DOCUMENTS:
                exhausted = False
                break
        if batch.slots:
            self._todo.append(batch)
        return exhausted

    def _hand_out(self) -> None:
        for depth in range(AHEAD):
            for worker in self._workers:
                if not self._todo:
                    return
                if worker.ready and len(worker.batches) <= depth and not any(b.alone for b in worker.batches):
                    worker.give(self._todo.popleft())

    def _patience(self) -> float:
        """Seconds until some document will have used up its time, or a second."""
        now = time.monotonic()
        return min((max(0.0, deadline - now) + 0.001 for w in self._workers if (deadline := w.deadline())), default=1.0)

    def _attend(self, seconds: float | None) -> None:
        """Wait, no longer than `seconds`, for news of workers, and take all of it in."""
        poll = select.poll()
        by_handle = {worker.outbox: worker for worker in self._workers}
        for handle in by_handle:
            poll.register(handle, select.POLLIN)
        began = time.monotonic()
        events = poll.poll(None if seconds is None else 1000 * seconds)
        if seconds is not None and (back := time.monotonic()) > began + seconds + STALL:
            for worker in self._workers:
                worker.counted_from = back
        for handle, _ in events:
            worker = by_handle[handle]
            if not self._take(worker):
                self._bury(worker, late=None)
        now = time.monotonic()
        for worker in self._workers:
            if (deadline := worker.deadline()) and deadline < now:
                worker.kill()
                while self._take(worker):
                    pass
                # It may have been done just before; what stands in the cell now is final.
                slot = worker.in_work()
                self._bury(worker, slot if (deadline := worker.deadline()) and deadline < now else None)

    def _take(self, worker: _Worker) -> bool:
        """Take one message of a worker; False when it is gone."""
        message = receive(worker.outbox)
        if message is None:
            return False
        news: Ready | list[Result] | CleanError = pickle.loads(message)
        if isinstance(news, CleanError):
            raise news
        if isinstance(news, Ready):
            if self._ready is not None and news.fingerprint != self._ready.fingerprint:
                raise ConfigError("a rule pack has changed since the run began")
            self._ready = news
            worker.begin()
            return True
        self._failed_starts = 0
        for slot, result in zip(worker.answered().slots, news, strict=True):
            if isinstance(result, Failure):
                self._held.settle(slot, Outcome(slot.item, failure=result))
            else:
                line, tally, removed = result
                self._held.settle(slot, Outcome(slot.item, line, tally, removed=removed))
        return True

    def _bury(self, worker: _Worker, late: _Slot | None) -> None:
        """Replace a worker that is dead; `late` is the document that it was killed for."""
        why = worker.end()
        suspect = worker.in_work()
        if suspect is None:
            self._failed_starts += 1
            if self._failed_starts >= STARTS:
                raise CleanError(f"worker processes end before they have begun: {why.message}")
        again: _Batch | None = None
        if late is not None:
            self._held.settle(late, Outcome(late.item, failure=self._limits.timeout(late.size)))
        elif suspect is not None:
            suspect.deaths += 1
            if suspect.deaths > 1:
                self._held.settle(suspect, Outcome(suspect.item, failure=why))
            else:
                again = _Batch([suspect], alone=True)
        for batch in reversed(worker.batches):
            rest = [slot for slot in batch.slots if slot.outcome is None and slot is not suspect]
            if rest:
                self._todo.appendleft(_Batch(rest, alone=batch.alone))
        successor = _Worker(self._config, self._limits, self._split, again)
        self._workers[self._workers.index(worker)] = successor


class _Worker:
    """A worker process as its parent sees it."""

    def __init__(
        self,
        config: Config,
        limits: Limits,
        split: bool,
        first: _Batch | None = None,
        cleaner: Cleaner | None = None,
    ) -> None:
        self.ready = False
        self.batches: deque[_Batch] = deque()
        """What it has been given and has not answered."""
        self.counted_from = 0.0
        """When the time of a document that was in work then began anew."""
        self._first = first
        self._limits = limits
        self._number = 0
        self._code = 0
        self._dead: Failure | None = None
        with tempfile.TemporaryFile() as shared:
            shared.truncate(Cell.SIZE)
            self._cell = Cell(shared.fileno())
            self._cell.write(0, -1)
            self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end()
            self._process = self._spawn(shared.fileno()) if cleaner is None else self._fork(cleaner, split)
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._inbox = self._process.stdin.fileno()
            self.outbox = self._process.stdout.fileno()
            self._widen()
            if cleaner is None:
                self._send(Setup(config, shared.fileno(), limits.memory, split))

    def _spawn(self, cell: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", BOOT, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            bufsize=0,
            pass_fds=[cell],
            env=ONE_THREAD | os.environ,
            # Ctrl-C is for the parent, which ends its workers when it has put things in order.
            process_group=0,
        )

    def _fork(self, cleaner: Cleaner, split: bool) -> Forked:
        from clean.engines.forked import Forked

        return Forked(lambda: serve(cleaner, self._cell, split), self._stderr)

    def begin(self) -> None:
        """It is ready."""
        self.ready = True
        if self._first is not None:
            self.give(self._first)

    def give(self, batch: _Batch) -> None:
        self.batches.append(batch)
        self._send([(slot.item.raw, slot.item.origin) for slot in batch.slots])

    def answered(self) -> _Batch:
        """The batch that it has just answered."""
        self._number += 1
        return self.batches.popleft()

    def in_work(self) -> _Slot | None:
        """The document that it is busy with, if it is."""
        slot, _ = self._look()
        return slot

    def deadline(self) -> float | None:
        """When the document that it is busy with will have used up its time."""
        slot, since = self._look()
        seconds = None if slot is None else self._limits.seconds_for(slot.size)
        return None if seconds is None else max(since, self.counted_from) + seconds

    def kill(self) -> None:
        """End it now."""
        self._process.kill()
        self._code = self._process.wait()

    def end(self) -> Failure:
        """Kill it unless it is dead, and let go of all that it held; the reason why it died by itself, if it did."""
        if self._dead is not None:
            return self._dead
        # A pipe that is closed says that it is dying, perhaps a moment before it has died.
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0.0 if self._process.poll() is not None else 0.2)
        self.kill()
        self._dead = _reason(self._code, self._last_words(), self._limits)
        for pipe in (self._process.stdin, self._process.stdout, self._stderr):
            if pipe is not None:
                pipe.close()
        return self._dead

    def _look(self) -> tuple[_Slot | None, float]:
        number, place, since = self._cell.read()
        if place < 0 or number != self._number or not self.batches:
            return None, since
        return self.batches[0].slots[place], since

    def _send(self, message: object) -> None:
        # A worker that is gone shows by its closed output; nothing of what it was given is lost.
        with contextlib.suppress(BrokenPipeError):
            send(self._inbox, message)

    def _widen(self) -> None:
        """Let a worker put an answer down and go on, where the system can."""
        import fcntl

        for handle in (self._inbox, self.outbox):
            with contextlib.suppress(OSError, AttributeError):
                fcntl.fcntl(handle, fcntl.F_SETPIPE_SZ, PIPE_SIZE)

    def _last_words(self) -> str:
        self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, self._stderr.tell() - 2000))
        lines = self._stderr.read().decode("utf-8", "replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _reason(code: int, words: str, limits: Limits) -> Failure:
    """Why a document's worker is dead, from its exit code."""
    if code == OUT_OF_MEMORY_EXIT:
        return limits.out_of_memory()
    if code == -signal.SIGKILL:
        return Failure("crashed", "its worker was killed, as the system does when memory runs out")
    name = signal.Signals(-code).name if code < 0 and -code in set(signal.Signals) else f"exit code {code}"
    return Failure("crashed", f"its worker crashed: {name}{': ' if words else ''}{words}")
