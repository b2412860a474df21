"""What each adapter costs beside the cleaner alone: documents a second, on the seeds, over and over.

    python bench/adapters.py [--size N] [TOOL ...]

Each tool cleans a small and a large number of documents with one worker; what counts is the difference, so that the
start of Spark or Ray does not. Figures are wall-clock time, and CPU time of this process where the work is done in it.
Tools that are not installed are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from clean import Cleaner, Config

SEEDS = [path.read_text() for path in sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))]

Run = Callable[[list[dict[str, str]]], None]


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
    return lambda rows: [None for _ in batch.batches(pa.Table.from_pylist(rows).to_batches())] and None


def datasets() -> Run:
    import datasets

    from clean.adapters.batches import CleanBatch

    datasets.disable_progress_bars()
    datasets.disable_caching()
    batch = CleanBatch()
    return lambda rows: datasets.Dataset.from_list(rows).map(batch, batched=True) and None


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
    return lambda rows: stage.process(DocumentBatch(dataset_name="", data=pa.Table.from_pylist(rows))) and None


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


TOOLS: dict[str, tuple[str, Callable[[], Run], bool]] = {
    "alone": ("clean", alone, True),
    "batches": ("pyarrow", batches, True),
    "datasets": ("datasets", datasets, True),
    "datatrove": ("datatrove", datatrove, True),
    "dolma": ("clean", dolma, True),
    "nemo": ("nemo_curator", nemo, True),
    "spark": ("pyspark", spark, False),
    "ray": ("ray", ray, False),
}
"""By name: the module it needs, what makes a run, and whether the work is done in this process."""


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
    small, large = _rows(arguments.size // 4), _rows(arguments.size)
    print(f"{'tool':10} {'docs/s wall':>12} {'docs/s CPU':>12}")
    for name in arguments.tools or TOOLS:
        module, make, here = TOOLS[name]
        if find_spec(module) is None:
            print(f"{name:10} not installed")
            continue
        run = make()
        run(_rows(10))
        walls, cpus = [], []
        for rows in (small, large):
            wall, cpu = time.perf_counter(), time.process_time()
            run(rows)
            walls.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
        more = len(large) - len(small)
        cpu_text = f"{more / (cpus[1] - cpus[0]):12.0f}" if here else f"{'':>12}"
        print(f"{name:10} {more / (walls[1] - walls[0]):12.0f} {cpu_text}", flush=True)


if __name__ == "__main__":
    main()
