"""Reading and writing: every input a user may hand over, and outputs that appear whole or not at all."""

from __future__ import annotations

import bz2
import errno
import gzip
import json
import lzma
import os
import random
import sys
from pathlib import Path

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from clean.config import InputConfig
from clean.errors import ConfigError, DocumentError, InputError
from clean.io import Item, find, media, read, read_paths
from clean.io.opened import LeftOut
from clean.io.writers import AtomicFile, quarantine_path


@pytest.fixture(autouse=True)
def _in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def items(*paths: str) -> list[Item]:
    return list(read_paths(paths))


def kinds(found: list[Item]) -> list[str | None]:
    return [item.error.kind if isinstance(item.error, DocumentError) else None for item in found]


def test_a_text_file_is_one_document_with_its_path_as_given() -> None:
    Path("a").mkdir()
    Path("a/b.txt").write_bytes(b"one\r\ntwo")
    [item] = items("a/b.txt")
    assert item.raw == b"one\r\ntwo"
    assert item.origin.path == "a/b.txt"
    assert item.origin.media_type == "text/plain"


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress), (".zst", zstd.compress)],
)
def test_compressed_files_are_read_as_what_they_hold(suffix: str, pack) -> None:
    Path("a.txt" + suffix).write_bytes(pack(b"some text"))
    Path("b.jsonl" + suffix).write_bytes(pack(b'{"text": "one"}\n{"text": "two"}\n'))
    assert [item.raw for item in items("a.txt" + suffix, "b.jsonl" + suffix)] == [b"some text", "one", "two"]


def test_a_missing_package_is_an_error_that_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.txt.zst").write_bytes(zstd.compress(b"x"))
    monkeypatch.setitem(sys.modules, "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd", None)
    with pytest.raises(ConfigError, match=r"zstd needs the package .*: pip install 'clean-corpus\[zstd\]'"):
        items("a.txt.zst")


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress), (".zst", zstd.compress)],
)
def test_a_truncated_archive_gives_its_documents_and_then_an_error(suffix: str, pack) -> None:
    lines = b"".join(json.dumps({"text": f"{i} {hash(str(i) * 9)}"}).encode() + b"\n" for i in range(60_000))
    Path("a.jsonl" + suffix).write_bytes(pack(lines)[:-2000])
    *good, last = items("a.jsonl" + suffix)
    assert good
    assert all(item.error is None for item in good)
    assert kinds([last]) == ["unreadable"]
    assert last.origin.record == len(good) + 1


def test_a_truncated_archive_gives_all_that_can_be_decompressed() -> None:
    packed = gzip.compress(b"".join(b'{"text": "%d"}\n' % i for i in range(99)))
    Path("a.jsonl.gz").write_bytes(packed[:-8])  # all of the content, but not its checksum
    found = items("a.jsonl.gz")
    assert [item.raw for item in found[:-1]] == [str(i) for i in range(99)]
    assert kinds(found[-1:]) == ["unreadable"]


