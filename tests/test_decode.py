"""Decoding: the right charset, the right bytes for each character, nothing dropped in silence."""

from __future__ import annotations

import codecs
import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from clean.bytemap import byte_offsets
from clean.charset import codec_of
from clean.config import RepairConfig
from clean.document import Document, Origin
from clean.errors import DocumentError
from clean.stages.decode import MIXED, UNDECODABLE, decode
from clean.stages.repair import Repair
from clean.stages.segment import segment

CASES = Path(__file__).parent / "cases"
CODECS = (
    *("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp1250", "cp1251", "cp1252", "cp1255", "koi8-r"),
    *("cp932", "euc_jp", "gb18030", "big5hkscs", "cp949"),
)
LETTERS = "abc\n éßŁЖжאé漢字かなｱ한글😀\ufffd\u0e01\xca\u0304"


def charset_cases() -> list[dict[str, str]]:
    cases: list[dict[str, str]] = json.loads((CASES / "charsets.json").read_text(encoding="utf-8"))
    return cases


def decoded(raw: bytes, media_type: str = "text/plain", encoding: str | None = None) -> Document:
    return decode(Document(raw, Origin(media_type=media_type, encoding=encoding)))


def spans(document: Document) -> list[tuple[str, bytes]]:
    """Each character with the raw bytes that it is said to come from."""
    assert isinstance(document.raw, bytes)
    at = document.offsets.at(range(len(document.source) + 1))
    return [(char, document.raw[a:b]) for char, (a, b) in zip(document.source, pairwise(at), strict=True)]


@pytest.mark.parametrize("case", charset_cases(), ids=lambda case: f"{case['codec']}-{case['language']}")
def test_an_undeclared_charset_is_found(case: dict[str, str]) -> None:
    document = decoded(case["text"].encode(case["codec"]))
    assert document.source == case["text"]
    assert document.flags == []


@pytest.mark.parametrize(
    ("bom", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_names_the_codec_and_is_no_text(bom: bytes, codec: str) -> None:
    document = decoded(bom + "Żółw 😀".encode(codec))
    assert (document.source, document.encoding) == ("Żółw 😀", codec)
    assert spans(document) == [(char, char.encode(codec)) for char in "Żółw 😀"]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize(
    "text", ["Plain words, and more.\n", "Привет, мир! Как дела?\n", "你好，世界。\n再见 2024。\n"]
)
def test_wide_text_needs_no_byte_order_mark(codec: str, text: str) -> None:
    document = decoded(text.encode(codec))
    assert (document.source, document.encoding) == (text, codec)


@pytest.mark.parametrize("codec", CODECS)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_spans_hold_the_very_bytes_of_each_character(codec: str, data: st.DataObject) -> None:
    text = data.draw(st.text(st.sampled_from(LETTERS), max_size=30))
    raw = bytearray(text.encode(codec, "ignore"))
    for _ in range(data.draw(st.integers(0, 3))):
        if raw:
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    body = bytes(raw[: len(raw) - data.draw(st.integers(0, 2))])
    source = body.decode(codec, "replace")
    document = Document(b"BOM" + body, source=source, offsets=byte_offsets(body, source, codec, 3))
    pieces = spans(document)
    assert b"BOM" + b"".join(piece for _, piece in pieces) == document.raw
    for (char, piece), (after, _) in zip(pieces, [*pieces[1:], ("", b"")], strict=False):
        if codec != "big5hkscs" or "\u0304" not in (char, after):
            assert piece.decode(codec, "replace")[: 1 if char == "\ufffd" else None] == char


def test_two_characters_of_one_code_share_its_bytes() -> None:
    body = "x\xca\u0304y".encode("big5hkscs")
    offsets = byte_offsets(body, "x\xca\u0304y", "big5hkscs")
    assert offsets.at([0, 1, 3, 4]) == [0, 1, 3, 4]


def test_escape_sequences_belong_to_the_character_after_them() -> None:
    text = "これは日本語の文章です。\nplain\n日本"
    document = decoded(text.encode("iso2022_jp"))
    assert (document.source, document.encoding) == (text, "iso2022_jp")
    assert b"".join(piece for _, piece in spans(document)) == document.raw
    assert all(piece for _, piece in spans(document))


@given(raw=st.binary(max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_read_again_to_the_source_or_are_refused(raw: bytes) -> None:
    try:
        document = decoded(raw)
    except DocumentError:
        return
    bom = document.offsets.at([0])[0]
    assert document.source == raw[bom:].decode(document.encoding, "replace")


@given(text=st.text(max_size=40))
def test_text_that_was_never_bytes_stays_as_it_is(text: str) -> None:
    document = decode(Document(text + "\ud800"))
    assert document.source == text + "\ud800"
    assert document.offsets.at([len(text), len(text) + 1])[1] == len((text + "\ud800").encode("utf-8", "surrogatepass"))


def test_undecodable_bytes_are_replaced_and_flagged_once_a_run() -> None:
    raw = "Ещё одна строка обычного текста. ".encode() * 9 + b"\xff\xfe\xfd" + " и конец\xe9".encode()
    document = decoded(raw)
    assert document.encoding == "utf-8"
    (flag,) = document.flags
    start, end = flag.source
    assert (flag.rule, document.source[start:end]) == (UNDECODABLE, "\ufffd" * 3)
    first, last = document.offsets.at([start, end])
    assert raw[first:last] == b"\xff\xfe\xfd"


def test_a_replacement_character_of_the_author_is_not_flagged() -> None:
    assert decoded("what � is".encode()).flags == []


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("latin-1", "cp1252"),
        ("ISO-8859-1", "cp1252"),
        ("us-ascii", "cp1252"),
        ('"Windows-1251"', "cp1251"),
        ("gb2312", "gb18030"),
        ("x-sjis", "cp932"),
        ("ks_c_5601-1987", "cp949"),
        ("iso-8859-9", "cp1254"),
        ("utf8", "utf-8"),
        ("koi8-ru", "koi8_u"),
        ("hex", None),
        ("rot13", None),
        ("utf-7", None),
        ("no such charset", None),
        ("\x00", None),
    ],
)
def test_labels_mean_what_they_mean_to_browsers(label: str, codec: str | None) -> None:
    found = codec_of(label)
    assert (found and codecs.lookup(found).name) == (codec and codecs.lookup(codec).name)


def test_a_declared_charset_wins_over_a_guess() -> None:
    raw = "Größe".encode("cp1250")
    assert decoded(raw, encoding="windows-1250").encoding == "cp1250"


def test_valid_utf8_wins_over_a_declared_charset() -> None:
    assert decoded("Größe, naïve café".encode(), encoding="iso-8859-1").source == "Größe, naïve café"


def test_a_declaration_that_the_bytes_contradict_is_not_believed() -> None:
    text = "Это обычный русский текст без единой ошибки.\n"
    assert decoded(text.encode("cp1251"), encoding="utf-8").source == text


@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="windows-1253">',
        "<meta charset=windows-1253>",
        '<META http-equiv="Content-Type" content="text/html; charset=windows-1253">',
        '<?xml version="1.0" encoding="windows-1253"?>',
    ],
)
def test_markup_declares_its_charset(head: str) -> None:
    raw = f"{head}<p>Ά«</p>".encode("cp1253")
    assert decoded(raw, "text/html").encoding == "cp1253"


