"""Worker processes: order, and documents that break them."""

from __future__ import annotations

import os
import random
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from clean.cleaner import Cleaner
from clean.config import Config
from clean.document import Origin
from clean.engines import pool
from clean.engines.local import DEFAULT_LIMITS, Limits, Outcome, clean_items
from clean.engines.pool import Pool
from clean.engines.runner import Runner
from clean.engines.worker import Cell
from clean.errors import ConfigError, DocumentError
from clean.io import Item
from tests.engines import misfits

LIGHT = Config(select=("SOC",)).with_overrides(language={"backend": "none"})


@pytest.fixture
def breakable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", misfits.environment(tmp_path)["PYTHONPATH"])


def items(*texts: str) -> list[Item]:
    return [Item("a.jsonl", Origin(path="a.jsonl", record=n), text) for n, text in enumerate(texts, 1)]


def run(todo: list[Item], jobs: int = 1, limits: Limits = DEFAULT_LIMITS) -> list[Outcome]:
    with Pool(LIGHT, jobs, limits) as workers:
        return list(workers.run(todo))


def kinds(outcomes: list[Outcome]) -> list[str]:
    return [outcome.failure.kind if outcome.failure else "fine" for outcome in outcomes]


def test_workers_give_what_one_process_gives_in_the_same_order() -> None:
    dice = random.Random(8)
    todo = items(*("Follow us on Facebook\n" + "Some words. " * dice.choice((1, 30, 3000)) for _ in range(700)))
    todo[5] = Item("a.jsonl", error=DocumentError("malformed-json", "no"))
    expected = list(clean_items(Cleaner(LIGHT), todo))
    assert run(todo, jobs=3) == expected


def test_no_more_is_read_than_may_wait_for_its_turn(breakable: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "HELD_DOCUMENTS", 20)
    monkeypatch.setattr(pool, "BATCH_DOCUMENTS", 2)
    read = 0

    def source() -> Iterator[Item]:
        nonlocal read
        for item in items(misfits.HANGS, *["words"] * 500):
            read += 1
            yield item

    with Pool(LIGHT, 2, Limits(seconds=2.0)) as workers:
        outcomes = workers.run(source())
        assert next(outcomes).failure is not None
        assert read < 50


def test_a_document_that_hangs_costs_itself_alone(breakable: None) -> None:
    outcomes = run(items("one", misfits.HANGS, "three", "four"), limits=Limits(seconds=2.0))
    assert kinds(outcomes) == ["fine", "timeout", "fine", "fine"]
    assert "longer than 2 s" in outcomes[1].failure.message


def test_a_document_that_crashes_its_worker_costs_itself_alone(breakable: None) -> None:
    outcomes = run(items("one", misfits.CRASHES, "three", misfits.EXITS), jobs=2)
    assert kinds(outcomes) == ["fine", "crashed", "fine", "crashed"]
    assert outcomes[1].failure.message == "its worker crashed: SIGSEGV: what the library says last"


def test_a_worker_that_is_killed_for_no_fault_of_the_document_costs_nothing(breakable: None) -> None:
    assert kinds(run(items("one", misfits.CRASHES_ONCE, "three"))) == ["fine"] * 3


def test_what_a_worker_is_doing_is_never_read_half_written() -> None:
    writer = (
        "import sys; from clean.engines.worker import Cell; cell = Cell(int(sys.argv[1]))\nwhile True: cell.write(0, 0)"
    )
    with tempfile.TemporaryFile() as shared:
        shared.truncate(Cell.SIZE)
        cell = Cell(shared.fileno())
        cell.write(0, 0)
        began = cell.read()[2]
        process = subprocess.Popen([sys.executable, "-c", writer, str(shared.fileno())], pass_fds=[shared.fileno()])
        try:
            times = set()
            while len(times) < 50_000:
                times.add(cell.read()[2])
            assert min(times) == began
        finally:
            process.kill()
            process.wait()


def test_a_document_that_eats_the_memory_costs_itself_alone(breakable: None) -> None:
    outcomes = run(items("one", misfits.EATS, "three"), limits=Limits(memory=700))
    assert kinds(outcomes) == ["fine", "out-of-memory", "fine"]
    assert "700 MB" in outcomes[1].failure.message


def test_a_memory_limit_that_no_worker_can_keep_is_an_error() -> None:
    with pytest.raises(ConfigError, match="--memory-limit 5: a worker needs"):
        run(items("one"), limits=Limits(memory=5))


def test_a_configuration_that_is_wrong_is_told_by_the_worker() -> None:
    with pytest.raises(ConfigError, match="SOC999"), Pool(Config(ignore=("SOC999",)), 1, Limits()) as workers:
        _ = workers.ready


@pytest.fixture
def fragile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents break this process, and what is forked from it."""
    monkeypatch.setattr(Cleaner, "clean_document", Cleaner.clean_document)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    misfits.environment(tmp_path)
    exec((tmp_path / "sitecustomize.py").read_text(), {"__file__": str(tmp_path / "sitecustomize.py")})


def test_a_document_that_breaks_its_worker_costs_itself_alone_in_a_small_run_too(
    breakable: None, fragile: None
) -> None:
    with Runner(LIGHT, limits=Limits(seconds=2.0)) as runner:
        outcomes = list(runner.run(items("one", misfits.CRASHES, "three", misfits.HANGS, misfits.CRASHES_ONCE, "last")))
    assert kinds(outcomes) == ["fine", "crashed", "fine", "timeout", "fine", "fine"]
    assert outcomes[1].failure.message == "its worker crashed: SIGSEGV: what the library says last"


def test_the_worker_of_a_small_run_is_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool._Worker, "_spawn", None)
    todo = items("one", "Follow us on Facebook")
    with Runner(LIGHT) as runner:
        assert list(runner.run(todo)) == list(clean_items(Cleaner(LIGHT), todo))


def test_a_forked_worker_holds_no_file_of_its_parent(tmp_path: Path) -> None:
    with open(tmp_path / "held", "wb") as held, Runner(LIGHT) as runner:
        handles = Path(f"/proc/{runner._pool._workers[0]._process.pid}/fd")
        assert list(runner.run(items("one")))
        assert held.name not in {os.readlink(handle) for handle in handles.iterdir()}


def test_a_machine_that_stood_still_is_no_documents_fault(breakable: None, monkeypatch: pytest.MonkeyPatch) -> None:
    real, gone = time.monotonic, 0.0

    class Stalled:
        def register(self, handle: int, events: int) -> None: ...

        def poll(self, timeout: float) -> list[tuple[int, int]]:
            nonlocal gone
            gone += 1000.0
            return []

    monkeypatch.setattr(pool, "time", SimpleNamespace(monotonic=lambda: real() + gone))
    with Pool(LIGHT, 1, Limits(seconds=60)) as workers:
        assert workers.ready
        workers._read(iter(items(misfits.HANGS)))
        workers._hand_out()
        [worker] = workers._workers
        while worker.in_work() is None:
            workers._attend(0.0)
        with monkeypatch.context() as stalling:
            stalling.setattr(pool, "select", SimpleNamespace(poll=Stalled, POLLIN=select.POLLIN))
            workers._attend(0.0)
        assert workers._workers == [worker]
        gone += 61.0
        workers._attend(0.0)
        assert [outcome.failure.kind for outcome in workers._held.finished() if outcome.failure] == ["timeout"]
