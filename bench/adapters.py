"""What each adapter costs beside the cleaner alone: documents a second, on the seeds, over and over.

    python bench/adapters.py [--size N] [TOOL ...]

Each tool cleans a small and a large number of documents with one worker; what counts is the difference, so that the
start of Spark or Ray does not. CPU time is that of this process and all below it, and needs Linux. Tools that are not
installed are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from clean import Cleaner, Config

SEEDS = [path.read_text() for path in sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))]

Run = Callable[[list[dict[str, str]]], object]


def alone() -> Run:
    cleaner = Cleaner()

    def run(rows: list[dict[str, str]]) -> None:
        for row in rows:
            cleaner.clean_text(row["text"], id=row["id"]).to_dict()

    return run


def batches() -> Run:
    import pyarrow as pa

    from clean.adapters.batches import CleanBatch

    batch = CleanBatch()
    return lambda rows: batch(pa.Table.from_pylist(rows))


def datasets() -> Run:
    import datasets

    from clean.adapters.batches import CleanBatch

    datasets.disable_progress_bars()
    datasets.disable_caching()
    batch = CleanBatch()
    return lambda rows: datasets.Dataset.from_list(rows).map(batch, batched=True)


def datatrove() -> Run:
    from datatrove.data import Document

    from clean.adapters.datatrove import CleanStep

    step = CleanStep()

    def run(rows: list[dict[str, str]]) -> None:
        for _ in step.run(iter([Document(row["text"], row["id"]) for row in rows])):
            pass

    return run


def dolma() -> Run:
    from clean.adapters.dolma import write_attributes

    cleaner = Cleaner()

    def run(rows: list[dict[str, str]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            write_attributes(cleaner, _json_lines(rows, folder), Path(folder, "out.gz"))

    return run


def nemo() -> Run:
    import pyarrow as pa
    from nemo_curator.tasks import DocumentBatch

    from clean.adapters.nemo import CleanStage

    stage = CleanStage()
    return lambda rows: stage.process(DocumentBatch(dataset_name="", data=pa.Table.from_pylist(rows)))


def spark() -> Run:
    from pyspark.sql import SparkSession

    from clean.adapters.spark import clean_frame

    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )

    def run(rows: list[dict[str, str]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            frame = session.createDataFrame([(row["id"], row["text"]) for row in rows], "id string, text string")
            clean_frame(frame.coalesce(1)).write.parquet(folder + "/out")

    return run


def ray() -> Run:
    from clean.engines.ray import RayRunner
    from clean.engines.work import left
    from clean.io import find

    runner = RayRunner(Config(), jobs=1)

    def run(rows: list[dict[str, str]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for _ in runner.run(left(find([_json_lines(rows, folder)]))):
                pass

    return run


TOOLS: dict[str, tuple[str, Callable[[], Run]]] = {
    "alone": ("clean", alone),
    "batches": ("pyarrow", batches),
    "datasets": ("datasets", datasets),
    "datatrove": ("datatrove", datatrove),
    "dolma": ("clean", dolma),
    "nemo": ("nemo_curator", nemo),
    "spark": ("pyspark", spark),
    "ray": ("ray", ray),
}
"""By name: the module that it needs, and what makes a run."""


def _cpu() -> float:
    """Seconds of CPU time of this process, what is below it, and what was."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            process = int(path.parent.name)
            parents[process] = int(fields[1])
            ticks[process] = sum(map(int, fields[11:15]))
    ours = {os.getpid()}
    while more := {process for process, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(ticks[process] for process in ours) / os.sysconf("SC_CLK_TCK")


def _json_lines(rows: list[dict[str, str]], folder: str) -> Path:
    path = Path(folder, "in.jsonl")
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def _rows(count: int) -> list[dict[str, str]]:
    return [{"id": str(i), "text": SEEDS[i % len(SEEDS)]} for i in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=2000, help="documents of the large run")
    parser.add_argument("tools", nargs="*", metavar="TOOL", help=f"some of {', '.join(TOOLS)}; all by default")
    arguments = parser.parse_args()
    sizes = arguments.size // 4, arguments.size
    print(f"{'tool':10} {'docs/s wall':>12} {'docs/s CPU':>12}")
    for name in arguments.tools or TOOLS:
        module, make = TOOLS[name]
        if find_spec(module) is None:
            print(f"{name:10} not installed")
            continue
        run = make()
        run(_rows(10))
        walls, cpus = [], []
        for rows in map(_rows, sizes):
            wall, cpu = time.perf_counter(), _cpu()
            run(rows)
            walls.append(time.perf_counter() - wall)
            cpus.append(_cpu() - cpu)
        more = sizes[1] - sizes[0]
        wall, cpu = (more / (end - begin) for begin, end in (walls, cpus))
        print(f"{name:10} {wall:12.0f} {cpu:12.0f}", flush=True)


if __name__ == "__main__":
    main()
