"""What kind of input this is: from its name first, then from its content."""

from __future__ import annotations

import codecs
import json
import re
from pathlib import PurePath

TEXT = "text/plain"
HTML = "text/html"
XHTML = "application/xhtml+xml"
JSON_LINES = "application/jsonl"
PARQUET = "application/vnd.apache.parquet"
WARC = "application/warc"

TYPES = {
    ".txt": TEXT,
    ".text": TEXT,
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": XHTML,
    ".jsonl": JSON_LINES,
    ".ndjson": JSON_LINES,
    ".parquet": PARQUET,
    ".warc": WARC,
    ".wet": WARC,
}

COMPRESSED = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd"}

UNSUPPORTED = {".arc": "ARC", ".arrow": "Arrow", ".feather": "Arrow", ".orc": "ORC", ".wat": "WAT"}
"""Corpus formats that people will hand over, and that this version cannot read."""

# fmt: off
NOT_DOCUMENTS = frozenset((
    ".avi", ".bmp", ".css", ".db", ".dll", ".doc", ".docx", ".dylib", ".eot", ".exe", ".gif", ".heic", ".ico",
    ".jpeg", ".jpg", ".js", ".m4a", ".mov", ".mp3", ".mp4", ".npy", ".npz", ".odt", ".ogg", ".otf", ".pdf", ".pkl",
    ".png", ".ppt", ".pptx", ".pyc", ".rar", ".so", ".sqlite", ".svg", ".tar", ".tif", ".tiff", ".ttf", ".wasm",
    ".wav", ".webm", ".webp", ".woff", ".woff2", ".xls", ".xlsx", ".zip", ".7z",
))
"""What lies beside documents in many folders, and is none: left out of a directory when it is no text."""
# fmt: on

DESCRIBES_FOLDER = re.compile(r"README(?:\.[A-Za-z]+)?|.+\.manifest\.json")
"""A file that is about the documents of its folder, and none of them: a manifest is what runs leave there."""

HEAD = 1 << 16
"""Bytes that a guess by content looks at."""

COMPRESSED_MAGIC = ((b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"))
BINARY_MAGIC = (
    *(magic for magic, _ in COMPRESSED_MAGIC),
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG\r\n",
    b"\xff\xd8\xff",
    b"GIF87a",
    b"GIF89a",
    b"\x7fELF",
    b"PAR1",
    b"SQLite format 3\x00",
    b"ARROW1",
    b"OggS",
    b"RIFF",
    b"ID3",
    b"Rar!",
    b"7z\xbc\xaf\x27\x1c",
)
CORPUS_MAGIC = ((b"PAR1", PARQUET), (b"WARC/", WARC))
UNICODE_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)

CONTROLS = bytes(sorted({*range(0x20)} - {*b"\t\n\v\f\r\x1b\b"}))
MAX_CONTROLS = 0.05
"""Share of control bytes above which bytes are no text. A scraped page with a few NULs stays below 0.01; of 10,229
files of a Linux installation that are not UTF-8, 98 % lie above 0.08; random bytes lie at 0.098."""

HTML_START = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)


def split_name(name: str) -> tuple[str | None, str]:
    """The compression that a file's name promises, or None, and the lower-case suffix of what is inside."""
    path = PurePath(name.lower())
    compression = COMPRESSED.get(path.suffix)
    return compression, (PurePath(path.stem) if compression else path).suffix


def compression_of(head: bytes) -> str | None:
    """The compression that content begins with, for input that has no name to tell."""
    return next((name for magic, name in COMPRESSED_MAGIC if head.startswith(magic)), None)


def sniff(raw: bytes) -> str:
    """The media type of one document that looks like these bytes: HTML or plain text."""
    return HTML if HTML_START.match(raw[:HEAD].removeprefix(codecs.BOM_UTF8)) else TEXT


def sniff_stream(head: bytes) -> str:
    """As `sniff`, for input that may also hold many documents; of JSON Lines, one of the first is an object."""
    for magic, kind in CORPUS_MAGIC:
        if head.startswith(magic):
            return kind
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not start.startswith(b"{"):
        return sniff(head)
    lines = start.split(b"\n")
    complete = lines[:-1] if len(head) >= HEAD or not lines[-1] else lines
    if any(_is_object(line) for line in complete):
        return JSON_LINES
    # One line, longer than the head or broken: no prose starts with a brace and a quoted key.
    return JSON_LINES if len(lines) == 1 and re.match(rb'\{\s*"[^"\n]*"\s*:', start) else sniff(head)


def is_binary(head: bytes) -> bool:
    """Whether bytes are certainly no text in any charset, UTF-16 and UTF-32 without a byte order mark included."""
    if head.startswith(UNICODE_BOMS):
        return False
    if head.startswith(BINARY_MAGIC):
        return True
    head = head[: 1 << 13]
    controls = len(head) - len(head.translate(None, CONTROLS))
    return controls > MAX_CONTROLS * len(head) and not _is_wide(head)


def _is_wide(head: bytes) -> bool:
    """UTF-16 or UTF-32 of a script with few letters above U+00FF: NUL in most places of one residue class, and in
    hardly any of another."""
    if len(head) < 4 or not head.count(0) < len(head):
        return False
    shares = [head[i::4].count(0) / len(head[i::4]) for i in range(4)]
    others = head.replace(b"\x00", b"")
    text = len(others.translate(None, CONTROLS)) >= 0.98 * len(others)
    return text and max(shares) > 0.6 and min(shares) < 0.1


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
