"""What was set aside can be cleaned again: the same bytes, with where they came from."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clean.cleaner import Cleaner
from clean.io import Item, find, read
from clean.io.writers import quarantine_line

CLEANER = Cleaner(language={"backend": "none"})


@pytest.fixture(autouse=True)
def _in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def set_aside(*paths: str, message: str = "took too long") -> list[Item]:
    """The items of some inputs, each of which goes to a quarantine file."""
    found = list(read(find(paths)))
    lines = [quarantine_line(i, getattr(i.error, "kind", "timeout"), str(i.error or message)) for i in found]
    Path("q.quarantine.jsonl").write_bytes(b"".join(lines))
    return found


def replayed() -> list[Item]:
    return list(read(find(["q.quarantine.jsonl"])))


def corpus() -> list[str]:
    """Good documents of every kind of input."""
    Path("a.txt").write_bytes(b"one\r\ncaf\xe9")
    Path("b.html.gz").write_bytes(gzip.compress(b"<html><p>two"))
    Path("c.jsonl").write_text(
        '\n{"text": "three\\u2019", "id": 7, "url": "http://x"}\n{"html": "<p>four"}\n', "utf-8-sig"
    )
    pq.write_table(pa.table({"text": ["five"], "id": ["f"], "url": ["http://y"]}), "d.parquet")
    pq.write_table(pa.table({"html": [b"<p>s\xecx"]}), "e.parquet")
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=cp1251\r\n\r\n<p>\xd1\xe5\xec\xfc</p>"
    head = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:a>\r\nWARC-Target-URI: http://z/\r\nContent-Length: "
    )
    Path("f.warc").write_bytes(head + b"%d\r\n\r\n" % len(page) + page + b"\r\n\r\n")
    return ["a.txt", "b.html.gz", "c.jsonl", "d.parquet", "e.parquet", "f.warc"]


def test_records_of_replayed_documents_are_those_of_the_documents() -> None:
    items = set_aside(*corpus())
    records = [CLEANER.clean_document(item.document()).to_dict() for item in items]
    assert len(records) == 7
    assert [CLEANER.clean_document(item.document()).to_dict() for item in replayed()] == records


def test_a_replayed_document_that_fails_again_is_set_aside_as_it_was() -> None:
    set_aside(*corpus())
    first = Path("q.quarantine.jsonl").read_bytes()
    Path("q2.jsonl").write_bytes(b"".join(quarantine_line(item, "timeout", "took too long") for item in replayed()))
    assert Path("q2.jsonl").read_bytes() == first


def test_messages_name_the_place_where_the_document_came_from() -> None:
    set_aside(*corpus())
    assert [item.where for item in replayed()][2:4] == ["c.jsonl:2", "c.jsonl:3"]


def test_a_line_that_was_no_document_is_the_same_error() -> None:
    Path("a.jsonl").write_bytes(b'{"text": "one"}\n{"text": \n')
    set_aside("a.jsonl")
    good, bad = replayed()
    assert good.raw == "one"
    assert bad.where == "a.jsonl:2"
    assert "malformed JSON" in str(bad.error)


def test_half_a_document_does_not_come_back_as_a_whole_one() -> None:
    Path("a.txt.gz").write_bytes(gzip.compress(b"a text that breaks off" * 99)[:-9])
    [before] = set_aside("a.txt.gz")
    [item] = replayed()
    assert item.original == before.original
    assert str(item.error) == f"again: {before.error}"


def test_a_document_without_bytes_is_an_error_again() -> None:
    set_aside("nowhere.txt")
    [item] = replayed()
    assert item.name == "nowhere.txt"
    assert item.original is None
    assert "again: No such file" in str(item.error)


@pytest.mark.parametrize("change", [{"raw": "§"}, {"path": 3}, {"raw": [1]}, {"url": {}}, {"record": "x"}])
def test_a_line_that_no_run_wrote_is_an_error(change: dict[str, object]) -> None:
    Path("a.txt").write_text("one")
    set_aside("a.txt")
    entry = json.loads(Path("q.quarantine.jsonl").read_bytes()) | change
    Path("q.quarantine.jsonl").write_text(json.dumps(entry) + "\n")
    [item] = replayed()
    assert getattr(item.error, "kind", None) == "malformed-quarantine"
    assert item.where == "q.quarantine.jsonl:1"


def test_standard_input_has_no_path_when_it_is_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"some text")))
    set_aside("-")
    [item] = replayed()
    assert (item.name, item.origin.path, item.raw) == ("standard input", None, b"some text")
