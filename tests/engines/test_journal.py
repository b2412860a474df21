"""Outputs, manifests, and what --resume and --overwrite do, as a person meets them."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from pathlib import Path

import pytest

from clean import cleaner
from clean.cli.main import invoke
from clean.config import Config
from clean.engines.journal import Journal
from tests.engines.killed import MID_WRITE, OFTEN, corpus, killed, results, run

RUN = ["run", "a.jsonl", "pages", "b.jsonl", "-o", "out.jsonl"]


REAL = cleaner.Cleaner


@pytest.fixture(scope="module")
def built() -> dict[str, cleaner.Cleaner]:
    return {}


@pytest.fixture(autouse=True)
def _in_tmp(built: dict[str, cleaner.Cleaner], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    # In this process, which has read the rules already, unless a test asks for workers.
    monkeypatch.setattr("clean.cli.run._jobs", lambda asked, workers: asked)

    def load(config: Config) -> cleaner.Cleaner:
        """Rules once read are read again only where packs can change."""
        if config.extend_packs or repr(config) not in built:
            built[repr(config)] = REAL(config)
        return built[repr(config)]

    monkeypatch.setattr(cleaner, "Cleaner", load)
    corpus(tmp_path, 20)


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that Ctrl-C has stopped after eleven documents."""
    real, left = Journal.add, 11

    def add(self: Journal, outcome) -> None:
        nonlocal left
        if not left:
            raise KeyboardInterrupt
        left -= 1
        real(self, outcome)

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "add", add)
        assert invoke(RUN) == 130


def manifest(path: str = "out.jsonl.manifest.json") -> dict:
    return json.loads(Path(path).read_text())


def test_a_run_that_is_interrupted_leaves_no_output_and_says_how_to_go_on(
    capsys: pytest.CaptureFixture[str], interrupted: None
) -> None:
    assert not Path("out.jsonl").exists()
    assert "give --resume to go on" in capsys.readouterr().err


