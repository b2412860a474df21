"""What a shell may do to a program: complete its words, close its streams, end its pipe."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RUN = f"{sys.executable} -m clean"


def bash(command: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    return subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, cwd=folder, env=environment, stdin=subprocess.DEVNULL
    )


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("The river rose again in the night.\n\nRelated Articles\n" * 3)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("clean che", ["plain,check"]),
        ("clean check --output-format j", ["plain,json", "plain,jsonl", "plain,junit"]),
        ("clean check a", ["file,a"]),
        ("clean rules show SOC00", ["plain,SOC001", "plain,SOC002"]),
        ("clean rules show follow-u", ["plain,follow-us"]),
        ("clean check --ignore NAV,MET00", ["plain,NAV,MET001", "plain,NAV,MET002"]),
    ],
)
def test_words_are_completed(words: str, completed: list[str], tmp_path: Path) -> None:
    *_, last = words.split(" ")
    done = bash(RUN, tmp_path, _CLEAN_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(words.count(" ")))
    told = done.stdout.split()
    assert set(completed) <= set(told)
    assert all(line.partition(",")[2].startswith(last) for line in told)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: str, tmp_path: Path) -> None:
    done = bash(RUN, tmp_path, _CLEAN_COMPLETE=f"{shell}_source")
    assert done.returncode == 0
    assert "_CLEAN_COMPLETE" in done.stdout


@pytest.mark.parametrize("verb", ["check a.txt", "diff a.txt", "explain a.txt", "rules list", "config show"])
def test_closed_streams_are_no_error(verb: str, corpus: Path) -> None:
    usual = bash(f"{RUN} {verb}", corpus).returncode
    closed = bash(f"{RUN} {verb} >&-", corpus)
    assert closed.returncode == usual
    assert "error" not in closed.stderr
    assert bash(f"{RUN} {verb} <&- >&- 2>&-", corpus).returncode == usual


def test_a_file_never_takes_the_place_of_a_closed_stream(corpus: Path) -> None:
    assert bash(f"{RUN} check a.txt --output-file report.txt >&-", corpus).returncode == 1
    assert (corpus / "report.txt").read_text().count("REL001") == 3
    assert bash(f"{RUN} check a.txt >&-", corpus).returncode == 1
    assert (corpus / "a.txt").read_text().startswith("The river")


def test_a_reader_that_leaves_ends_the_work_in_silence(corpus: Path) -> None:
    done = bash(f"{RUN} rules reference | head -n 1; echo ${{PIPESTATUS[0]}}", corpus, PYTHONUNBUFFERED="")
    assert done.stdout == "# Rule reference\n141\n"
    assert done.stderr == ""
