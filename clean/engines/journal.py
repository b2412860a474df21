"""Journal: a run's output on its way, so that no way in which the run may end costs more than its last seconds.

Beside the output OUT stands a hidden directory, `.OUT.partial`. Records are appended to a journal in it; a checkpoint,
replaced whole, says how far the journal counts and which documents are in it. To go on, everything is cut back to the
checkpoint. A finished journal becomes the output, and the directory goes; each step of that can be done again when it
was interrupted.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from clean.config import InputConfig
from clean.engines import manifest, targets
from clean.engines.checkpoint import Part, State
from clean.engines.local import Outcome, Tally
from clean.engines.manifest import Digests
from clean.engines.outputs import DIGESTS, LOG, QUARANTINE, Outputs, remove_folder, upload, write_manifest
from clean.engines.plan import Plan
from clean.engines.targets import Target
from clean.engines.work import Work, left
from clean.errors import CleanError
from clean.io import Input, Item
from clean.io.opened import LeftOut, Note
from clean.io.writers import AtomicFile, quarantine_line

INTERVAL = 1.0
"""Seconds between two checkpoints, at least."""
SHARE = 0.02
"""Of the time, what checkpoints may take: where the disk is slow they are rarer."""

LOCK, PLAN, CHECKPOINT = "lock", "plan.jsonl", "checkpoint.json"


class Journal:
    """The output of a run that is not finished.

    Args:
        plan: what decides the output.
        fields: what the fields of records in the inputs are called.
        resume: go on with what an earlier run has left; without it that is thrown away.

    Raises:
        CleanError: another run is at it, or what is there cannot be gone on with; the message says what has changed.
        OSError: the disk is full, or the directory forbidden.
    """

    def __init__(
        self, outputs: Outputs, plan: Plan, inputs: list[Input], fields: InputConfig, resume: bool = False
    ) -> None:
        self.outputs = outputs
        self.plan = plan
        self.state = State()
        self._inputs = inputs
        self._fields = fields
        self._folder = outputs.folder
        self._started = self._checked = time.monotonic()
        self._earlier = 0.0
        self._pause = INTERVAL
        self._order: deque[int] = deque()
        self._left_out: dict[int, Counter[str]] = {}
        self._files: dict[str, Part] = {}
        self._whole = False
        """Whether the state is that after some document, and not in between."""
        self._placed = False
        self._repeatable = all(entry.regular for entry in inputs)
        with self._named():
            self._folder.mkdir(exist_ok=True)
            self._lock = open(self._folder / LOCK, "wb")  # noqa: SIM115 - held until the end
            _lock(self._lock.fileno(), outputs.out)
            try:
                self._begin(resume)
            except OSError:
                self.stop()
                raise

    def _begin(self, resume: bool) -> None:
        if not (resume and self._resume()):
            self._clear()
            self.plan.write(self._folder / PLAN)
        self.state.starts += 1
        self._digests = Digests(self._folder / DIGESTS, self._inputs, self.plan.sources)
        self._digests.finished(self.state.input)
        if self.state.closed:
            self._finish_shard()
        else:
            self.outputs.unstage()
        self._open()
        self._whole = True

    @property
    def changed(self) -> Sequence[str]:
        """The inputs that were written to while the run read them."""
        return self._digests.changed

    @property
    def tally(self) -> Tally:
        """The figures of all that was cleaned, in earlier starts too."""
        return self.state.tally

    @property
    def failures(self) -> Counter[str]:
        """How many documents could not be cleaned, by the kind of failure."""
        return self.state.failures

    @property
    def behind(self) -> int:
        """Bytes of the inputs that earlier starts are through with."""
        return sum(entry.size for entry in self._inputs[: self.state.input])

    @property
    def worth_keeping(self) -> bool:
        """Whether a checkpoint is there to go on from."""
        return (self._folder / CHECKPOINT).exists()

    def rest(self, note: Note) -> Iterator[Item]:
        """The items that are not in the journal yet; their outcomes have to be added in this order."""
        for work in self.left():
            for item in work.items(partial(self._told, note, work.index)):
                self.expect(work.index)
                yield item

    def left(self) -> Iterator[Work]:
        """The inputs that are not in the journal yet, for whoever reads them elsewhere than here."""
        return left(self._inputs, self.state.input, self.state.record, self._fields)

    def expect(self, index: int) -> None:
        """Say of which input, by its number, an outcome will be added."""
        self._order.append(index)

    def leave_out(self, index: int, found: LeftOut) -> None:
        """Say what an input, by its number, holds beside its documents, before anything of the next one is added."""
        self._left_out.setdefault(index, Counter()).update(found.counts)

    def _told(self, note: Note, index: int, found: LeftOut) -> None:
        self.leave_out(index, found)
        note(found)

    def add(self, outcome: Outcome) -> None:
        """Append what became of the next item."""
        self._whole = False
        index = self._order.popleft()
        if index != self.state.input:
            self._leave_inputs(index)
        state = self.state
        if outcome.failure is None:
            size = state.lengths.get("records", 0) + len(outcome.line)
            limit = self.outputs.shard_size
            if limit is not None and size > limit and state.shard_records:
                self._close_shard()
            self._append("records", outcome.line)
            if outcome.removed:
                self._append("removed", outcome.removed)
            state.shard_records += 1
            state.tally.add(outcome.tally)
            state.here[0] += 1
        else:
            if "quarantine" in self._files:
                line = quarantine_line(outcome.item, outcome.failure.kind, outcome.failure.message)
                self._append("quarantine", line)
            state.failures[outcome.failure.kind] += 1
            state.here[1] += 1
        state.record += 1
        self._whole = True
        now = time.monotonic()
        if self._repeatable and now - self._checked >= self._pause:
            self.checkpoint()
            self._checked = time.monotonic()
            self._pause = max(INTERVAL, (self._checked - now) / SHARE)

    def checkpoint(self) -> None:
        """Make sure that all that was added stays."""
        self.state.seconds = self.seconds
        with self._named():
            for part in self._files.values():
                part.sync()
            if not self.worth_keeping:
                _sync(self._folder / PLAN)
            self.state.write(self._folder / CHECKPOINT)
            if not self.state.closed:
                self.outputs.unstage()

    @property
    def seconds(self) -> float:
        """The time that the run has taken so far, earlier starts included."""
        return self._earlier + time.monotonic() - self._started

    def finish(self, run: Mapping[str, Any]) -> None:
        """Make the outputs of the journal, and the manifest; `run` is for its part that no two runs share."""
        self._whole = False
        if not self.state.done:
            self._leave_inputs(len(self._inputs))
            self.state.done = True
            self._close_shard(last=True)
        with self._named(self.outputs.quarantine):
            self._finish_quarantine()
        self._digests.wait()
        with self._named():
            self._files["log"].sync()
            write_manifest(self.outputs, self.plan, self.state, self.seconds, run)
            self.outputs.remove_stale(self.state.shard)
        self.discard()

    def stop(self) -> bool:
        """End the run before its time; whether there is something to go on from. If not, nothing stays behind."""
        if not self._repeatable:
            self.discard()
            return False
        if self._whole and self.state.documents:
            # Where that fails, on a full disk, the checkpoint before it still counts.
            with contextlib.suppress(OSError):
                self.checkpoint()
        if self.worth_keeping or self._placed:
            self._close()
            return True
        self.discard()
        return False

    def discard(self) -> None:
        """Leave nothing behind."""
        self._close()
        remove_folder(self._folder)

    def _close(self) -> None:
        for part in self._files.values():
            part.close()
        self._lock.close()

    def _resume(self) -> bool:
        """Take up what is in the directory; False when nothing is."""
        if not self.worth_keeping:
            return False
        try:
            plan, self.state = Plan.read(self._folder / PLAN), State.read(self._folder / CHECKPOINT)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise CleanError(
                f"{self.outputs.out}: the checkpoint is damaged ({error}); start anew with --overwrite"
            ) from None
        changes = list(self.plan.changes(plan, dict(enumerate(Digests.read(self._folder / DIGESTS)))))
        if changes:
            raise CleanError(
                f"{self.outputs.out}: cannot go on, for the output would be of two kinds: {'; '.join(changes)}; "
                "undo that, or start anew with --overwrite"
            )
        self.plan = plan
        self._earlier = self.state.seconds
        return True

    def _clear(self) -> None:
        self.outputs.unstage()
        for path in self._folder.iterdir():
            if path.is_file() and path.name != LOCK:
                path.unlink()

    def _open(self) -> None:
        parts = {"log": LOG}
        if not self.state.done:
            parts["records"] = self._journal("records")
            if self.outputs.removed is not None:
                parts["removed"] = self._journal("removed")
        if self.outputs.quarantine is not None and not self.state.done:
            parts["quarantine"] = QUARANTINE
        for name, file in parts.items():
            if name not in self._files:
                self._files[name] = Part(self._folder / file, self.state.lengths.setdefault(name, 0))

    def _journal(self, name: str) -> str:
        return f"{name}-{self.state.shard:05d}.jsonl"

    def _append(self, name: str, data: bytes) -> None:
        with self._named():
            self._files[name].write(data)
        self.state.lengths[name] += len(data)

    def _log(self, entry: Mapping[str, Any]) -> None:
        self._append("log", json.dumps(entry).encode() + b"\n")

    def _leave_inputs(self, index: int) -> None:
        """All inputs before `index` are done."""
        while self.state.input < index:
            documents, failures = self.state.here
            left_out = self._left_out.pop(self.state.input, Counter())
            self._log({"documents": documents, "failures": failures, "left_out": dict(sorted(left_out.items()))})
            self.state.left_out.update(left_out)
            self.state.here = [0, 0]
            self.state.record = 0
            self.state.input += 1
        self._digests.finished(index)

    def _close_shard(self, last: bool = False) -> None:
        """The shard is complete: put it in its place, and begin the next unless it is the last."""
        self.state.closed = True
        # A run that was over before its first checkpoint is as quickly done again.
        if not last or self.worth_keeping:
            self.checkpoint()
        else:
            with self._named():
                for part in self._files.values():
                    part.sync()
        self._finish_shard()
        if not last:
            self._open()

    def _finish_shard(self) -> None:
        """Make the output of a closed shard. What is done already is not done again."""
        if "log" not in self._files:
            self._files["log"] = Part(self._folder / LOG, self.state.lengths["log"])
        for name, target, form in self.outputs.targets():
            if part := self._files.pop(name, None):
                part.close()
            journal = self._folder / self._journal(name)
            path = self.outputs.file(target, self.state.shard)
            local = self.outputs.staged(path)
            with self._named(path):
                if journal.exists():
                    form.finish(journal, local)
                    self._placed = True
                self._log(
                    {
                        "output": targets.relative(path, self.outputs.out),
                        "records": self.state.shard_records if name == "records" else None,
                        "bytes": local.stat().st_size,
                        "sha256": manifest.sha256(local),
                    }
                )
                upload(local, path)
            self.state.lengths[name] = 0
        self.state.shard += 1
        self.state.shard_records = 0
        self.state.closed = False

    def _finish_quarantine(self) -> None:
        target = self.outputs.quarantine
        if target is None:
            return
        if part := self._files.pop("quarantine", None):
            part.sync()
            part.close()
        journal = self._folder / QUARANTINE
        if not self.state.lengths.get("quarantine"):
            # Of an earlier run: it would be taken for this one's.
            targets.remove(target)
        elif isinstance(target, str):
            upload(journal, target)
        elif journal.exists():
            folder = Path(os.path.realpath(target)).parent
            near = folder.stat().st_dev == self._folder.stat().st_dev
            temporary = self._folder / "quarantine.new" if near else folder / f".{target.name[:200]}.partial"
            with open(journal, "rb") as lines, AtomicFile(target, temporary) as file:
                while block := lines.read(1 << 20):
                    file.write(block)
                file.commit()
            journal.unlink()

    @contextlib.contextmanager
    def _named(self, path: Target | None = None) -> Iterator[None]:
        """Errors in here name the output that the user knows."""
        try:
            yield
        except OSError as error:
            raise OSError(error.errno, error.strerror or str(error), str(path or self.outputs.out)) from None


def _sync(path: Path) -> None:
    with open(path, "rb") as file:
        os.fsync(file.fileno())


def _lock(handle: int, out: Target) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CleanError(f"{out}: another run is writing it") from None
    except OSError:
        return  # a file system without locks
