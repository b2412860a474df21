"""The manifest of a run: what went in, by which rules, what came out, so that anybody can check and repeat it.

All of it but `run` is the same for the same inputs and rules, however long it took, on however many cores.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from clean.engines.plan import Plan, Source
from clean.engines.targets import Target, base, beside, read
from clean.errors import CleanError
from clean.io import Input, remote
from clean.io.writers import AtomicFile

VERSION = 1


def manifest_path(out: Target) -> Target:
    """Where the manifest of an output goes: clean.jsonl has clean.jsonl.manifest.json."""
    return beside(out, f"{base(out)}.manifest.json")


def sha256(place: Path | str) -> str | None:
    """The digest of a file or of what a URL has, in hex, or None where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with open(place, "rb") if isinstance(place, Path) else remote.open_url(place) as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError:
        return None
    return digest.hexdigest()


def write(
    path: Path,
    plan: Plan,
    summary: Mapping[str, Any],
    inputs: Iterable[Mapping[str, Any]],
    run: Mapping[str, Any],
    temporary: Path | None = None,
) -> None:
    """Write a manifest; `inputs` may be many, and stand in it a line each. See `AtomicFile` for `temporary`.

    Raises:
        OSError: it cannot be written.
    """
    head = {
        "manifest": VERSION,
        "version": plan.version,
        "ruleset": plan.ruleset,
        "config": plan.config,
        "options": plan.options,
        **summary,
        "run": run,
    }
    with AtomicFile(path, temporary) as file:
        file.write(
            json.dumps(head, indent=2, ensure_ascii=False).removesuffix("\n}").encode("utf-8", "backslashreplace")
        )
        file.write(b',\n  "inputs": [')
        separator = b"\n    "
        for entry in inputs:
            file.write(separator + json.dumps(entry, ensure_ascii=False).encode("utf-8", "backslashreplace"))
            separator = b",\n    "
        file.write(b"\n  ]\n}\n")
        file.commit()


def check_complete(out: Target, plan: Plan) -> int:
    """Make sure that an output is complete, and what `plan` would make; how many documents could not be cleaned.

    Raises:
        CleanError: it is not, or there is no manifest to say so.
    """
    path = manifest_path(out)
    anew = "give --overwrite to replace it"
    try:
        found = json.loads(read(path))
        sources = [Source(entry["path"], entry["bytes"], 0) for entry in found["inputs"]]
        since = Plan(found["version"], found["ruleset"], found["config"], found["options"], sources)
        digests = {index: entry["sha256"] for index, entry in enumerate(found["inputs"])}
        failures: int = found["documents"]["quarantined"]
        outputs = [(entry["output"], entry["bytes"]) for entry in found["outputs"]]
    except OSError:
        raise CleanError(f"{out}: exists already, and no manifest says how it was made; {anew}") from None
    except (ValueError, TypeError, KeyError) as error:
        raise CleanError(f"{path}: is damaged ({error}); {anew}") from None
    if changes := list(plan.changes(since, digests)):
        raise CleanError(f"{out}: exists already, and was made of something else: {'; '.join(changes)}; {anew}")
    for name, size in outputs:
        file = Path(path).parent / name
        if isinstance(path, Path) and not (file.is_file() and file.stat().st_size == size):
            raise CleanError(f"{file}: is not what the run has left; {anew}")
    return failures


class Digests:
    """The digests of the inputs, in their order, made beside the run as it is done with them.

    They are kept in a file, a line each, so that no run makes one twice.
    """

    def __init__(self, path: Path, inputs: list[Input], sources: Iterable[Source]) -> None:
        self._path = path
        self._inputs = inputs
        self._sources = list(sources)
        self._queue: SimpleQueue[int | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._next = 0
        self._error: OSError | None = None
        self.changed: list[str] = []
        """The inputs that are not any more what they were when the run began."""
        complete = 0
        for line in _lines(path):
            self._next += 1
            complete += len(line)
        with open(path, "ab") as file:
            file.truncate(complete)

    def finished(self, end: int) -> None:
        """The run is done with all inputs before `end`."""
        if self._next < end:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()
            self._next = end
            self._queue.put(end)

    def wait(self) -> None:
        """Until all that are finished have their digest.

        Raises:
            OSError: one could not be written down.
        """
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None
        if self._error is not None:
            raise self._error

    @staticmethod
    def read(path: Path) -> Iterator[str | None]:
        """The digests in a file, None for an input that has none."""
        for line in _lines(path):
            yield line.decode("ascii").strip() or None

    def _work(self) -> None:
        done = sum(1 for _ in _lines(self._path))
        try:
            with open(self._path, "ab") as file:
                while (end := self._queue.get()) is not None:
                    for index in range(done, end):
                        file.write((self._digest(index) or "").encode("ascii") + b"\n")
                    done = end
                    file.flush()
        except OSError as error:
            self._error = error

    def _digest(self, index: int) -> str | None:
        entry = self._inputs[index]
        if not entry.lasting:
            return None
        if entry.url is not None:
            return sha256(entry.url)
        if Source.of(entry) != self._sources[index]:
            self.changed.append(entry.name)
        return None if entry.path is None else sha256(entry.path)


def _lines(path: Path) -> Iterator[bytes]:
    """The complete lines of a file that may not be there."""
    try:
        with open(path, "rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield line
    except FileNotFoundError:
        return
