"""A worker process: takes batches of documents on its standard input, and gives what became of them on its output.

It holds nothing that is not in its configuration and may be killed at any moment. Before each document it notes in a
few bytes that it shares with its parent (the `Cell`) which one it takes up and when, so that the parent knows whom to
blame. When the parent is gone, however it went, the worker ends.
"""

from __future__ import annotations

import gc
import mmap
import os
import pickle
import struct
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clean.engines.local import OUT_OF_MEMORY, Failure, Tally, clean_item
from clean.errors import CleanError, ConfigError
from clean.io.item import Item

if TYPE_CHECKING:
    from queue import SimpleQueue

    from clean.cleaner import Cleaner
    from clean.config import Config
    from clean.document import Origin

OUT_OF_MEMORY_EXIT = 86
"""How a worker ends that reached its memory limit; a number that no convention has taken."""

ROOM = 64
"""MB beyond what a worker holds once loaded, below which a memory limit would stop every document."""

WARM_UP = (
    "Loads what is loaded when it is first used, before the time of a document counts.\n\nЗдесь\n\nهنا\n\nयहाँ\n\n这里\n"
)
"""A word of each script that has tables of its own: memory is that of a long run from the start."""

LENGTH = struct.Struct("=Q")

BATCH_PLACES = 1 << 20
"""More than a batch has documents."""

Task = tuple["bytes | str", "Origin"]
Result = tuple[bytes, Tally, bytes | None] | Failure


@dataclass(frozen=True, slots=True)
class Setup:
    """What a worker is told first. `cell` is a file descriptor, `memory` a limit in MB, `split` as for `clean_item`."""

    config: Config
    cell: int
    memory: int | None
    split: bool


@dataclass(frozen=True, slots=True)
class Ready:
    """What a worker answers to it when it can begin."""

    fingerprint: str
    names: dict[str, str]


class Cell:
    """What a worker is doing: the number of its batch, the document's place in that, and since when.

    The place is -1 between documents; the time is the monotonic clock's, which processes of a machine share. A worker
    may be killed, and its parent may look, in the middle of writing: each of the two words is written in one step, the
    time first. A document whose time has come and whose place has not is that before it, which is given too much time.
    """

    SIZE = 16

    def __init__(self, handle: int) -> None:
        shared = memoryview(mmap.mmap(handle, self.SIZE))
        self._where = shared[:8].cast("q")
        self._since = shared[8:].cast("d")

    def write(self, batch: int, place: int) -> None:
        self._since[0] = time.monotonic()
        self._where[0] = batch * BATCH_PLACES + place + 1

    def read(self) -> tuple[int, int, float]:
        batch, place = divmod(self._where[0], BATCH_PLACES)
        return batch, place - 1, self._since[0]


def send(handle: int, message: Any) -> None:
    """Write one message to a pipe."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    rest = memoryview(LENGTH.pack(len(data)) + data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def receive(handle: int) -> bytes | None:
    """Read one message, still pickled, from a pipe; None when the other end is gone."""
    length = _exactly(handle, LENGTH.size)
    return None if length is None else _exactly(handle, LENGTH.unpack(length)[0])


def _exactly(handle: int, size: int) -> bytes | None:
    data = bytearray()
    while len(data) < size:
        part = os.read(handle, min(size - len(data), 1 << 20))
        if not part:
            return None
        data += part
    return bytes(data)


def main() -> None:
    """Be told what to do, load it, and serve; never returns."""
    inbox, outbox = _pipes()
    messages = _inbox(inbox)
    try:
        # Imported here: rules and models come with it, and what goes wrong with them is to be told.
        from clean.cleaner import Cleaner

        setup: Setup = pickle.loads(messages.get())
        cleaner = Cleaner(setup.config)
        cleaner.clean_text(WARM_UP)
        # What stays for good need not be looked through again and again.
        gc.collect()
        gc.freeze()
        if setup.memory is not None:
            _limit_memory(setup.memory)
        cell = Cell(setup.cell)
    except CleanError as error:
        send(outbox, error)
        os._exit(1)
    except Exception as error:  # whatever it is, the parent has to tell it
        send(outbox, CleanError(f"a worker process cannot start: {type(error).__name__}: {error}"))
        os._exit(1)
    _serve(cleaner, cell, setup.split, messages, outbox)


def serve(cleaner: Cleaner, cell: Cell, split: bool) -> None:
    """The same where all is loaded; never returns."""
    inbox, outbox = _pipes()
    gc.freeze()
    _serve(cleaner, cell, split, _inbox(inbox), outbox)


def _serve(cleaner: Cleaner, cell: Cell, split: bool, messages: SimpleQueue[bytes], outbox: int) -> None:
    send(outbox, Ready(cleaner.fingerprint, dict(cleaner.ruleset.names)))
    number = 0
    while True:
        tasks: list[Task] = pickle.loads(messages.get())
        results: list[Result] = []
        for place, (raw, origin) in enumerate(tasks):
            cell.write(number, place)
            try:
                outcome = clean_item(cleaner, Item("", origin, raw), split)
            except ConfigError as error:
                send(outbox, error)
                os._exit(1)
            if outcome.failure is not None and outcome.failure.kind == OUT_OF_MEMORY:
                os._exit(OUT_OF_MEMORY_EXIT)
            results.append(outcome.failure or (outcome.line, outcome.tally, outcome.removed))
        cell.write(number, -1)
        send(outbox, results)
        number += 1


def _pipes() -> tuple[int, int]:
    """From and to the parent. What libraries print must not come between the messages."""
    inbox, outbox = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    return inbox, outbox


def _inbox(handle: int) -> SimpleQueue[bytes]:
    """What comes from the parent. A thread reads it, so that the parent never waits for a document to be done before
    it can hand over the next batch, and so that its end is noticed at once, even while a document hangs."""
    import queue
    import threading

    messages: SimpleQueue[bytes] = queue.SimpleQueue()

    def read() -> None:
        try:
            while (message := receive(handle)) is not None:
                messages.put(message)
        except MemoryError:
            os._exit(OUT_OF_MEMORY_EXIT)
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    return messages


def _limit_memory(limit: int) -> None:
    """Let this process have no more than `limit` MB of memory of its own. Linux counts it so; elsewhere it may not."""
    import resource

    needed = ROOM + _data_size()
    if limit < needed:
        raise ConfigError(f"--memory-limit {limit}: a worker needs {needed} MB to start")
    resource.setrlimit(resource.RLIMIT_DATA, (limit << 20, limit << 20))


def _data_size() -> int:
    """MB of writable memory that this process has mapped; 0 where the system does not tell."""
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            sizes = [line.split()[1] for line in file if line.startswith("VmData:")]
    except OSError:
        return 0
    return int(sizes[0]) >> 10 if sizes else 0
