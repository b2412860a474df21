"""Baselines and the ignore file: what is known stays quiet, what is new does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clean.cli.main import invoke

PROSE = "The river rose again in the night, and the village moved its animals to the higher meadows.\n\n"


@pytest.fixture(autouse=True)
def _in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(PROSE + "Related Articles\n\nVisit us:\n")
    Path("b.txt").write_text(PROSE + "A cafÃ© by the river.\n")


def write() -> None:
    assert invoke(["check", ".", "--write-baseline", "known.json", "-q"]) == 0


def rules(capsys: pytest.CaptureFixture[str], *args: str) -> list[str]:
    capsys.readouterr()
    invoke(["check", *(args or (".",)), "--baseline", "known.json", "--output-format", "jsonl"])
    return [json.loads(line)["rule"] for line in capsys.readouterr().out.splitlines()]


def prepend(path: str, text: str) -> None:
    Path(path).write_text(text + Path(path).read_text())


def test_what_a_baseline_knows_is_not_reported(capsys: pytest.CaptureFixture[str]) -> None:
    write()
    Path("known.json").rename("../known.json")
    assert invoke(["check", ".", "--baseline", "../known.json"]) == 0
    assert "3 more in the baseline" in capsys.readouterr().err


def test_a_baseline_is_the_same_each_time() -> None:
    write()
    first = Path("known.json").read_bytes()
    assert invoke(["check", "b.txt", "./a.txt", "--write-baseline", "known.json", "-q"]) == 0
    assert Path("known.json").read_bytes() == first


def test_writing_a_baseline_succeeds_in_spite_of_findings(capsys: pytest.CaptureFixture[str]) -> None:
    write()
    assert capsys.readouterr().out == ""
    assert {entry["rule"] for entry in json.loads(Path("known.json").read_text())["files"]["a.txt"]} == {
        "REL001",
        "SOC001",
    }


def test_inserted_lines_do_not_break_it(capsys: pytest.CaptureFixture[str]) -> None:
    write()
    prepend("a.txt", "Some new prose stands in front of all the rest of it now.\n\n" * 3)
    prepend("b.txt", PROSE)
    assert rules(capsys, "a.txt", "b.txt") == []


def test_a_new_finding_of_a_known_kind_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    write()
    Path("a.txt").write_text(Path("a.txt").read_text() + "\n" + PROSE + "Related Articles\n")
    assert rules(capsys, "a.txt", "b.txt") == ["REL001"]
    Path("b.txt").write_text(Path("b.txt").read_text() + "A second cafÃ© by the river.\n")
    assert rules(capsys, "a.txt", "b.txt") == ["REL001", "ENC003"]


def test_one_more_damaged_line_among_many_known_ones_is_reported_alone(capsys: pytest.CaptureFixture[str]) -> None:
    Path("b.txt").write_text("".join(f"Line {i} \u200b of text.\n" for i in range(50)))
    write()
    prepend("b.txt", "One \u200b more line.\n")
    capsys.readouterr()
    assert invoke(["check", "b.txt", "--baseline", "known.json", "--output-format", "concise", "-q"]) == 1
    assert capsys.readouterr().out.startswith("b.txt:1:5: CHR004 zero-width: ")


def test_stale_entries_are_told_and_do_not_fail(capsys: pytest.CaptureFixture[str]) -> None:
    write()
    Path("a.txt").write_text(PROSE)
    Path("b.txt").unlink()
    assert invoke(["check", "a.txt", "--baseline", "known.json"]) == 0
    err = capsys.readouterr().err
    assert "a.txt: 2 stale baseline entries" in err
    assert "b.txt: 1 stale baseline entry" in err


def test_what_was_not_looked_for_is_not_stale(capsys: pytest.CaptureFixture[str]) -> None:
    write()
    assert invoke(["check", "a.txt", "--baseline", "known.json", "--select", "REL"]) == 0
    assert "stale" not in capsys.readouterr().err


def test_it_works_from_another_folder_of_the_repository(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write()
    Path("sub").mkdir()
    monkeypatch.chdir("sub")
    assert invoke(["check", "../a.txt", str(Path("../b.txt").resolve()), "--baseline", "../known.json"]) == 0


@pytest.mark.parametrize(
    "text", ["", "[]", '{"version": 2, "files": {}}', '{"version": 1, "files": {"a": [1]}}', "\x00"]
)
def test_a_file_that_is_no_baseline_is_an_error(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("known.json").write_text(text)
    assert invoke(["check", "a.txt", "--baseline", "known.json"]) == 2
    assert "known.json" in capsys.readouterr().err


def test_a_missing_baseline_is_an_error() -> None:
    assert invoke(["check", "a.txt", "--baseline", "nowhere.json"]) == 2


def test_no_baseline_is_written_of_what_could_not_be_read() -> None:
    assert invoke(["check", "missing.txt", "--write-baseline", "known.json"]) == 2
    assert not Path("known.json").exists()


def test_a_fingerprint_in_the_ignore_file_silences_one_finding(capsys: pytest.CaptureFixture[str]) -> None:
    invoke(["check", "a.txt", "--output-format", "json"])
    first = json.loads(capsys.readouterr().out)[0]
    Path(".clean-ignore").write_text(f"# reviewed\n\n{first['fingerprint']}  # a heading of ours\n")
    capsys.readouterr()
    assert invoke(["check", "a.txt", "--output-format", "json"]) == 1
    captured = capsys.readouterr()
    assert [f["rule"] for f in json.loads(captured.out)] == ["SOC001"]
    assert "1 more ignored by fingerprint" in captured.err
    assert invoke(["check", "a.txt", "--isolated", "--output-format", "json"]) == 1
    assert len(json.loads(capsys.readouterr().out)) == 2


def test_the_fingerprint_of_a_group_silences_all_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    Path("b.txt").write_text("".join(f"Line {i} \u200b of text.\n" for i in range(50)))
    invoke(["check", "b.txt", "--output-format", "json"])
    [found] = json.loads(capsys.readouterr().out)
    Path("mine").write_text(found["fingerprint"])
    assert invoke(["check", "b.txt", "--ignore-file", "mine"]) == 0


def test_a_line_that_is_no_fingerprint_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    Path(".clean-ignore").write_text("REL001\n")
    assert invoke(["check", "a.txt"]) == 2
    assert ".clean-ignore:1: 'REL001' is no fingerprint" in capsys.readouterr().err
