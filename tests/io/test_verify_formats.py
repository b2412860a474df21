"""`clean verify` reads outputs and sources of every format, and finds what was changed in them."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import brotli
import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from backports import zstd

from clean.cleaner import Cleaner
from clean.cli.main import invoke
from clean.config import InputConfig
from clean.io.formats import format_for, split_removed
from clean.verify import verify

CLEANER = Cleaner(language={"backend": "none"}, input={"text-field": "body", "html-field": "page"})
FIELDS = ("body", "page")
TEXT = "Follow us on Twitter\nThe council of the city decided on Monday that the old harbour will be closed.\n"
HTML = f"<html><body><nav><a href=/>Home</a></nav><p>{TEXT}</p><p>Caf\xe9 \u2019</p></body></html>"
OUTPUTS = ["out.jsonl", "out.jsonl.gz", "out.jsonl.zst", "out.parquet"]
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstd.compress,
}


@pytest.fixture(autouse=True)
def _in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def response(body: bytes, *headers: str) -> bytes:
    head = "\r\n".join(["HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8", *headers, "", ""]).encode()
    block = head + body
    return b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n" % (len(block), block)


def warc() -> bytes:
    page = HTML.encode()
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(page), page)
    info = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 3\r\n\r\na:b\r\n\r\n"
    return (
        info
        + response(page)
        + response(gzip.compress(page[:50]) + gzip.compress(page[50:]), "Content-Encoding: gzip")
        + response(gzip.compress(chunks), "Content-Encoding: gzip")
        + b"some garbage\r\n"
        + response(chunks, "Transfer-Encoding: chunked")
        + response(page, "Transfer-Encoding: chunked", "Content-Encoding: gzip")
        + response(zlib.compress(page), "Content-Encoding: deflate")
        + response(brotli.compress(page), "Content-Encoding: br")
        + response(zstd.compress(page), "Content-Encoding: zstd")
        + response(b"", "Content-Encoding: gzip")
    )


def sources() -> dict[str, bytes]:
    """A file of each kind that holds many documents, or one."""
    lines = [{"body": TEXT}, {"page": HTML}, {"body": "a\ufeff\u2028b", "page": HTML}]
    table = {"body": [TEXT, None, "\ufeffx"], "page": [None, HTML, None], "more": [1, 2, 3]}
    pq.write_table(pa.table(table), "x")
    parquet = Path("x").read_bytes()
    pq.write_table(pa.table({"page": [HTML.encode("utf-16"), b"<p>caf\xe9</p>"]}), "x")
    pages = Path("x").read_bytes()
    Path("x").unlink()
    return {
        "a.txt": TEXT.encode(),
        "b.html": HTML.encode("utf-8-sig"),
        "c.jsonl": b"\xef\xbb\xbf" + b"\n".join(json.dumps(line).encode() for line in lines),
        "d.parquet": parquet,
        "e.parquet": pages,
        "f.warc": warc(),
    }


def clean(paths: list[str], output: str, removed: str | None = None) -> int:
    """Clean files into an output; how many records it holds."""
    from clean.errors import CleanError
    from clean.io import read_paths

    lines = []
    for item in read_paths(paths, CLEANER.config.input):
        try:
            lines.append(CLEANER.clean_document(item.document()).to_json() + b"\n")
        except CleanError:
            continue
    if removed is not None:
        pairs = [split_removed(line) for line in lines]
        lines = [line for line, _ in pairs]
        Path(removed).write_bytes(b"".join(text for _, text in pairs if text is not None))
    Path("journal").write_bytes(b"".join(lines))
    format_for(output).finish(Path("journal"), Path(output))
    return len(lines)


def problems(output: str, folder: str | None = None, removed: str | None = None) -> list[str]:
    results = list(verify(Path(output), folder and Path(folder), FIELDS, removed and Path(removed)))
    return [problem for result in results for problem in result.problems]


def read_again(output: str) -> int:
    return sum(result.source_read for result in verify(Path(output), None, FIELDS))


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize("name", ["a.txt", "b.html", "c.jsonl", "d.parquet", "e.parquet", "f.warc"])
def test_records_of_any_source_verify(name: str, suffix: str) -> None:
    Path(name + suffix).write_bytes(PACKERS[suffix](sources()[name]))
    count = clean([name + suffix], "out.jsonl")
    assert problems("out.jsonl") == []
    assert read_again("out.jsonl") == count > 0


@pytest.mark.parametrize("output", OUTPUTS)
def test_outputs_of_any_format_verify(output: str) -> None:
    for name, raw in sources().items():
        Path(name).write_bytes(raw)
    count = clean(sorted(sources()), output)
    assert problems(output) == []
    assert read_again(output) == count == 19


def test_records_in_any_order_verify() -> None:
    for name, raw in sources().items():
        Path(name).write_bytes(raw)
    clean(sorted(sources()), "out.jsonl")
    lines = Path("out.jsonl").read_bytes().splitlines(keepends=True)
    Path("journal").write_bytes(b"".join([*lines[::2], *lines[::-1], *lines[1::2]]))
    format_for("out.parquet").finish(Path("journal"), Path("out.parquet"))
    assert problems("out.parquet") == []
    assert read_again("out.parquet") == 2 * len(lines)


@pytest.mark.parametrize("output", OUTPUTS)
def test_a_changed_text_is_found_in_any_format(output: str) -> None:
    Path("a.txt").write_text(TEXT)
    clean(["a.txt"], "out.jsonl")
    Path("journal").write_bytes(Path("out.jsonl").read_bytes().replace(b"harbour", b"harbor "))
    format_for(output).finish(Path("journal"), Path(output))
    assert problems(output)


@pytest.mark.parametrize("name", ["c.jsonl", "d.parquet", "f.warc"])
def test_a_changed_source_is_found_in_any_format(name: str) -> None:
    raw = sources()[name]
    Path(name).write_bytes(raw)
    clean([name], "out.jsonl")
    if name == "d.parquet":
        pq.write_table(pa.table({"body": [TEXT.replace("old", "odd"), None, "x"], "page": [None, HTML, None]}), name)
    else:
        Path(name).write_bytes(raw.replace(b"old harbour", b"odd harbour", 1))
    assert any("sha256" in problem for problem in problems("out.jsonl"))


@pytest.mark.parametrize("output", OUTPUTS[1:])
def test_an_output_that_breaks_off_is_rejected(output: str) -> None:
    Path("a.txt").write_text(TEXT)
    clean(["a.txt"], output)
    Path(output).write_bytes(Path(output).read_bytes()[:-9])
    assert any("breaks off" in problem for problem in problems(output))


def test_a_table_of_something_else_is_rejected() -> None:
    pq.write_table(pa.table({"a": [1]}), "out.parquet")
    assert problems("out.parquet") == ["not a row of records: its columns are a"]


def test_sources_by_url_are_read() -> None:
    filesystem = fsspec.filesystem("memory")
    filesystem.pipe_file("/corpus/c.jsonl.gz", gzip.compress(sources()["c.jsonl"]))
    clean(["memory://corpus/c.jsonl.gz"], "out.jsonl")
    assert problems("out.jsonl") == []
    assert read_again("out.jsonl") == 3
    filesystem.rm("/", recursive=True)


def test_sources_by_url_are_found_in_a_folder_that_holds_a_copy() -> None:
    filesystem = fsspec.filesystem("memory")
    filesystem.pipe_file("/corpus/a.txt", TEXT.encode())
    clean(["memory://corpus/a.txt"], "out.jsonl")
    filesystem.rm("/", recursive=True)
    Path("copy").mkdir()
    Path("copy/a.txt").write_text(TEXT)
    assert problems("out.jsonl", "copy") == []


@pytest.fixture
def separated() -> Iterator[None]:
    """An output of three records of which two lost text, which stands in a file of its own."""
    for number in (1, 2):
        Path(f"{number}.txt").write_text(TEXT + f"Number {number} was closed first, the mayor said.")
    Path("3.txt").write_text("The council decided.")
    clean(["1.txt", "2.txt", "3.txt"], "out.jsonl", "removed.jsonl")
    return


@pytest.mark.usefixtures("separated")
def test_an_output_without_its_removed_text_verifies_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert b"Follow us" not in Path("out.jsonl").read_bytes()
    assert invoke(["verify", "out.jsonl"]) == 0
    assert "2 have their removed text in another file: --removed FILE checks that too" in capsys.readouterr().err


@pytest.mark.usefixtures("separated")
def test_removed_text_in_its_own_file_verifies(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["verify", "out.jsonl", "--removed", "removed.jsonl"]) == 0
    assert "another file" not in capsys.readouterr().err


REMOVED: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "another text": lambda lines: [lines[0].replace(b"Twitter", b"TwitteR"), *lines[1:]],
    "another rule": lambda lines: [lines[0].replace(b'"rule":"', b'"rule":"X'), *lines[1:]],
    "another order": lambda lines: lines[::-1],
    "a line less": lambda lines: lines[:-1],
    "a line more": lambda lines: [*lines, lines[0]],
    "half a line": lambda lines: [*lines[:-1], lines[-1][:30]],
}


@pytest.mark.usefixtures("separated")
@pytest.mark.parametrize("change", REMOVED)
def test_removed_text_that_does_not_fit_is_rejected(change: str) -> None:
    lines = Path("removed.jsonl").read_bytes().splitlines(keepends=True)
    assert len(lines) == 2
    Path("removed.jsonl").write_bytes(b"".join(REMOVED[change](lines)))
    assert problems("out.jsonl", None, "removed.jsonl")


def test_several_outputs_are_verified_with_the_fields_of_the_configuration() -> None:
    Path("c.jsonl").write_bytes(sources()["c.jsonl"])
    clean(["c.jsonl"], "out-00000.jsonl")
    clean(["c.jsonl"], "out-00001.parquet")
    assert CLEANER.config.input == InputConfig("body", "page")
    options = ["--text-field", "body", "--html-field", "page"]
    assert invoke(["verify", "out-00000.jsonl", "out-00001.parquet", *options]) == 0
    assert invoke(["verify", "out-00000.jsonl", "out-00001.parquet"]) == 1


@pytest.mark.parametrize("damage", ["bytes", "checksum", "cut", "garbage", "length", "long", "mark"])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_records_of_a_crawl_that_stand_behind_damage_are_verified(damage: str, suffix: str) -> None:
    records = [response(f"<p>Page {n} tells of a river and its banks.</p>".encode()) for n in range(6)]
    size = len(records[2].partition(b"\r\n\r\n")[2]) - 4
    if damage in ("length", "long"):
        wrong = b"%d" % (size + (50 if damage == "length" else 10**15))
        records[2] = records[2].replace(b"Length: %d" % size, b"Length: " + wrong)
    if damage == "mark":
        records[0] = b"\xef\xbb\xbf" + records[0]
    members = [gzip.compress(one) for one in records] if suffix else records
    if damage == "bytes":
        members[2] = members[2][:60] + bytes(20) + members[2][80:]
    elif damage == "checksum":
        members[2] = members[2][:-8] + b"wrong" + members[2][-3:]
    elif damage == "cut":
        members[2] = members[2][:40]
    elif damage == "garbage":
        members[2] = b"what is this\r\n" + members[2]
    Path(f"a.warc{suffix}").write_bytes(b"".join(members))
    clean([f"a.warc{suffix}"], "out.jsonl")
    assert problems("out.jsonl") == []
    assert read_again("out.jsonl") >= 4


def test_rows_of_a_parquet_file_that_stand_behind_a_damaged_group_are_verified() -> None:
    texts = [f"{i} {TEXT}" for i in range(8)]
    pq.write_table(pa.table({"body": texts}), "a.parquet", row_group_size=2, compression="snappy")
    column = pq.ParquetFile("a.parquet").metadata.row_group(1).column(0)
    start = column.dictionary_page_offset or column.data_page_offset
    raw = bytearray(Path("a.parquet").read_bytes())
    raw[start : start + column.total_compressed_size] = b"\xff" * column.total_compressed_size
    Path("a.parquet").write_bytes(raw)
    assert invoke(["run", "a.parquet", "-o", "out.jsonl", "--text-field", "body", "-q"]) == 1
    assert len(Path("out.jsonl").read_bytes().splitlines()) == 6
    assert invoke(["verify", "out.jsonl", "--text-field", "body"]) == 0