def test_a_run_that_goes_on_ends_like_one_that_was_not_interrupted(
    interrupted: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke([*RUN, "--resume"]) == 1
    assert "going on after 11 documents" in capsys.readouterr().err
    found = results(Path())
    for path in Path().glob("out*"):
        path.unlink()
    assert invoke(RUN) == 1
    assert results(Path()) == found


def test_an_interrupted_run_is_neither_lost_nor_gone_on_with_by_accident(
    interrupted: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(RUN) == 2
    assert "--resume to go on with it, or --overwrite" in capsys.readouterr().err


def test_overwrite_starts_an_interrupted_run_anew(interrupted: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke([*RUN, "--overwrite"]) == 1
    assert "going on" not in capsys.readouterr().err
    assert manifest()["run"]["starts"] == 1


@pytest.mark.parametrize(
    ("change", "arguments", "told"),
    [
        ("a.jsonl", [], "input a.jsonl changed: size"),
        ("pages/new.txt", [], "input pages/new.txt is new"),
        (None, ["--ignore", "NEW"], "the configuration changed: ignore"),
        (None, ["--shard-size", "5MB"], "--shard-size was not given and is 5000000"),
        (None, ["--on-error", "skip"], "--on-error was quarantine and is skip"),
    ],
)
def test_a_run_does_not_go_on_when_what_decides_the_output_has_changed(
    interrupted: None, change: str | None, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if change:
        with open(change, "a") as file:
            file.write("more")
    assert invoke([*RUN, *arguments, "--resume"]) == 2
    assert told in capsys.readouterr().err
    assert not Path("out.jsonl").exists()


def test_a_run_does_not_go_on_with_other_rules(capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    pack = '[[rule]]\nid = "OUR001"\nname = "ours"\nsummary = "Ours"\nscope = "line"\nmatch = "^{}$"\n'
    pack += 'action = "drop"\nsafe = true\ndrop = ["{}"]\nkeep = ["other"]\n'
    Path("our.toml").write_text(pack.format("one", "one"))
    Path("clean.toml").write_text('extend-packs = ["our.toml"]')
    real = Journal.finish

    def finish(self: Journal, run) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Journal, "finish", finish)
    assert invoke(RUN) == 130
    monkeypatch.setattr(Journal, "finish", real)
    Path("our.toml").write_text(pack.format("two", "two"))
    assert invoke([*RUN, "--resume"]) == 2
    assert "rules changed" in capsys.readouterr().err


def test_a_touched_input_with_the_same_content_has_not_changed(interrupted: None) -> None:
    # It was read to the end, and its digest is known.
    os.utime("a.jsonl", (1_800_000_000, 1_800_000_000))
    assert invoke([*RUN, "--resume"]) == 1


def test_resume_with_nothing_to_go_on_from_starts(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke([*RUN, "--resume"]) == 1
    assert manifest()["run"]["starts"] == 1


def test_resume_of_a_complete_run_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(RUN) == 1
    before = os.stat("out.jsonl").st_mtime_ns
    assert invoke([*RUN, "--resume"]) == 1
    assert "complete already" in capsys.readouterr().err
    assert os.stat("out.jsonl").st_mtime_ns == before


@pytest.mark.parametrize("shards", [[], ["--shard-size", "3KB"]])
def test_a_run_that_writes_into_a_directory_that_it_reads_goes_on(tmp_path: Path, shards: list[str]) -> None:
    corpus(tmp_path / "in", 30)
    arguments = ["in", "-o", "in/out.jsonl", *shards]
    whole = tmp_path / "whole"
    corpus(whole / "in", 30)
    assert run(whole, arguments)[0] == 1
    assert killed(run(tmp_path, arguments, OFTEN + MID_WRITE, KILL_AT="25")[0])
    assert run(tmp_path, [*arguments, "--resume"])[0] == 1
    assert results(tmp_path / "in") == results(whole / "in")  # the hidden directory is gone too
    code, said = run(tmp_path, [*arguments, "--resume"])
    assert (code, "complete already" in said) == (1, True)


def test_resume_does_not_take_another_output_for_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    Path("out.jsonl").write_text("precious")
    assert invoke([*RUN, "--resume"]) == 2
    assert Path("out.jsonl").read_text() == "precious"
    assert "no manifest says how it was made" in capsys.readouterr().err


def test_standard_input_cannot_be_gone_on_with(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["run", "-", "-o", "out.jsonl", "--resume"]) == 2
    assert "standard input" in capsys.readouterr().err


def test_two_runs_do_not_write_one_output(capsys: pytest.CaptureFixture[str]) -> None:
    Path(".out.jsonl.partial").mkdir()
    with open(".out.jsonl.partial/lock", "wb") as file:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX)
        assert invoke([*RUN, "--resume"]) == 2
    assert "another run is writing it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("before", "after"),
    [('{"state"', ""), ('"record": ', '"record": 1'), ('"lengths": {', '"lengths": {"x": "many", ')],
)
def test_a_damaged_checkpoint_is_an_error_that_says_what_to_do(
    before: str, after: str, interrupted: None, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint = Path(".out.jsonl.partial/checkpoint.json")
    written = checkpoint.read_text()
    assert before in written
    checkpoint.write_text(written.replace(before, after))
    assert invoke([*RUN, "--resume"]) == 2
    assert "the checkpoint is damaged" in capsys.readouterr().err


def test_sigterm_is_an_orderly_end(tmp_path: Path) -> None:
    stop = "from clean.engines.journal import Journal as J; real = J.add\n"
    stop += "import os\ndef add(self, outcome):\n"
    stop += "    self.state.record > 3 and os.kill(os.getpid(), 15)\n    real(self, outcome)\nJ.add = add\n"
    code, said = run(tmp_path, RUN[1:], stop)
    assert (code, "give --resume to go on" in said) == (128 + signal.SIGINT, True)
    assert run(tmp_path, [*RUN[1:], "--resume"])[0] == 1


def test_a_full_disk_is_a_clear_error_and_the_run_can_go_on(tmp_path: Path) -> None:
    limit = OFTEN + "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (15_000, 15_000))\n"
    limit += "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    code, said = run(tmp_path, RUN[1:], limit)
    assert (code, Path("out.jsonl").exists()) == (2, False)
    assert said.splitlines()[-1] == "error: out.jsonl: File too large"
    code, said = run(tmp_path, [*RUN[1:], "--resume"])
    assert (code, "going on after" in said) == (1, True)


def test_the_manifest_says_what_went_in_and_what_came_out() -> None:
    assert invoke([*RUN]) == 1
    found = manifest()
    lines = Path("out.jsonl").read_bytes().splitlines()
    assert found["documents"] == {"cleaned": len(lines), "quarantined": 4, "bytes": found["documents"]["bytes"]}
    [output] = found["outputs"]
    assert output["sha256"] == hashlib.sha256(Path("out.jsonl").read_bytes()).hexdigest()
    assert (output["output"], output["records"]) == ("out.jsonl", len(lines))
    inputs = {entry["path"]: entry for entry in found["inputs"]}
    assert inputs["a.jsonl"]["sha256"] == hashlib.sha256(Path("a.jsonl").read_bytes()).hexdigest()
    assert (inputs["a.jsonl"]["documents"], inputs["a.jsonl"]["quarantined"]) == (8, 2)
    assert inputs["pages/three.txt"]["quarantined"] == 1
    record = json.loads(lines[0])
    assert found["ruleset"] == record["tool"]["ruleset"]
    assert found["quarantine"]["records"] == 4
    assert sum(rule["hits"] for rule in found["rules"].values()) == sum(
        len(json.loads(line)["removed"]) for line in lines
    )


def test_the_manifest_says_what_was_left_out() -> None:
    record = b"WARC/1.0\r\nWARC-Type: %s\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nwords\r\n\r\n"
    Path("d").mkdir()
    Path("d/a.warc").write_bytes(b"".join(record % kind for kind in (b"resource", b"request", b"metadata", b"request")))
    Path("d/b.warc").write_bytes(record % b"request")
    Path("d/loop").symlink_to(".")
    assert invoke(["run", "d", "-o", "out.jsonl", "-q"]) == 0
    found = manifest()
    assert found["left_out"] == {"a link to a directory": 1, "metadata": 1, "request": 3}
    assert [entry["left_out"] for entry in found["inputs"]] == [
        {"metadata": 1, "request": 2},
        {"request": 1},
        {"a link to a directory": 1},
    ]


def test_standard_output_has_no_manifest(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert invoke(["run", "a.jsonl"]) == 1
    assert not list(Path().glob("*manifest*"))


def test_shards_hold_the_same_records_as_one_file() -> None:
    assert invoke(RUN) == 1
    assert invoke([*RUN[:-1], "part.jsonl", "--shard-size", "3KB"]) == 1
    shards = sorted(Path().glob("part-*.jsonl"))
    assert len(shards) > 2
    assert all(shard.stat().st_size <= 3000 for shard in shards)
    assert b"".join(shard.read_bytes() for shard in shards) == Path("out.jsonl").read_bytes()
    assert [entry["output"] for entry in manifest("part.jsonl.manifest.json")["outputs"]] == [p.name for p in shards]


def test_fewer_shards_than_before_leave_none_of_those_behind() -> None:
    assert invoke([*RUN, "--shard-size", "2KB"]) == 1
    assert invoke([*RUN, "--shard-size", "5KB", "--overwrite"]) == 1
    assert len(manifest()["outputs"]) == len(list(Path().glob("out-*.jsonl")))


def test_removed_text_goes_to_a_file_of_its_own() -> None:
    from clean.io.formats import join_removed

    assert invoke(RUN) == 1
    assert invoke([*RUN[:-1], "kept.jsonl", "--removed", "gone.jsonl"]) == 1
    gone = {json.loads(line)["id"]: line for line in Path("gone.jsonl").read_bytes().splitlines(True)}
    kept = Path("kept.jsonl").read_bytes().splitlines(True)
    joined = [join_removed(line, gone.get(json.loads(line)["id"])) for line in kept]
    assert b"".join(joined) == Path("out.jsonl").read_bytes()


def test_outputs_at_urls_are_those_of_files(tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    assert invoke([*RUN, "--shard-size", "3KB"]) == 1
    there = fsspec.filesystem("memory")
    url = "memory://corpus/out.jsonl"
    assert invoke([*RUN[:-1], url, "--shard-size", "3KB"]) == 1
    names = sorted(path.name for path in tmp_path.glob("out*"))
    assert sorted(name.rpartition("/")[2] for name in there.find("/corpus")) == names
    for name in names:
        if name.endswith(".jsonl"):
            assert there.cat(f"/corpus/{name}") == Path(name).read_bytes()
    assert not [path for path in os.listdir() if path.startswith(".out.jsonl.")]
    assert invoke([*RUN[:-1], url, "--shard-size", "3KB"]) == 2


def test_an_upload_that_fails_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from clean.io import remote

    fsspec = pytest.importorskip("fsspec")
    monkeypatch.setattr("clean.engines.journal.INTERVAL", 0.0)
    real, left = remote.upload, 2

    def upload(file: Path, url: str) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise OSError(5, "The line is dead", url)
        real(file, url)

    monkeypatch.setattr(remote, "upload", upload)
    run = [*RUN[:-1], "memory://again/out.jsonl", "--shard-size", "3KB"]
    assert invoke(run) == 2
    assert invoke([*run, "--resume"]) == 1
    assert invoke([*RUN, "--shard-size", "3KB"]) == 1
    for path in Path().glob("out*.jsonl"):
        assert fsspec.filesystem("memory").cat(f"/again/{path.name}") == path.read_bytes()


def test_machines_are_told_in_objects(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clean.cli.log.INTERVAL", 0.0)
    assert invoke([*RUN, "--log-format", "json"]) == 1
    events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [event["event"] for event in (events[0], events[-1])] == ["start", "done"]
    quarantined = [event for event in events if event["event"] == "quarantine"]
    assert [(event["input"], event["record"]) for event in quarantined][:2] == [("a.jsonl", 1), ("a.jsonl", 8)]
    progress = [event for event in events if event["event"] == "progress"]
    assert progress[-1]["documents"] == events[-1]["documents"] + events[-1]["quarantined"]


def test_machines_are_told_of_errors_in_objects_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["run", "missing", "-o", "out.jsonl", "--log-format", "json"]) == 2
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()][-1] == "error"
