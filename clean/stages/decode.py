"""Decode: bytes become text, and each character keeps its bytes.

The source is always what `raw[len(bom):].decode(encoding, "replace")` gives, so that anybody can read it again.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from clean import charset
from clean.bytemap import byte_offsets
from clean.document import Document, Flag
from clean.errors import DocumentError
from clean.offsets import ByteOffsets, Span

UNDECODABLE = "decode: undecodable bytes"
MIXED = "decode: utf-8 among another charset"

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
STATEFUL = re.compile(r"iso2022|hz|utf-16|utf-32")
"""Codecs in which ASCII bytes are not ASCII text, so that valid UTF-8 proves nothing."""

HTML_TYPES = ("text/html", "application/xhtml+xml", "application/xml", "text/xml")

SIGNATURES = (
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "gzip data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ\x00", "xz data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
    (b"\x7fELF", "an ELF program"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
)
TEXT_SIGNATURES = (b"GIF8", b"BZh", b"PAR1")
"""Signatures that a text could begin with; they count only with other evidence."""

SAMPLE = 65_536
"""Bytes in which evidence of binary data is looked for."""

CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\v\f\r\x1b\x1a") + b"\x7f"
MAX_CONTROLS = 0.02
"""Share of control bytes in what is not UTF-8 and still text; compressed data and programs have about a tenth."""

MAX_UTF8_CONTROLS = 0.3
"""The same in valid UTF-8, where stray control characters are damage, and it takes a lot of them to be data."""

MAX_BROKEN = 0.05
"""Share of broken sequences among those beyond ASCII, up to which a file is UTF-8 with some damage."""

TOTAL = {"cp1252": "iso8859-1", "cp1251": "ptcp154", "cp1250": "iso8859-2", "cp1254": "iso8859-9"}
"""Codecs that have a character for every byte, where one of Windows has not. The C1 control characters that ISO 8859-1
has in place of quotes are repaired like others."""

ASCII = bytes(range(128))
UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def decode(document: Document) -> Document:
    """Set `source`, `encoding` and `offsets` from `raw`, and flag bytes that are no text in that encoding.

    Raises:
        DocumentError: the input is binary data.
    """
    raw = document.raw
    if isinstance(raw, str):
        document.source = raw
        document.offsets = ByteOffsets.of_text(raw)
        return document
    bom, codec = next(((b, c) for b, c in BOMS if raw.startswith(b)), (b"", ""))
    body = raw[len(bom) :] if bom else raw
    document.source, document.encoding = _decoded(body, codec, document)
    document.offsets = byte_offsets(body, document.source, document.encoding, len(bom))
    document.flags.extend(_undecodable(document.offsets))
    return document


def _decoded(body: bytes, bom_codec: str, document: Document) -> tuple[str, str]:
    """The text of `body`, and the codec it is in."""
    if bom_codec:
        if bom_codec == "utf-8":
            _refuse_binary(body, MAX_UTF8_CONTROLS)
        return body.decode(bom_codec, "replace"), bom_codec
    declared = _declared(body, document)
    if declared is not None and STATEFUL.match(declared) and (text := _strict(body, declared)) is not None:
        return text, declared
    text = _strict(body, "utf-8")
    if text is not None:
        if b"\x1b$" in body and STATEFUL.match(codec := charset.guess(body)):
            stateful = _strict(body, codec)
            if stateful is not None:
                return stateful, codec
        if b"\0" in body and (wide := _wide(body)):
            return body.decode(wide, "replace"), wide
        _refuse_binary(body, MAX_UTF8_CONTROLS)
        return text, "utf-8"
    wide = _wide(body)
    if wide:
        return body.decode(wide, "replace"), wide
    _refuse_binary(body, MAX_CONTROLS)
    if declared is not None and declared != "utf-8" and (text := _strict(body, declared)) is not None:
        return text, declared
    if _is_damaged_utf8(body):
        return body.decode("utf-8", "replace"), "utf-8"
    utf8, legacy = _lines_by_charset(body)
    codec = _mixed_codec(body, utf8, legacy) if utf8 else charset.guess(body)
    if STATEFUL.match(codec) and _strict(body, codec) is None:
        codec = "cp1252"
    document.flags.extend(_mixed(body, utf8, codec))
    return body.decode(codec, "replace"), codec


def _declared(body: bytes, document: Document) -> str | None:
    """The codec that came with the document, or that its markup names."""
    if document.origin.encoding and (codec := charset.codec_of(document.origin.encoding)):
        return codec
    if document.origin.media_type in HTML_TYPES:
        return charset.declared_in_markup(body)
    return None


def _strict(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except UnicodeDecodeError:
        return None


def _wide(body: bytes) -> str | None:
    """The UTF-16 or UTF-32 that bytes without a byte order mark are in: its zeros stand in the same places."""
    sample = body[: SAMPLE - SAMPLE % 4]
    if len(sample) < 4:
        return None
    zeros = [sample[i::4].count(0) / len(sample[i::4]) for i in range(4)]
    if min(zeros[2:]) > 0.9 and zeros[0] < 0.1 and len(body) % 4 == 0:
        return "utf-32-le"
    if min(zeros[:2]) > 0.9 and zeros[3] < 0.1 and len(body) % 4 == 0:
        return "utf-32-be"
    even, odd = (zeros[0] + zeros[2]) / 2, (zeros[1] + zeros[3]) / 2
    # Spaces, digits and line breaks have a zero byte in any script; other zeros are rare in text.
    for codec, zero, other in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zero > 0.02 and other < zero / 10 and _readable(sample.decode(codec, "replace")):
            return codec
    return None


def _readable(text: str) -> bool:
    """Whether text looks like text: hardly anything in it is unassigned, private, or a control character."""
    odd = sum(1 for char in text if not char.isprintable() and not char.isspace())
    return odd <= len(text) * MAX_CONTROLS


def _refuse_binary(body: bytes, limit: float) -> None:
    """Raise DocumentError if `body` is not text: by its signature, or by its share of control bytes."""
    sample = body[:SAMPLE]
    controls = len(sample) - len(sample.translate(None, CONTROLS))
    share = controls / len(sample) if sample else 0.0
    for signature, name in SIGNATURES:
        if sample.startswith(signature) and (share > 0.001 or signature not in TEXT_SIGNATURES):
            raise DocumentError("binary", f"not text but {name}, by its first bytes: convert it to text first")
    if share > limit:
        first = next(i for i, byte in enumerate(sample) if byte in CONTROLS)
        raise DocumentError(
            "binary",
            f"not text: {share:.0%} of its first {len(sample)} bytes are control bytes, "
            f"the first 0x{sample[first]:02x} at byte {first}",
        )


def _is_damaged_utf8(body: bytes) -> bool:
    """Whether bytes that are not valid UTF-8 are still mostly that."""
    good = sum(1 for _ in UTF8_SEQUENCE.finditer(body))
    if not good:
        return False
    broken = len(body.decode("utf-8", "replace")) - len(body.decode("utf-8", "ignore"))
    return broken <= max(1, MAX_BROKEN * good)


def _lines_by_charset(body: bytes) -> tuple[list[Span], bytes]:
    """The byte spans of lines beyond ASCII that are UTF-8 among lines that are not, and the latter, joined.

    No span unless some line is nothing but UTF-8 and some line has hardly any: codes of East Asian charsets look
    like UTF-8 now and then.
    """
    utf8: list[Span] = []
    legacy: list[bytes] = []
    at = good = 0
    for line in body.splitlines(keepends=True):
        if not line.isascii():
            if _strict(line, "utf-8") is None:
                legacy.append(line)
            else:
                utf8.append((at, at + len(line)))
                good += 1
        at += len(line)
    joined = b"".join(legacy)
    found = sum(len(match) for match in UTF8_SEQUENCE.findall(joined))
    if not utf8 or found > len(joined.translate(None, ASCII)) / 10 or good * 10 < len(legacy):
        return [], b""
    return utf8, joined


def _mixed_codec(body: bytes, utf8: list[Span], legacy: bytes) -> str:
    """The codec of the `legacy` lines, in one that has a character for each byte of the others if there is one.

    The lines in UTF-8 show what letters to expect: the codec has those too.
    """
    letters = "".join({char for start, end in utf8 for char in body[start:end].decode() if char.isalpha()})
    guessed = charset.guess(legacy)
    codec = next(
        (c for c in (guessed, *charset.DETECTABLE[1:]) if _encodes(letters, c) and _strict(legacy, c)), guessed
    )
    if _strict(body, codec) is None:
        total = TOTAL.get(codec)
        if total and (codec == "cp1252" or legacy.decode(total) == legacy.decode(codec, "replace")):
            return total
    return codec


def _encodes(text: str, codec: str) -> bool:
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def _mixed(body: bytes, spans: list[Span], codec: str) -> Iterator[Flag]:
    """A flag for each row of lines that are UTF-8 in a document of another charset; the repair stage sees to them."""
    rows: list[list[int]] = []
    for start, end in spans:
        if rows and rows[-1][1] == start:
            rows[-1][1] = end
        else:
            rows.append([start, end])
    char = at = 0
    for start, end in rows:
        char += len(body[at:start].decode(codec, "replace"))
        length = len(body[start:end].decode(codec, "replace"))
        yield Flag((char, char + length), MIXED)
        char, at = char + length, end


def _undecodable(offsets: ByteOffsets) -> Iterator[Flag]:
    """A flag for each row of characters that stand for bytes which are no text."""
    start = end = -1
    for char, _, exact in offsets.runs:
        if not exact and offsets.source[char : char + 1] == "\ufffd":
            if char != end:
                if end > start:
                    yield Flag((start, end), UNDECODABLE)
                start = char
            end = char + 1
    if end > start:
        yield Flag((start, end), UNDECODABLE)
