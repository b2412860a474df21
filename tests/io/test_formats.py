"""A journal of records becomes an output: whole, with the same bytes each time, in any format."""

from __future__ import annotations

import errno
import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from backports import zstd
from hypothesis import given, settings

from clean.cleaner import Cleaner
from clean.errors import ConfigError
from clean.io import formats
from clean.io.formats import format_for, join_removed, shard_path, split_removed
from clean.schema.arrow import from_arrow
from tests.strategies import chrome

CLEANER = Cleaner(language={"backend": "none"})
TEXT = "Follow us on Twitter\nThe council of the city decided on Monday that the old harbour will be closed.\n"
NAMES = ["out.jsonl", "out.jsonl.gz", "out.jsonl.zst", "out.parquet"]


@pytest.fixture(autouse=True)
def _in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def lines(count: int = 3) -> bytes:
    return b"".join(CLEANER.clean_text(f"{TEXT}Number {i}.", id=str(i)).to_json() + b"\n" for i in range(count))


def finished(name: str, content: bytes) -> bytes:
    Path("journal").write_bytes(content)
    format_for(name).finish(Path("journal"), Path(name))
    return Path(name).read_bytes()


def read_back(name: str) -> bytes:
    raw = Path(name).read_bytes()
    if name.endswith(".gz"):
        return gzip.decompress(raw)
    if name.endswith(".zst"):
        return zstd.decompress(raw)
    if name.endswith(".parquet"):
        records = from_arrow(pq.read_table(name))
        return b"".join(json.dumps(r, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for r in records)
    return raw


@pytest.mark.parametrize("name", NAMES)
def test_an_output_holds_the_records_of_its_journal_which_is_gone(name: str) -> None:
    finished(name, lines())
    assert read_back(name) == lines()
    assert [path.name for path in Path().iterdir()] == [name]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_records_are_the_same_bytes_under_any_name(name: str) -> None:
    assert finished(name, lines()) == finished(f"other-{name}", lines())


@pytest.mark.parametrize("name", NAMES)
def test_a_run_without_records_has_an_empty_output(name: str) -> None:
    finished(name, b"")
    assert read_back(name) == b""


@pytest.mark.parametrize("name", NAMES[1:])
def test_a_full_disk_leaves_the_journal_and_the_old_output(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(name).write_bytes(b"old")
    Path("journal").write_bytes(lines())

    def full(self: Any, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", name)

    monkeypatch.setattr("clean.io.writers.AtomicFile.write", full)
    with pytest.raises(OSError, match="No space left"):
        format_for(name).finish(Path("journal"), Path(name))
    assert Path(name).read_bytes() == b"old"
    assert Path("journal").read_bytes() == lines()
    assert len(list(Path().iterdir())) == 2


def test_a_gzip_output_tells_neither_a_name_nor_a_time() -> None:
    assert finished("out.jsonl.gz", lines())[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


def test_row_groups_of_parquet_are_of_bounded_size(monkeypatch: pytest.MonkeyPatch) -> None:
    content = lines(9)
    monkeypatch.setattr(formats, "ROW_GROUP_BYTES", len(content) // 4)
    monkeypatch.setattr(formats, "BATCH_BYTES", 1)
    finished("out.parquet", content)
    assert pq.ParquetFile("out.parquet").num_row_groups == 3
    assert read_back("out.parquet") == content


@pytest.mark.parametrize(
    ("target", "name", "suffix"),
    [
        ("out.jsonl", None, ""),
        ("out", None, ""),
        ("OUT.JSONL.GZ", None, ".gz"),
        ("out.zst", "jsonl", ".zst"),
        ("out.parquet", None, ".parquet"),
        ("out", "parquet", ".parquet"),
        ("s3://bucket/out.parquet", "parquet", ".parquet"),
    ],
)
def test_the_format_is_what_the_name_says(target: str, name: str | None, suffix: str) -> None:
    assert format_for(target, name).suffix == suffix


@pytest.mark.parametrize(
    ("target", "name", "words"),
    [
        ("out.jsonl", "parquet", "the name says jsonl, and --format parquet"),
        ("out.jsonl.gz", "parquet", "the name says jsonl"),
        ("out.parquet", "jsonl", "the name says parquet"),
        ("out.jsonl.xz", None, r"as \.gz or \.zst"),
        ("out.jsonl", "csv", "there are jsonl and parquet"),
    ],
)
def test_a_name_and_a_format_that_contradict_each_other_are_refused(target: str, name: str | None, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        format_for(target, name)


@pytest.mark.parametrize(
    ("target", "shard"),
    [
        ("a/clean.jsonl", "a/clean-00012.jsonl"),
        ("clean.jsonl.gz", "clean-00012.jsonl.gz"),
        ("clean.v2.parquet", "clean.v2-00012.parquet"),
        ("clean", "clean-00012"),
    ],
)
def test_shards_are_numbered_before_the_suffix(target: str, shard: str) -> None:
    assert shard_path(Path(target), 12) == Path(shard)


def test_removed_text_goes_to_a_line_of_its_own() -> None:
    line, removed = split_removed(CLEANER.clean_text(TEXT, id="a").to_json() + b"\n")
    assert removed is not None
    assert json.loads(removed)["removed"][0]["text"] == "Follow us on Twitter"
    assert b"Follow us" not in line
    assert json.loads(line)["removed"][0]["rule"] == json.loads(removed)["removed"][0]["rule"]


def test_a_record_without_removals_has_no_line_of_removed_text() -> None:
    line = CLEANER.clean_text("The council decided.", id="a").to_json() + b"\n"
    assert split_removed(line) == (line, None)


@settings(max_examples=40)
@given(chrome())
def test_removed_text_can_be_put_back(text: str) -> None:
    line = CLEANER.clean_text(text, id="a").to_json() + b"\n"
    assert join_removed(*split_removed(line)) == line


def test_removed_text_of_another_record_is_refused() -> None:
    line, _ = split_removed(CLEANER.clean_text(TEXT, id="a").to_json() + b"\n")
    _, other = split_removed(CLEANER.clean_text(TEXT, id="b").to_json() + b"\n")
    for removed in (other, None):
        with pytest.raises(ValueError, match="of another record"):
            join_removed(line, removed)
