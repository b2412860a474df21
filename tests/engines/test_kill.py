"""A run that is killed, at whatever moment, goes on and ends as if nothing had happened."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.engines.killed import AT_CALL, MID_WRITE, OFTEN, ONCE, corpus, kill_at_random, killed, results, run

PATHS = ["a.jsonl", "pages", "empty.jsonl", "b.jsonl"]
ARGUMENTS = {
    "plain": [*PATHS, "-o", "out.jsonl"],
    "packed": [*PATHS, "-o", "out.jsonl.gz", "--removed", "gone.jsonl"],
    "shards": [*PATHS, "-o", "out.jsonl", "--shard-size", "3KB", "--jobs", "2"],
}


def uninterrupted(folder: Path, arguments: list[str], documents: int) -> dict[str, object]:
    corpus(folder, documents)
    code, said = run(folder, arguments)
    assert code == 1, said
    return dict(results(folder))


@pytest.fixture(scope="module", params=list(ARGUMENTS))
def expected(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], dict]:
    arguments = ARGUMENTS[request.param]
    return arguments, uninterrupted(tmp_path_factory.mktemp("whole"), arguments, 60)


def kill_at(folder: Path, expected: tuple[list[str], dict], pace: str, way: str, point: int) -> bool:
    """Kill a run at a point, go on with it, and compare; False when it was through before the point."""
    arguments, whole = expected
    corpus(folder, 60)
    code, said = run(folder, arguments, pace + way, KILL_AT=str(point))
    if was_killed := killed(code):
        code, said = run(folder, [*arguments, "--resume"])
    assert code == 1, (point, said)
    assert results(folder) == whole, point
    return was_killed


def test_a_run_killed_in_the_middle_of_a_line_goes_on(tmp_path: Path, expected: tuple[list[str], dict]) -> None:
    assert kill_at(tmp_path / "x", expected, OFTEN, MID_WRITE, 40)


@pytest.mark.fuzz
@pytest.mark.parametrize("pace", [OFTEN, ONCE], ids=["often", "once"])
def test_a_run_killed_before_any_change_on_the_disk_goes_on(
    tmp_path: Path, expected: tuple[list[str], dict], pace: str
) -> None:
    # All calls of a run with one checkpoint; of the many of the other, a sample.
    point, step = 1, 1 if pace == ONCE else 41
    while kill_at(tmp_path / str(point), expected, pace, AT_CALL, point):
        point += step
    assert point > 20


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", range(34))
def test_a_run_killed_again_and_again_goes_on(tmp_path: Path, expected: tuple[list[str], dict], seed: int) -> None:
    arguments, whole = expected
    corpus(tmp_path / "x", 60)
    kill_at_random(tmp_path / "x", arguments, random.Random(seed), longest=3.0)
    assert results(tmp_path / "x") == whole
