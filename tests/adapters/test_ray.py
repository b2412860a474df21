"""The Ray engine against the local one, on a Ray of its own; and Ray Data with the adapter for tables."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import ray
import ray.data

import clean
from clean.adapters.batches import CleanBatch
from clean.engines.local import Limits, Outcome, clean_items
from clean.engines.ray import RayRunner
from clean.engines.work import Work, left
from clean.io import find, read
from clean.schema.arrow import from_arrow


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    # Other Rays on this machine are not to be found, and this one is not to find them.
    ray.init("local", num_cpus=3, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield
    ray.shutdown()


@pytest.fixture
def corpus(tmp_path: Path, texts: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of several kinds of input, good and broken, below the working directory."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    lines = [json.dumps({"id": f"{i}-{id}", "text": text}) for i in range(30) for id, text in texts.items()]
    (folder / "a.jsonl").write_text("\n".join([*lines[:50], '{"text": 1}', "{broken", *lines[50:]]) + "\n")
    (folder / "b.txt").write_text(texts["both"])
    (folder / "c.jsonl.gz").write_bytes(gzip.compress(("\n".join(lines[:10])).encode())[:-20])
    (folder / "d.html").write_text(f"<html><body><article><p>{texts['prose']}</p></article></body></html>")
    (folder / "e.txt").write_bytes(bytes(range(256)) * 16)
    (folder / "README").write_text("About the others.")
    (folder / "f.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(64)))
    monkeypatch.chdir(tmp_path)
    return Path("corpus")


def what(outcome: Outcome) -> tuple[Any, ...]:
    item = outcome.item
    original = item.original if outcome.failure else None
    return item.name, item.origin, original, item.position, outcome.line, outcome.tally, outcome.failure


def test_outcomes_are_those_of_the_local_engine_in_the_same_order(corpus: Path) -> None:
    inputs = list(find([corpus]))
    notes: list[str] = []
    expected = [what(outcome) for outcome in clean_items(clean.Cleaner(), read(inputs, notes.append))]
    told: list[str] = []
    with RayRunner(clean.Config(), jobs=2) as runner:
        assert [what(outcome) for _, outcome in runner.run(left(inputs), told.append)] == expected
    assert told == notes
    assert len(notes) == 2


def test_the_rest_of_an_input_goes_on_where_it_stopped(corpus: Path) -> None:
    inputs = list(find([corpus / "a.jsonl", corpus / "b.txt"]))
    first, second = left(inputs)
    with RayRunner(clean.Config(), jobs=1) as runner:
        whole = [(index, what(outcome)) for index, outcome in runner.run([first, second])]
        rest = runner.run([Work(0, inputs[0], skip=100), second])
        assert [(index, what(outcome)) for index, outcome in rest] == whole[100:]


def test_a_document_that_takes_too_long_costs_itself_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    slow = "one two three four\n" * 300_000
    lines = [{"id": "before", "text": "Some text."}, {"id": "slow", "text": slow}, {"id": "after", "text": "More."}]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with RayRunner(clean.Config(), jobs=1, limits=Limits(seconds=0.5)) as runner:
        kinds = [outcome.failure and outcome.failure.kind for _, outcome in runner.run(left(find([path])))]
    assert kinds == [None, "timeout", None]


def test_the_command_writes_what_the_local_engine_writes(corpus: Path) -> None:
    told = []
    for out, options in (("local.jsonl", []), ("ray.jsonl", ["--engine", "ray", "--jobs", "2"])):
        command = [sys.executable, "-m", "clean", "run", str(corpus), "-o", out, *options]
        run = subprocess.run(command, capture_output=True, text=True)
        assert (run.returncode, run.stdout) == (1, "")
        told.append([line for line in run.stderr.splitlines() if line.startswith(("error:", "note:"))])
    assert told[0] == told[1]
    assert Path("ray.jsonl").read_bytes() == Path("local.jsonl").read_bytes()
    assert Path("ray.quarantine.jsonl").read_bytes() == Path("local.quarantine.jsonl").read_bytes()


def test_standard_input_is_refused() -> None:
    with RayRunner(clean.Config(), jobs=1) as runner, pytest.raises(clean.ConfigError, match="does not reach"):
        list(runner.run(left(find(["-"]))))


def test_a_pack_that_a_worker_has_otherwise_stops_the_run(tmp_path: Path) -> None:
    pack = tmp_path / "site.toml"
    rule = """
[[rule]]
id = "SIT001"
name = "site-line"
summary = "A line of one site"
scope = "line"
phrases = ["%s"]
action = "drop"
drop = ["%s"]
keep = ["Something else stands here."]
"""
    pack.write_text(rule % ("One", "One"))
    (tmp_path / "a.txt").write_text("One")
    with RayRunner(clean.Config(extend_packs=(str(pack),)), jobs=1) as runner:
        pack.write_text(rule % ("Other", "Other"))
        with pytest.raises(clean.ConfigError, match="a worker has other rules"):
            list(runner.run(left(find([tmp_path / "a.txt"]))))


def test_an_address_without_a_cluster_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ray, "init", _refuse)
    with pytest.raises(clean.CleanError, match=r"Ray at 127\.0\.0\.1:1: could not connect"):
        RayRunner(clean.Config(), address="127.0.0.1:1")


def _refuse(address: str, **options: Any) -> None:
    raise ConnectionError("could not connect")


def test_ray_data_maps_tables_from_parquet_to_parquet(texts: dict[str, str], tmp_path: Path) -> None:
    rows = [{"id": id, "text": text} for id, text in texts.items()]
    ray.data.from_items(rows).write_parquet(str(tmp_path / "in"))
    cleaned = ray.data.read_parquet(str(tmp_path / "in")).map_batches(
        CleanBatch, fn_constructor_kwargs={"ignore": ["MET"]}, batch_format="pyarrow", concurrency=1
    )
    cleaned.drop_columns(["error"]).write_parquet(str(tmp_path / "out"))
    cleaner = clean.Cleaner(ignore=["MET"])
    expected = {id: cleaner.clean_text(text, id=id).to_dict() for id, text in texts.items()}
    assert {record["id"]: record for record in from_arrow(pq.read_table(tmp_path / "out"))} == expected
