"""Runs of many documents: memory, several processes, the journal, and ftfy alone on the same texts.

Without --data the documents are the seed documents, over and over; with it, lines of real pages (residue-dev.jsonl.xz
in DIR). Memory is that of the run and its workers together. Times are of the clock, the best of --repeat, from when the
workers are ready; on a machine that does other things as well, look at the CPU seconds.
"""

from __future__ import annotations

import argparse
import json
import lzma
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import ftfy

import clean
from clean.config import Config
from clean.engines.journal import Journal
from clean.engines.local import Limits
from clean.engines.outputs import Outputs
from clean.engines.plan import Plan
from clean.engines.runner import Runner
from clean.io import find
from clean.io.formats import format_for

SEEDS = Path(__file__).parent.parent / "seeds"


def texts(data: Path | None, size: int) -> Iterator[str]:
    """Documents without end."""
    if data is None:
        seeds = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))]
        while True:
            yield from seeds
    while True:
        with lzma.open(data / "residue-dev.jsonl.xz", "rt", encoding="utf-8") as file:
            for line in file:
                yield "\n".join(part["text"] for part in json.loads(line)["lines"])[:size]


def write(path: Path, data: Path | None, size: int, count: int) -> list[str]:
    found = list(islice(texts(data, size), count))
    with open(path, "w", encoding="utf-8") as file:
        for text in found:
            file.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
    return found


@dataclass
class Figures:
    seconds: float
    cpu: float
    workers_cpu: float
    memory: dict[int, float]


def run(source: Path, folder: Path, jobs: int, marks: tuple[int, ...] = (), stop: int | None = None) -> Figures:
    """One run, journal and all; stopped after `stop` documents if that is given, and gone on with if there is one."""
    inputs = list(find([str(source)]))
    config = Config()
    out = folder / "out.jsonl"
    memory: dict[int, float] = {}
    with Runner(config, jobs, limits=Limits()) as runner:
        plan = Plan.of(runner.fingerprint, config, {}, inputs)
        journal = Journal(Outputs(out, format_for(out)), plan, inputs, config.input, resume=True)
        workers = children()
        began, cpu, theirs = time.perf_counter(), time.process_time(), sum(map(cpu_of, workers))
        for number, outcome in enumerate(runner.run(journal.rest(print)), 1):
            journal.add(outcome)
            if number in marks:
                memory[number] = sum(map(resident, [os.getpid(), *workers]))
            if number == stop:
                journal.stop()
                break
        else:
            journal.finish({})
        return Figures(
            time.perf_counter() - began,
            time.process_time() - cpu,
            sum(map(cpu_of, workers)) - theirs,
            memory,
        )


def children() -> list[int]:
    return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


def resident(pid: int) -> float:
    """MB of memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ftfy_alone(found: list[str]) -> float:
    """CPU seconds of ftfy over all texts."""
    began = time.process_time()
    for text in found:
        ftfy.fix_text(text)
    return time.process_time() - began


def timed(source: Path, folder: Path, found: list[str], repeat: int) -> None:
    """Print what a run takes."""
    size = sum(len(text.encode()) for text in found) / 1e6
    print(f"{len(found):,} documents, {size:.1f} MB")
    best: dict[int, Figures] = {}
    for _ in range(repeat):
        for jobs in (1, 2):
            figures = run(source, folder, jobs)
            if jobs not in best or figures.seconds < best[jobs].seconds:
                best[jobs] = figures
    for jobs, figures in best.items():
        print(
            f"--jobs {jobs}: {size / figures.seconds:6.2f} MB/s, {len(found) / figures.seconds:7.0f} documents/s; "
            f"CPU seconds: {figures.workers_cpu:.2f} of workers, {figures.cpu:.2f} of the run itself"
        )
    print(f"two against one: {best[1].seconds / best[2].seconds:.2f} times as fast")
    alone = ftfy_alone(found)
    print(f"ftfy alone: {size / alone:.2f} MB per CPU second; clean takes {best[1].workers_cpu / alone:.2f} of it")
    began = time.perf_counter()
    run(source, folder, 1, stop=len(found) // 2)
    resumed = run(source, folder, 1)
    whole = best[1].workers_cpu + best[1].cpu
    print(
        f"the second half of a run that was stopped: {resumed.workers_cpu + resumed.cpu:.2f} CPU seconds, "
        f"the whole: {whole:.2f}; both halves with both starts: {time.perf_counter() - began:.1f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--size", type=int, default=5000, help="characters that real pages are cut to")
    parser.add_argument("--documents", type=int, default=1000, help="of the runs that are timed")
    parser.add_argument("--long", type=int, default=10_000, help="documents of the run whose memory is looked at")
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    print(f"clean {clean.__version__}, Python {platform.python_version()}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "documents.jsonl"
        found = write(source, options.data, options.size, options.documents)
        if options.documents:
            timed(source, folder, found, options.repeat)
        if options.long:
            write(source, options.data, options.size, options.long)
            marks = (options.long // 10, options.long // 2, options.long)
            figures = run(source, folder, 2, marks)
            told = ", ".join(f"{memory:.0f} MB after {number:,}" for number, memory in figures.memory.items())
            print(f"memory with --jobs 2: {told} documents")


if __name__ == "__main__":
    sys.exit(main())
