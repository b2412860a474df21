"""`clean run` as a person meets it: outputs, messages and exit codes."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clean.cli.main import invoke


@pytest.fixture(autouse=True)
def _in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def records(path: str = "out.jsonl") -> list[dict]:
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


def names() -> list[str]:
    """The files that are there, but for the manifests that stand beside outputs."""
    return sorted(name for name in os.listdir() if not name.endswith(".manifest.json"))


def clean(*args: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", "from clean.cli.main import main; main()", *args]
    root = Path(__file__).resolve().parent.parent
    return subprocess.run(command, input=stdin, capture_output=True, env={**os.environ, "PYTHONPATH": str(root)})


def test_files_become_records_in_order() -> None:
    Path("a.txt").write_text("The first text of two.\n")
    Path("b.jsonl").write_text('{"text": "The second text of two.", "id": "two"}\n')
    assert invoke(["run", "a.txt", "b.jsonl", "-o", "out.jsonl"]) == 0
    assert [record["id"] for record in records()] == ["a.txt", "two"]
    assert names() == ["a.txt", "b.jsonl", "out.jsonl"]


def test_standard_input_to_standard_output_carries_data_alone() -> None:
    done = clean("run", "-", stdin=b"Plain words.")
    assert done.returncode == 0
    assert json.loads(done.stdout)["source"]["path"] is None
    assert b"documents" in done.stderr


def test_standard_input_of_json_lines_is_told_by_its_content() -> None:
    done = clean("run", "-q", "-", stdin=b'{"text": "one"}\n{"text": "two"}\n')
    assert len(done.stdout.splitlines()) == 2
    assert done.stderr == b""


def test_a_pipe_can_be_an_input() -> None:
    done = clean("run", "-q", "/dev/stdin", stdin=b"Plain words.")
    assert json.loads(done.stdout)["source"]["path"] is None


def test_a_reader_that_leaves_early_is_no_news() -> None:
    Path("a.jsonl").write_text('{"text": "words"}\n' * 3000)
    root = Path(__file__).resolve().parent.parent
    run = f"{sys.executable} -c 'from clean.cli.main import main; main()' run -q a.jsonl | head -n1 >/dev/null"
    done = subprocess.run(run, shell=True, capture_output=True, env={**os.environ, "PYTHONPATH": str(root)})
    assert done.stderr == b""


def test_bad_documents_are_set_aside_and_the_others_cleaned(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.jsonl").write_text('{"text": "good"}\n{"text": \n{"text": "good too"}\n')
    assert invoke(["run", "a.jsonl", "-o", "out.jsonl"]) == 1
    assert [record["source"]["record"] for record in records()] == [1, 3]
    [entry] = records("out.quarantine.jsonl")
    assert (entry["path"], entry["record"], entry["error"]["kind"]) == ("a.jsonl", 2, "malformed-json")
    assert base64.b64decode(entry["raw"]) == b'{"text": \n'
    assert "error: a.jsonl:2: malformed JSON" in capsys.readouterr().err


def test_a_clean_run_leaves_no_quarantine_file_of_an_earlier_one() -> None:
    Path("a.jsonl").write_text('{"text": 1}\n{"text": "good"}')
    assert invoke(["run", "a.jsonl", "-o", "out.jsonl"]) == 1
    Path("a.jsonl").write_text('{"text": "good"}\n')
    assert invoke(["run", "a.jsonl", "-o", "out.jsonl", "--overwrite"]) == 0
    assert names() == ["a.jsonl", "out.jsonl"]


def test_skipped_documents_are_counted_and_not_kept() -> None:
    Path("a.jsonl").write_text('{"text": 1}\n{"text": "good"}')
    assert invoke(["run", "a.jsonl", "-o", "out.jsonl", "--on-error", "skip"]) == 1
    assert names() == ["a.jsonl", "out.jsonl"]


def test_failing_at_the_first_error_writes_nothing() -> None:
    Path("a.jsonl").write_text('{"text": "good"}\n{"text": 1}\n')
    assert invoke(["run", "a.jsonl", "-o", "out.jsonl", "--on-error", "fail"]) == 2
    assert names() == ["a.jsonl"]


def test_a_missing_path_costs_only_itself(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text("words")
    assert invoke(["run", "missing.txt", "a.txt", "-o", "out.jsonl"]) == 1
    assert len(records()) == 1
    assert "error: missing.txt: No such file" in capsys.readouterr().err


def test_when_no_input_can_be_read_nothing_is_written() -> None:
    Path("d").mkdir()
    assert invoke(["run", "missing.txt", "d", "-o", "out.jsonl"]) == 2
    assert names() == ["d"]


def test_an_existing_output_is_kept_without_overwrite(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text("words")
    Path("out.jsonl").write_text("precious")
    assert invoke(["run", "a.txt", "-o", "out.jsonl"]) == 2
    assert Path("out.jsonl").read_text() == "precious"
    assert "--overwrite" in capsys.readouterr().err


@pytest.mark.parametrize("inputs", [["a.jsonl"], ["."], ["link.jsonl"]])
def test_an_input_is_never_the_output(inputs: list[str]) -> None:
    Path("a.jsonl").write_text('{"text": "precious"}\n')
    Path("link.jsonl").symlink_to("a.jsonl")
    assert invoke(["run", *inputs, "-o", "a.jsonl", "--overwrite"]) == 2
    assert Path("a.jsonl").read_text() == '{"text": "precious"}\n'


def test_a_dry_run_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.jsonl").write_text('{"text": "good"}\n{"text": 1}\n')
    assert invoke(["run", "a.jsonl", "-o", "out.jsonl", "--dry-run"]) == 1
    assert names() == ["a.jsonl"]
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "documents" in captured.err


def test_a_defect_in_a_stage_costs_one_document(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from clean.cleaner import Cleaner

    real = Cleaner.clean_document

    def breaks(self: Cleaner, document):
        if document.raw == "boom":
            raise ValueError("no\nway")
        return real(self, document)

    monkeypatch.setattr(Cleaner, "clean_document", breaks)
    Path("a.jsonl").write_text('{"text": "boom"}\n{"text": "good"}\n')
    assert invoke(["run", "a.jsonl", "-o", "out.jsonl"]) == 1
    assert len(records()) == 1
    error = capsys.readouterr().err
    assert "error: a.jsonl:1: internal error: ValueError: no way\n" in error
    assert "Traceback" not in error


@pytest.mark.parametrize("raw", [b"", b"\xef\xbb\xbf", b"one\r\ntwo\r\n", b"\xef\xbb\xbfone\ntwo"])
def test_line_ends_marks_and_emptiness_are_all_fine(raw: bytes) -> None:
    Path("a.txt").write_bytes(raw)
    assert invoke(["run", "a.txt", "-o", "out.jsonl"]) == 0
    assert invoke(["verify", "out.jsonl"]) == 0


def test_an_output_directory_that_is_missing_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text("words")
    assert invoke(["run", "a.txt", "-o", "nowhere/out.jsonl"]) == 2
    assert "there is no directory nowhere" in capsys.readouterr().err


def test_a_write_that_fails_leaves_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("clean.io.writers.os.fsync", full)
    Path("a.txt").write_text("words")
    assert invoke(["run", "a.txt", "-o", "out.jsonl"]) == 2
    assert names() == ["a.txt"]
    assert capsys.readouterr().err == "error: out.jsonl: No space left on device\n"


def test_global_options_stand_before_or_after_the_verb() -> None:
    Path("a.txt").write_text("words")
    Path("bad.toml").write_text("nonsense = 1")
    assert invoke(["-q", "--config", "bad.toml", "run", "a.txt"]) == 2
    assert invoke(["run", "a.txt", "--config", "bad.toml", "-q"]) == 2


def test_colour_is_for_terminals_or_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text("words")
    invoke(["run", "a.txt", "-o", "o1.jsonl"])
    assert "\x1b" not in capsys.readouterr().err
    invoke(["run", "a.txt", "-o", "o2.jsonl", "--color", "always"])
    assert "\x1b" in capsys.readouterr().err


def test_the_same_input_gives_the_same_bytes() -> None:
    Path("a.jsonl").write_text('{"text": "One line.\\n\\nAnother."}\n' * 3)
    invoke(["run", "a.jsonl", "-o", "o1.jsonl"])
    assert clean("run", "a.jsonl", "-q").stdout == Path("o1.jsonl").read_bytes()


def test_output_and_quarantine_cannot_be_one_file() -> None:
    Path("a.txt").write_text("words")
    assert invoke(["run", "a.txt", "-o", "out.jsonl", "--quarantine", "./out.jsonl"]) == 2
    assert names() == ["a.txt"]