def zstd_with_checksum(raw: bytes) -> bytes:
    """As the zstd tool writes by default; without it, damage that is another text cannot be told."""
    return zstd.compress(raw, options={zstd.CompressionParameter.checksum_flag: 1})


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress), (".zst", zstd_with_checksum)],
)
def test_damage_in_an_archive_of_a_text_is_an_error_that_carries_what_was_read(suffix: str, pack) -> None:
    text = json.dumps(random.Random(5).sample(range(10**18), 60_000)).encode()
    packed = bytearray(pack(text))
    packed[-len(packed) // 8] ^= 0xFF
    Path("a.txt" + suffix).write_bytes(packed)
    [item] = items("a.txt" + suffix)
    assert kinds([item]) == ["unreadable"]
    assert item.original is not None
    assert text[:1000].startswith(item.original[:1000])


def test_directories_are_walked_in_order_without_hidden_files() -> None:
    for name in ("d/b/x.txt", "d/a.txt", "d/.hidden.txt", "d/.git/y.txt", "d/c.md"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("x")
    assert [item.name for item in items("d")] == ["d/a.txt", "d/b/x.txt", "d/c.md"]


def test_a_pattern_stands_for_the_files_that_it_matches() -> None:
    for name in ("d/b/x.txt", "d/a.txt", "d/c.md", "d/.h.txt", "x[1].txt"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("x")
    assert [item.name for item in items("d/*.txt")] == ["d/a.txt"]
    assert [item.name for item in items("d/**/*.txt")] == ["d/a.txt", "d/b/x.txt"]
    assert [item.name for item in items("d/**")] == ["d/a.txt", "d/b/x.txt", "d/c.md"]
    assert [item.name for item in items("x[1].txt")] == ["x[1].txt"]


def test_a_pattern_without_matches_is_an_error() -> None:
    [item] = items("d/*.txt")
    assert str(item.error) == "no file matches the pattern"


def test_an_empty_directory_is_an_error() -> None:
    Path("d/.git").mkdir(parents=True)
    [item] = items("d")
    assert isinstance(item.error, InputError)


def test_a_missing_path_is_an_error_that_names_it() -> None:
    [item] = items("nowhere.txt")
    with pytest.raises(InputError, match=r"nowhere\.txt: No such file"):
        item.document()


def test_what_is_no_file_in_a_directory_is_left_out_with_a_note() -> None:
    Path("d").mkdir()
    Path("d/a.txt").write_text("words")
    Path("d/loop").symlink_to(".")
    os.mkfifo("d/pipe")
    notes: list[LeftOut] = []
    assert [item.name for item in read(find(["d"]), notes.append)] == ["d/a.txt"]
    assert notes == ["d/loop: left out: a link to a directory", "d/pipe: left out: neither a file nor a directory"]


def test_a_directory_without_documents_is_an_error() -> None:
    Path("d").mkdir()
    os.mkfifo("d/pipe")
    assert [str(item.error) for item in read(find(["d"]))] == ["the directory holds no documents"]


def test_an_image_in_a_directory_is_left_out_with_a_note() -> None:
    Path("d").mkdir()
    Path("d/a.txt").write_text("x")
    Path("d/b.png").write_bytes(bytes(range(256)) * 40)
    notes: list[str] = []
    assert [item.name for item in read(find(["d"]), notes.append)] == ["d/a.txt"]
    assert notes == ["d/b.png: left out: not text"]


def test_other_binary_files_in_a_directory_are_errors_that_carry_their_bytes() -> None:
    raw = bytes(range(256)) * 40
    Path("d").mkdir()
    Path("d/b").write_bytes(raw)
    [item] = read(find(["d"]))
    assert item.original == raw
    with pytest.raises(DocumentError, match="d/b: a binary file"):
        item.document()


def test_the_readme_of_a_directory_is_left_out_with_a_note_unless_it_is_named() -> None:
    Path("d").mkdir()
    Path("d/README.md").write_text("About these texts.")
    Path("d/a.txt").write_text("A text.")
    notes: list[str] = []
    assert [item.name for item in read(find(["d"]), notes.append)] == ["d/a.txt"]
    assert notes == ["d/README.md: left out: it describes its folder; name the file itself to have it cleaned"]
    assert [item.name for item in read(find(["d/README.md"]))] == ["d/README.md"]


@pytest.mark.parametrize("name", ["a.bin", "a.txt"])
def test_a_binary_file_that_was_named_is_an_error(name: str) -> None:
    Path(name).write_bytes(bytes(range(256)) * 40)
    assert kinds(items(name)) == ["binary"]


@pytest.mark.parametrize("name", ["a.arrow", "a.warc.wat.gz", "a.arc.gz"])
def test_formats_that_cannot_be_read_are_refused_by_name(name: str) -> None:
    Path(name).write_bytes(b"x")
    assert kinds(items(name)) == ["unsupported"]


def test_json_lines_take_text_id_and_url_and_count_lines_from_one() -> None:
    Path("a.jsonl").write_bytes(b'\xef\xbb\xbf{"text": "one", "id": 7, "url": "http://x"}\r\n\n{"text": "two"}')
    first, second = items("a.jsonl")
    assert (first.raw, first.origin.id, first.origin.url, first.origin.record) == ("one", "7", "http://x", 1)
    assert (second.raw, second.origin.id, second.origin.record) == ("two", None, 3)


def test_an_html_field_is_a_page_unless_there_is_text() -> None:
    Path("a.jsonl").write_text('{"html": "<p>"}\n{"html": "<p>", "text": "t"}\n')
    assert [(i.raw, i.origin.media_type) for i in items("a.jsonl")] == [("<p>", "text/html"), ("t", "text/plain")]


@pytest.mark.parametrize(
    ("line", "kind", "words"),
    [
        (b'{"text": "a" "b"}', "malformed-json", "column 14"),
        (b"[" * 100_000, "malformed-json", "malformed"),
        (b'{"body": "a"}', "no-text", "neither 'text' nor 'html'"),
        (b'{"text": 3}', "no-text", "'text' is a number"),
        (b"[1]", "no-text", "a list"),
        (b'{"text": "\xff"}', "undecodable", "byte 10"),
        (b'{"text": "a", "id": []}', "bad-field", "'id' is a list"),
    ],
)
def test_a_bad_line_is_an_error_and_the_next_line_goes_on(line: bytes, kind: str, words: str) -> None:
    Path("a.jsonl").write_bytes(line + b'\n{"text": "good"}\n')
    bad, good = items("a.jsonl")
    assert kinds([bad]) == [kind]
    assert words in str(bad.error)
    assert bad.where == "a.jsonl:1"
    assert bad.original == line + b"\n"
    assert good.raw == "good"


def test_fields_can_have_other_names() -> None:
    Path("a.jsonl").write_text('{"body": "one", "doc": 7, "link": "http://x", "text": "no", "id": "no"}\n')
    fields = InputConfig(text_field="body", id_field="doc", url_field="link")
    [item] = read_paths(["a.jsonl"], fields)
    assert (item.raw, item.origin.id, item.origin.url) == ("one", "7", "http://x")


def test_a_missing_field_is_named_as_it_was_asked_for() -> None:
    Path("a.jsonl").write_text('{"text": "one"}\n')
    [item] = read_paths(["a.jsonl"], InputConfig(text_field="body", html_field="page"))
    assert "neither 'body' nor 'page'" in str(item.error)


def test_an_escaped_lone_surrogate_is_text() -> None:
    Path("a.jsonl").write_text('{"text": "a\\ud800b"}\n')
    assert items("a.jsonl")[0].raw == "a\ud800b"


def test_a_json_file_of_lines_is_json_lines_and_another_is_refused() -> None:
    Path("a.json").write_text('{"text": "one"}\n')
    Path("b.json").write_text('[\n{"text": "one"}\n]\n')
    assert [item.raw for item in items("a.json")] == ["one"]
    assert kinds(items("b.json")) == ["unsupported"]


@pytest.mark.parametrize("text", ["plain words", "UTF-16 fits well enough"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-16-le", "utf-32-be", "cp1252"])
def test_text_in_wide_encodings_is_not_binary(text: str, codec: str) -> None:
    assert not media.is_binary(text.encode(codec))


@given(st.binary())
def test_content_of_any_kind_is_given_some_type(raw: bytes) -> None:
    assert media.sniff_stream(raw) in (media.TEXT, media.HTML, media.JSON_LINES, media.WARC, media.PARQUET)
    assert media.is_binary(raw) in (True, False)


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"])))
def test_text_without_controls_is_never_binary(text: str) -> None:
    assert media.is_binary(text.encode()) is text.encode().startswith(media.BINARY_MAGIC)


def test_html_is_known_by_its_start() -> None:
    assert media.sniff(b"\n<!DOCTYPE html><p>") == "text/html"
    assert media.sniff(b"a < b, said the <html> book") == "text/plain"


def test_an_output_appears_only_when_committed() -> None:
    with AtomicFile(Path("out.jsonl")) as file:
        file.write(b"x\n")
        assert not Path("out.jsonl").exists()
        file.commit()
    assert Path("out.jsonl").read_bytes() == b"x\n"
    assert [p.name for p in Path().iterdir()] == ["out.jsonl"]


def write_interrupted(path: Path) -> None:
    with AtomicFile(path) as file:
        file.write(b"new")
        raise KeyboardInterrupt


def test_an_interrupted_output_leaves_the_old_file_and_nothing_else() -> None:
    Path("out.jsonl").write_text("old")
    with pytest.raises(KeyboardInterrupt):
        write_interrupted(Path("out.jsonl"))
    assert Path("out.jsonl").read_text() == "old"
    assert [p.name for p in Path().iterdir()] == ["out.jsonl"]


def test_a_full_disk_leaves_nothing_and_names_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("clean.io.writers.os.fsync", full)
    file = AtomicFile(Path("out.jsonl"))
    with file, pytest.raises(OSError, match=r"No space left.*out\.jsonl"):
        file.commit()
    assert list(Path().iterdir()) == []


def test_a_link_stays_a_link_to_the_new_content() -> None:
    Path("real.jsonl").write_text("old")
    Path("link.jsonl").symlink_to("real.jsonl")
    with AtomicFile(Path("link.jsonl")) as file:
        file.write(b"new")
        file.commit()
    assert Path("link.jsonl").is_symlink()
    assert Path("real.jsonl").read_text() == "new"


def test_the_quarantine_file_lies_beside_the_output() -> None:
    assert quarantine_path(Path("out/clean.jsonl")) == Path("out/clean.quarantine.jsonl")
