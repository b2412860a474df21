"""Decode: bytes become text, and each character keeps its bytes."""

from __future__ import annotations

import codecs

from clean.document import Document
from clean.errors import DocumentError
from clean.offsets import ByteOffsets

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(document: Document) -> Document:
    """Set `source`, `encoding` and `offsets` from `raw`.

    Raises:
        DocumentError: the input is not text.
    """
    raw = document.raw
    if isinstance(raw, str):
        document.source = raw
        document.offsets = ByteOffsets.of_text(raw)
        return document
    bom, codec = next(((b, c) for b, c in BOMS if raw.startswith(b)), (b"", "utf-8"))
    try:
        document.source = raw[len(bom) :].decode(codec)
    except UnicodeDecodeError as error:
        raise DocumentError("undecodable", f"not {codec} at byte {len(bom) + error.start}") from None
    document.encoding = codec
    document.offsets = ByteOffsets(document.source, codec, [(0, len(bom), True)], len(raw))
    return document
