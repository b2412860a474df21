"""Runs that are killed by the hundred: children of one process that has read the rules, each of them a real process.

`python -m tests.engines.forked WHICH HOW COUNT` exits with an error when a run that was killed and gone on with left
anything else than one that was not. HOW is "random": killed again and again, wherever it is, COUNT times over; or
"everywhere": killed once, before every change on the disk, or before each COUNTth where there are many.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.engines.killed import AT_CALL, MID_WRITE, OFTEN, ONCE, corpus, killed, results

PATHS = ["a.jsonl", "pages", "empty.jsonl", "b.jsonl"]
RUNS = {
    "plain": [*PATHS, "-o", "out.jsonl"],
    "packed": [*PATHS, "-o", "out.jsonl.gz", "--removed", "gone.jsonl"],
    "shards": [*PATHS, "-o", "out.jsonl", "--removed", "gone.jsonl.gz", "--shard-size", "3KB"],
}
DOCUMENTS = 30
MOST = 30
"""Kills of one run, after which it may come to its end."""


def load() -> None:
    """Read all that a child would have to read."""
    import clean.cleaner
    import clean.cli.run

    built = clean.cleaner.Cleaner()
    built.clean_text("Some words to begin with.")
    built.clean_html("<p>Some words to begin with.</p>")
    clean.cleaner.Cleaner = lambda config: built  # type: ignore[assignment, misc]  # in this process alone
    clean.cli.run._jobs = lambda asked, workers: asked


def run(folder: Path, args: list[str], prelude: str = "", at: int = 0, seconds: float = 0.0) -> int:
    """The exit code of a run in a child, negative for the signal that ended it; after `seconds` one does."""
    pid = os.fork()
    if not pid:
        code = 99
        try:
            os.chdir(folder)
            os.environ["KILL_AT"] = str(at)
            exec(prelude, {})
            # Nothing handles this signal: it ends the process as SIGKILL does, at any moment of the run alike.
            signal.setitimer(signal.ITIMER_REAL, seconds)
            from clean.cli.main import invoke

            code = invoke(["run", "-q", "--log-format", "json", *args])
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def everywhere(folder: Path, args: list[str], whole: dict[str, object], step: int) -> None:
    for prelude, stride in ((ONCE + AT_CALL, 1), (OFTEN + AT_CALL, step), (OFTEN + MID_WRITE, step)):
        point = 1
        while True:
            corpus(folder, DOCUMENTS)
            code = run(folder, args, prelude, point)
            if was_killed := killed(code):
                code = run(folder, [*args, "--resume"])
            assert code == 1, (prelude, point, code)
            compare(folder, whole, (prelude, point))
            if not was_killed:
                break
            point += stride
        assert point > 10


def again_and_again(folder: Path, args: list[str], whole: dict[str, object], seconds: float, seed: int) -> int:
    dice = random.Random(seed)
    corpus(folder, DOCUMENTS)
    kills = 0
    resume: list[str] = []
    while (
        code := run(folder, [*args, *resume], OFTEN, seconds=dice.uniform(0.005, seconds) if kills < MOST else 0)
    ) == -signal.SIGALRM:
        kills += 1
        resume = ["--resume"]
    assert code == 1, (seed, code)
    compare(folder, whole, seed)
    return kills


def compare(folder: Path, whole: dict[str, object], what: object) -> None:
    found = results(folder)
    different = [name for name in {**found, **whole} if found.get(name) != whole.get(name)]
    assert not different, (what, different)
    shutil.rmtree(folder)


def main() -> None:
    which, how, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    args = RUNS[which]
    load()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "run"
        corpus(folder, DOCUMENTS)
        began = time.monotonic()
        assert run(folder, args, OFTEN) == 1
        seconds = time.monotonic() - began
        whole: dict[str, object] = dict(results(folder))
        shutil.rmtree(folder)
        if how == "everywhere":
            everywhere(folder, args, whole, count)
            return
        seed, kills, runs = int(time.time()), 0, 0
        while runs < count or kills < count:
            assert runs < 10 * count, "too fast to be killed"
            kills += again_and_again(folder, args, whole, seconds * 0.8, seed + runs)
            runs += 1


if __name__ == "__main__":
    main()
