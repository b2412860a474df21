"""A run that is killed, at whatever moment, goes on and ends as if nothing had happened."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engines.forked import RUNS
from tests.engines.killed import MID_WRITE, OFTEN, ROOT, corpus, kill_at_random, killed, results, run


def forked(which: str, how: str, count: int) -> None:
    command = [sys.executable, "-m", "tests.engines.forked", which, how, str(count)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture
def shards(tmp_path: Path) -> tuple[list[str], dict]:
    arguments = [*RUNS["shards"], "--jobs", "2"]
    corpus(tmp_path / "whole", 60)
    code, said = run(tmp_path / "whole", arguments)
    assert code == 1, said
    return arguments, results(tmp_path / "whole")


def test_a_run_killed_in_the_middle_of_a_line_goes_on(tmp_path: Path, shards: tuple[list[str], dict]) -> None:
    arguments, whole = shards
    corpus(tmp_path / "x", 60)
    assert killed(run(tmp_path / "x", arguments, OFTEN + MID_WRITE, KILL_AT="40")[0])
    code, said = run(tmp_path / "x", [*arguments, "--resume"])
    assert code == 1, said
    assert results(tmp_path / "x") == whole


def test_runs_killed_at_random_moments_go_on() -> None:
    forked("shards", "random", 5)


@pytest.mark.fuzz
@pytest.mark.parametrize("which", RUNS)
def test_a_hundred_runs_killed_at_random_moments_go_on(which: str) -> None:
    forked(which, "random", 34)


@pytest.mark.fuzz
@pytest.mark.parametrize("which", RUNS)
def test_a_run_killed_before_any_change_on_the_disk_goes_on(which: str) -> None:
    forked(which, "everywhere", 3)


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", range(10))
def test_a_run_with_workers_killed_again_and_again_goes_on(
    tmp_path: Path, shards: tuple[list[str], dict], seed: int
) -> None:
    arguments, whole = shards
    corpus(tmp_path / "x", 60)
    kill_at_random(tmp_path / "x", arguments, random.Random(seed), longest=3.0)
    assert results(tmp_path / "x") == whole