def test_a_declaration_in_a_comment_counts_for_nothing() -> None:
    raw = b'<!-- <meta charset="koi8-r"> --><meta charset="windows-1250"><p>\xb9\xe6</p>'
    assert decoded(raw, "text/html").encoding == "cp1250"


def test_plain_text_that_quotes_a_declaration_does_not_declare_it() -> None:
    raw = 'Schreiben Sie <meta charset="koi8-r"> für Russisch, größer schöner später.'.encode("cp1252")
    assert decoded(raw).encoding == "cp1252"


@pytest.mark.parametrize(
    "raw",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
        b"PK\x03\x04\x14\x00\x08\x08",
        b"\x7fELF\x02\x01\x01\x00\x00",
        bytes(range(256)) * 4,
        b"\x00" * 100,
        b"\x01\x02\x03\x04 data",
    ],
)
def test_binary_data_is_refused_with_the_reason(raw: bytes) -> None:
    with pytest.raises(DocumentError, match="not text") as caught:
        decoded(raw)
    assert caught.value.kind == "binary"


@pytest.mark.parametrize("raw", [b"", b"a", b"\xff", b"GIF89 is a format", b"BZh is not", b"a stray \x00 in text"])
def test_odd_but_harmless_input_is_text(raw: bytes) -> None:
    assert isinstance(decoded(raw).source, str)


def test_truncated_utf16_keeps_all_but_its_last_half_character() -> None:
    raw = codecs.BOM_UTF16_LE + "Straße und Weg".encode("utf-16-le")[:-1]
    document = decoded(raw)
    assert document.source == "Straße und We\ufffd"
    assert [document.source[slice(*flag.source)] for flag in document.flags] == ["\ufffd"]
    assert document.offsets.at([13, 14]) == [len(raw) - 1, len(raw)]


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1252", "L’été dernier, l’œuvre à l’Élysée était déjà là."),
        ("cp1251", "Привет, как дела? Всё хорошо, спасибо большое!"),
        ("koi8-r", "Привет, как дела? Всё хорошо, спасибо большое!"),
        ("cp1250", "Zażółć gęślą jaźń, a potem wróć do łóżka."),
    ],
)
def test_lines_of_two_charsets_in_one_file_are_all_read(codec: str, text: str) -> None:
    raw = (text.encode() + b"\nplain\n" + text.encode(codec) + b"\n") * 3
    document = decoded(raw)
    assert [flag.rule for flag in document.flags] == [MIXED] * 3
    assert [s.text for s in Repair(RepairConfig())(segment(document)).segments] == [text, "plain", text] * 3


@given(text=st.text(max_size=60))
def test_reading_the_bytes_again_gives_the_source(text: str) -> None:
    raw = text.encode()
    assume(not raw.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and "\0" not in text)
    try:
        document = decoded(raw)
    except DocumentError:
        return
    assert document.source == raw.decode(document.encoding)
