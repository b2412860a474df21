"""Hugging Face datasets: `map` in batches, its cache, and several processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import datasets
import pytest

import clean
from clean.adapters.batches import CleanBatch
from clean.schema.arrow import arrow_schema, from_arrow

SCRIPT = """
import sys, datasets
datasets.disable_progress_bars()
from clean.adapters.batches import CleanBatch
given = datasets.load_dataset("json", data_files=sys.argv[1], split="train", cache_dir=sys.argv[2])
out = given.map(CleanBatch(ignore=["".join(["ME", "T"])]), batched=True)
print(out._fingerprint, [f["filename"] for f in out.cache_files], flush=True)
"""


@pytest.fixture
def given(texts: dict[str, str]) -> datasets.Dataset:
    return datasets.Dataset.from_dict({"id": list(texts), "text": list(texts.values()), "more": [1, 2, 3, 4]})


def records(mapped: datasets.Dataset) -> list[dict[str, object]]:
    return list(from_arrow(mapped.remove_columns("error").with_format("arrow")[:]))


def expected(texts: dict[str, str]) -> list[dict[str, object]]:
    cleaner = clean.Cleaner()
    return [cleaner.clean_text(text, id=id).to_dict() for id, text in texts.items()]


@pytest.mark.parametrize("form", [None, "arrow"])
def test_rows_become_records(given: datasets.Dataset, texts: dict[str, str], form: str | None) -> None:
    mapped = given.with_format(form).map(CleanBatch(), batched=True, batch_size=2)
    assert mapped.column_names == [*arrow_schema().names, "error"]
    assert records(mapped) == expected(texts)


def test_two_processes_give_the_same(given: datasets.Dataset, texts: dict[str, str]) -> None:
    mapped = given.map(CleanBatch(), batched=True, num_proc=2)
    assert records(mapped) == expected(texts)


def test_a_second_process_finds_the_work_of_the_first_in_the_cache(tmp_path: Path, texts: dict[str, str]) -> None:
    file = tmp_path / "in.jsonl"
    datasets.Dataset.from_dict({"id": list(texts), "text": list(texts.values())}).to_json(file)
    cache = tmp_path / "cache"

    def run() -> str:
        command = [sys.executable, "-c", SCRIPT, str(file), str(cache)]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout

    first = run()
    files = {path: path.stat().st_mtime_ns for path in cache.rglob("cache-*.arrow")}
    assert len(files) == 1
    assert run() == first
    assert {path: path.stat().st_mtime_ns for path in cache.rglob("cache-*.arrow")} == files


def test_other_rules_have_another_fingerprint(given: datasets.Dataset) -> None:
    hashes = {datasets.fingerprint.Hasher.hash(CleanBatch(ignore=ids)) for ids in ([], ["SOC"], ["SOC"])}
    assert len(hashes) == 2
