"""WARC files of several tools, whole and broken: every document is found, and every damage is told."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import random
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from backports import zstd
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType
from hypothesis import given
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from clean.errors import DocumentError
from clean.io import Item, find, read

PAGE = "<html><body><p>Les élèves ont gagné leur match à Nîmes.</p></body></html>"


@pytest.fixture(autouse=True)
def _in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def items(name: str, notes: list[str] | None = None) -> list[Item]:
    return list(read(find([name]), (notes if notes is not None else []).append))


def kinds(found: list[Item]) -> list[str | None]:
    return [item.error.kind if isinstance(item.error, DocumentError) else None for item in found]


def http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode("latin-1") + body


def record(block: bytes, kind: str = "response", end: bytes = b"\r\n", length: int | None = None, *more: str) -> bytes:
    names = {"response": "application/http; msgtype=response", "conversion": "text/plain"}
    head = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        "WARC-Record-ID: <urn:uuid:1>",
        "WARC-Target-URI: http://x/",
        f"Content-Type: {names.get(kind, 'application/warc-fields')}",
        f"Content-Length: {len(block) if length is None else length}",
        *more,
    ]
    return b"".join(line.encode() + end for line in [*head, ""]) + block + end * 2


def page(number: int = 0, *headers: str) -> bytes:
    return record(http(f"<p>Page {number}</p>".encode(), "Content-Type: text/html", *headers))


def by_warcio(packed: bool) -> bytes:
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=packed)
    writer.write_record(writer.create_warcinfo_record("x.warc", {"software": "warcio"}))
    for number in range(3):
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=ISO-8859-1")], protocol="HTTP/1.1")
        body = io.BytesIO(f"{number} {PAGE}".encode("latin-1"))
        args = {"payload": body, "http_headers": headers}
        writer.write_record(writer.create_warc_record(f"http://x/{number}", "response", **args))
    return file.getvalue()


def by_fastwarc() -> bytes:
    file = io.BytesIO()
    for number in range(3):
        made = WarcRecord()
        made.init_headers(WarcRecordType.response, f"<urn:uuid:{number}>".encode())
        made.headers["WARC-Target-URI"] = f"http://x/{number}"
        made.is_http = True
        made.set_bytes_content(http(f"{number} {PAGE}".encode(), "Content-Type: text/html; charset=utf-8"))
        made.write(file)
    return file.getvalue()


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_of_warcio_gives_its_pages_with_url_id_and_charset(packed: bool) -> None:
    name = "a.warc.gz" if packed else "a.warc"
    Path(name).write_bytes(by_warcio(packed))
    found = items(name)
    assert [item.raw for item in found] == [f"{n} {PAGE}".encode("latin-1") for n in range(3)]
    assert [item.origin.url for item in found] == [f"http://x/{n}" for n in range(3)]
    assert [item.origin.record for item in found] == [2, 3, 4]
    assert {item.origin.encoding for item in found} == {"ISO-8859-1"}
    assert all(item.origin.id.startswith("<urn:uuid:") for item in found)
    assert {item.where for item in found} == {f"{name}:{n}" for n in (2, 3, 4)}


def test_a_file_of_fastwarc_gives_its_pages() -> None:
    Path("a.warc").write_bytes(by_fastwarc())
    assert [item.raw for item in items("a.warc")] == [f"{n} {PAGE}".encode() for n in range(3)]


def test_another_library_reads_the_same_records() -> None:
    Path("a.warc").write_bytes(by_warcio(False))
    theirs = [r.reader.read() for r in ArchiveIterator("a.warc", record_types=WarcRecordType.response)]
    assert [item.raw for item in items("a.warc")] == theirs


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress), (".zst", zstd.compress)],
)
def test_records_come_compressed_one_by_one_or_as_a_whole(suffix: str, pack: Callable[[bytes], bytes]) -> None:
    Path("a.warc" + suffix).write_bytes(pack(page(1) + page(2)))
    Path("b.warc" + suffix).write_bytes(pack(page(1)) + pack(page(2)))
    for name in ("a.warc", "b.warc"):
        assert [item.raw for item in items(name + suffix)] == [b"<p>Page 1</p>", b"<p>Page 2</p>"]


def test_the_texts_of_a_wet_file_are_plain_text() -> None:
    text = "Der Rat beschloss am Montag, den alten Hafen zu schließen.".encode()
    Path("a.warc.wet.gz").write_bytes(gzip.compress(record(b"x: y", "warcinfo") + record(text, "conversion")))
    [item] = items("a.warc.wet.gz")
    assert (item.raw, item.origin.media_type, item.origin.record) == (text, "text/plain", 2)


def test_records_that_are_no_documents_are_counted_in_one_note() -> None:
    image = record(http(b"\x89PNG", "Content-Type: image/png"))
    missing = record(http(b"<p>Gone</p>", "Content-Type: text/html", status="404 Not Found"))
    Path("a.warc").write_bytes(record(b"", "request") * 2 + image + missing + page(7))
    notes: list[str] = []
    assert [item.raw for item in items("a.warc", notes)] == [b"<p>Page 7</p>"]
    assert notes == ["a.warc: 4 records left out: 1 not HTML, 2 request, 1 with a status other than 2xx"]


def test_a_page_without_a_type_is_known_by_its_start() -> None:
    Path("a.warc").write_bytes(record(http(b"<html>x")) + record(http(b"plain")))
    assert [item.raw for item in items("a.warc")] == [b"<html>x"]


def chunked(body: bytes) -> bytes:
    return b"".join(b"%x;a=b\r\n%s\r\n" % (len(body[i : i + 7]), body[i : i + 7]) for i in range(0, len(body), 7)) + (
        b"0\r\n\r\n"
    )


def bare_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


CODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "chunked": ("Transfer-Encoding: chunked", chunked),
    "gzip": ("Content-Encoding: gzip", gzip.compress),
    "deflate": ("Content-Encoding: deflate", zlib.compress),
    "bare deflate": ("Content-Encoding: deflate", bare_deflate),
    "brotli": ("Content-Encoding: br", brotli.compress),
    "zstd": ("content-encoding: ZSTD", zstd.compress),
    "two": ("Content-Encoding: deflate, gzip", lambda body: gzip.compress(zlib.compress(body))),
    "unknown": ("Content-Encoding: utf-8", lambda body: body),
}


@pytest.mark.parametrize("coding", CODINGS)
def test_a_body_is_decoded_as_its_headers_say(coding: str) -> None:
    header, encode = CODINGS[coding]
    body = PAGE.encode() * 9
    Path("a.warc").write_bytes(record(http(encode(body), "Content-Type: text/html", header)))
    assert [item.raw for item in items("a.warc")] == [body]


@pytest.mark.parametrize("coding", CODINGS)
def test_a_body_that_the_crawler_has_decoded_is_taken_as_it_is(coding: str) -> None:
    header, _ = CODINGS[coding]
    Path("a.warc").write_bytes(record(http(PAGE.encode(), "Content-Type: text/html", header)))
    assert [item.raw for item in items("a.warc")] == [PAGE.encode()]


@pytest.mark.parametrize("coding", ["chunked", "gzip", "deflate", "brotli", "zstd"])
def test_a_body_that_breaks_off_is_an_error_unless_the_crawler_says_that_it_cut_it(coding: str) -> None:
    header, encode = CODINGS[coding]
    body = base64.b64encode(random.Random(1).randbytes(300_000))
    half = http(encode(body)[:-9000], "Content-Type: text/html", header)
    Path("a.warc").write_bytes(record(half) + record(half, "response", b"\r\n", None, "WARC-Truncated: length"))
    bad, cut = items("a.warc")
    assert kinds([bad]) == ["malformed-http"]
    assert isinstance(cut.raw, bytes)
    assert len(body) / 2 < len(cut.raw) < len(body)
    assert body.startswith(cut.raw)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "brotli", "zstd"])
def test_a_page_that_would_fill_the_memory_is_an_error(coding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clean.io.http.MAX_PAYLOAD", 1 << 20)
    header, encode = CODINGS[coding]
    bomb = record(http(encode(bytes(1 << 24)), "Content-Type: text/html", header))
    Path("a.warc").write_bytes(bomb + page(2))
    bad, good = items("a.warc")
    assert kinds([bad]) == ["too-large"]
    assert good.raw == b"<p>Page 2</p>"


def test_line_ends_of_one_character_and_lower_case_names_are_read() -> None:
    raw = page(1).replace(b"Content-Length", b"content-length") + record(
        http(b"<p>", "Content-Type: text/html"), end=b"\n"
    )
    Path("a.warc").write_bytes(raw)
    assert [item.raw for item in items("a.warc")] == [b"<p>Page 1</p>", b"<p>"]


@pytest.mark.parametrize("garbage", [b"no record\r\nat all\r\n", b"x" * 200_000, b"WARC/1.0 is a format\r\n\r\n"])
def test_garbage_between_records_is_an_error_and_the_next_record_is_read(garbage: bytes) -> None:
    Path("a.warc").write_bytes(page(1) + garbage + b"\r\n" + page(2) + page(3))
    found = items("a.warc")
    assert kinds(found) == [None, "malformed-warc", None, None]
    assert found[1].where == "a.warc:2"
    assert (found[1].original or b"").startswith(garbage)
    assert [item.raw for item in found if item.error is None] == [f"<p>Page {n}</p>".encode() for n in (1, 2, 3)]


@pytest.mark.parametrize("length", [3, 4000])
def test_a_wrong_length_is_an_error_of_its_record(length: int) -> None:
    block = http(b"<p>" + b"x" * 3000, "Content-Type: text/html")
    after = b"".join(page(n) for n in range(20))
    Path("a.warc").write_bytes(page(1) + record(block, length=length) + after)
    good, bad, *others = items("a.warc")
    assert good.raw == b"<p>Page 1</p>"
    assert kinds([bad]) == ["malformed-warc"]
    assert bad.where == "a.warc:2"
    assert block[:2000] in (bad.original or b"")
    assert others[-1].raw == b"<p>Page 19</p>"
    assert kinds(others) == [None] * len(others)


def test_a_record_without_a_length_is_an_error_and_the_next_is_read() -> None:
    broken = page(1).replace(b"Content-Length", b"X-Length")
    Path("a.warc").write_bytes(broken + page(2))
    bad, good = items("a.warc")
    assert kinds([bad]) == ["malformed-warc"]
    assert bad.original == broken
    assert good.raw == b"<p>Page 2</p>"


def test_damage_before_the_place_where_a_file_breaks_off_is_kept_and_both_are_told() -> None:
    garbage = b"".join(b"no record %d\n" % n for n in random.Random(3).sample(range(10**6), 20_000))
    Path("a.warc.gz").write_bytes(gzip.compress(page(1) + garbage)[:-2000])
    good, bad, end = items("a.warc.gz")
    assert kinds([good, bad, end]) == [None, "malformed-warc", "unreadable"]
    assert bad.original
    assert len(bad.original) > 10_000
    assert garbage.startswith(bad.original)


def packed(*pages: bytes) -> list[bytes]:
    return [gzip.compress(one) for one in pages]


def test_the_records_behind_a_damaged_member_are_read() -> None:
    members = packed(*map(page, range(6)))
    members[2] = members[2][:60] + bytes(20) + members[2][80:]
    Path("a.warc.gz").write_bytes(b"".join(members))
    found = items("a.warc.gz")
    assert kinds(found) == [None, None, "unreadable", None, None, None]
    assert [item.raw for item in found if item.error is None] == [b"<p>Page %d</p>" % n for n in (0, 1, 3, 4, 5)]
    start = len(b"".join(members[:2]))
    assert f"bytes {start:,} to {start + len(members[2]):,} of the file are passed over" in str(found[2].error)


def test_a_record_that_can_be_read_and_fails_the_test_of_its_member_is_set_aside() -> None:
    members = packed(*map(page, range(3)))
    members[1] = members[1][:-8] + b"wrong" + members[1][-3:]
    Path("a.warc.gz").write_bytes(b"".join(members))
    found = items("a.warc.gz")
    assert kinds(found) == [None, "unreadable", None]
    assert [item.origin.record for item in found] == [1, 2, 3]
    assert b"<p>Page 1</p>" in (found[1].original or b"")


def test_a_record_before_a_member_that_gives_nothing_is_a_document() -> None:
    members = packed(*map(page, range(4)))
    members[2] = members[2][:12]
    Path("a.warc.gz").write_bytes(b"".join(members))
    found = items("a.warc.gz")
    assert [item.raw for item in found if item.error is None] == [b"<p>Page %d</p>" % n for n in (0, 1, 3)]
    assert kinds(found) == [None, None, "unreadable", None]


def test_garbage_between_members_is_an_error_and_the_next_record_is_read() -> None:
    Path("a.warc.gz").write_bytes(b"no member at all".join(packed(page(1), page(2))) + b"and more")
    found = items("a.warc.gz")
    assert kinds(found) == [None, "unreadable", None, "unreadable"]


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("more", [10, 40, 600, 10**6, 10**18])
def test_records_that_a_wrong_length_leads_past_are_read(suffix: str, more: int) -> None:
    block = http(b"<p>Wrong</p>", "Content-Type: text/html")
    raw = [page(0), record(block, length=len(block) + more), *map(page, range(1, 6))]
    Path("a.warc" + suffix).write_bytes(b"".join(packed(*raw) if suffix else raw))
    found = items("a.warc" + suffix)
    assert [item.raw for item in found if item.error is None] == [b"<p>Page %d</p>" % n for n in range(6)]
    assert [item.origin.record for item in found if item.error is not None] == [2]
    assert b"<p>Wrong</p>" in (next(item for item in found if item.error is not None).original or b"")


def test_records_that_all_claim_the_rest_of_the_file_are_not_read_again_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("clean.io.warc.REREAD", 1 << 20)
    monkeypatch.setattr("clean.io.warc.REREAD_SHARE", 0)
    block = http(b"<p>", "Content-Type: text/html")
    Path("a.warc.gz").write_bytes(gzip.compress(record(block, length=10**9) * 5000))
    assert len(items("a.warc.gz")) < 100


WHOLE = b"".join(page(n) for n in range(4))
ENDS = [len(page(0)) * n for n in range(5)]


@given(st.integers(1, len(WHOLE) - 1))
def test_a_file_cut_anywhere_gives_the_records_before_and_an_error(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    name = tmp_path_factory.getbasetemp() / "cut.warc"
    name.write_bytes(WHOLE[:cut])
    found = items(str(name))
    before = sum(end <= cut + 4 for end in ENDS[1:])  # the two line breaks after a block hold nothing
    assert [item.raw for item in found[:before]] == [f"<p>Page {n}</p>".encode() for n in range(before)]
    broken = not any(end - 4 <= cut <= end for end in ENDS)
    assert len(kinds(found[before:])) == broken
    assert all(kinds(found[before:]))


@pytest.mark.parametrize("cut", [30, 300, 600])
def test_a_compressed_file_that_breaks_off_gives_what_could_be_read_and_an_error(cut: int) -> None:
    raw = b"".join(gzip.compress(page(n)) for n in range(5))
    Path("a.warc.gz").write_bytes(raw[:-cut])
    *good, bad = items("a.warc.gz")
    assert [item.raw for item in good] == [f"<p>Page {n}</p>".encode() for n in range(len(good))]
    assert len(good) >= 4 - cut // 150
    assert kinds([*good, bad]) == [None] * len(good) + ["unreadable"]
    assert bad.origin.record == len(good) + 1


def test_something_else_under_the_name_is_one_error() -> None:
    Path("a.warc").write_bytes(b"<html>no crawl\n" * 9)
    assert kinds(items("a.warc")) == ["malformed-warc"]


def test_a_large_record_that_is_no_document_is_passed_over_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    film = record(http(bytes(1 << 22), "Content-Type: video/mp4"))
    Path("a.warc").write_bytes(film + page(1))
    sizes: list[int | None] = []
    from clean.io import warc

    def spied(stream, size=None, real=warc.read_upto):
        sizes.append(size)
        return real(stream, size)

    monkeypatch.setattr(warc, "read_upto", spied)
    assert [item.raw for item in items("a.warc")] == [b"<p>Page 1</p>"]
    assert max(sizes) <= 1 << 16


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fail(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    name = tmp_path_factory.getbasetemp() / "any.warc"
    name.write_bytes(b"WARC/1.0\r\n" + raw)
    assert all(kinds(items(str(name))))
