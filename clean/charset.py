"""Which charset bytes are in: what a document says of itself, what labels mean to browsers, and a guess else."""

from __future__ import annotations

import codecs
import re

LABELS = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "ansi-x3.4-1968": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "l1": "cp1252",
    "cp819": "cp1252",
    "iso-8859-9": "cp1254",
    "latin5": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "iso-8859-8-i": "iso8859_8",
    "logical": "iso8859_8",
    "visual": "iso8859_8",
    "gb2312": "gb18030",
    "gb-2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "chinese": "gb18030",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "ms-kanji": "cp932",
    "windows-31j": "cp932",
    "euc-kr": "cp949",
    "korean": "cp949",
    "ks-c-5601-1987": "cp949",
    "ksc5601": "cp949",
    "windows-949": "cp949",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "cn-big5": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "x-euc-jp": "euc_jp",
    "koi": "koi8_r",
    "koi8": "koi8_r",
    "koi8-ru": "koi8_u",
    "macintosh": "mac_roman",
    "x-mac-roman": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-ukrainian": "mac_cyrillic",
    "dos-874": "cp874",
    "x-cp1250": "cp1250",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "x-cp1253": "cp1253",
    "x-cp1254": "cp1254",
    "x-cp1255": "cp1255",
    "x-cp1256": "cp1256",
    "x-cp1257": "cp1257",
    "x-cp1258": "cp1258",
    "unicode": "utf-16-le",
    "ucs-2": "utf-16-le",
    "utf-16": "utf-16-le",
    "utf-32": "utf-32-le",
    "unicode-1-1-utf-8": "utf-8",
    "utf-8-sig": "utf-8",
    "x-unicode20utf8": "utf-8",
}
"""Labels that mean something else to browsers (WHATWG Encoding) than to Python, or that Python does not know."""

NO_CHARSETS = frozenset(
    {"idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined", "utf-7", "mbcs", "oem"}
)
"""Text encodings that Python has and no document is in."""

DETECTABLE = (
    *("utf-8", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "cp1255", "cp1256", "cp1258"),
    *("koi8-r", "koi8-u", "cp866", "cp874"),
    *(f"iso8859-{number}" for number in (2, 4, 5, 6, 7, 8, 9, 13, 15)),
    *("cp932", "euc-jp", "iso-2022-jp", "cp949", "euc-kr", "gb18030", "big5hkscs"),
)
"""What is guessed at: the charsets of the web. Asked for more, a detector finds Macintosh Cyrillic or EBCDIC in a few
words of French."""

LATIN_9 = re.compile(rb"[a-z\xe0-\xff][\xa8\xb8\xbd][a-z\xe0-\xff]|\xbd[a-z\xe0-\xff]{3}|[0-9] ?\xa4")
"""What tells ISO 8859-15 from Windows-1252: š, ž, œ inside a word, not ¨, ¸, ½, and € after a number, not ¤."""

PLAIN = {
    "cp932": ("shift_jis",),
    "euc_jis_2004": ("euc_jp",),
    "iso2022_jp_2": ("iso2022_jp",),
    "iso2022_jp_2004": ("iso2022_jp",),
    "iso2022_jp_3": ("iso2022_jp",),
    "iso2022_jp_ext": ("iso2022_jp",),
}
"""Codecs that a guess names, and simpler ones to prefer if they know all the bytes. Shift_JIS as Windows has it reads
the wave dash of Japanese as a full-width tilde; that is right only where a document says it is in that."""

WINDOWS = re.compile(rb"[\x80-\x9f]")

DECLARING = re.compile(rb"(?:charset|coding)\s*[=:]", re.I)
"""What the detector would believe in any text; where a declaration counts, it has been read before."""

DETECTOR_BYTES = 200_000
"""How much of a document the detector sees."""

PRESCAN = 1024
"""Bytes in which browsers look for a declaration."""

DECLARATIONS = (
    re.compile(rb"""<meta\b[^>]*?\bcharset\s*=\s*["']?\s*([A-Za-z0-9_:.()-]+)""", re.I),
    re.compile(rb"""\A\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']\s*([A-Za-z0-9_:.()-]+)""", re.I),
)
COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.S)


def codec_of(label: str) -> str | None:
    """The Python codec for a charset label as browsers read it, or None for a label that nobody knows."""
    name = label.strip().strip("\"'").lower().replace("_", "-")
    try:
        info = codecs.lookup(LABELS.get(name, name))
        "".encode(info.name)
    except (LookupError, ValueError):
        return None
    # Python turns some byte-to-byte transformations (hex, zlib) up under the same names; those refuse `encode` above.
    if info.name in NO_CHARSETS:
        return None
    return LABELS.get(info.name, info.name)


def declared_in_markup(raw: bytes) -> str | None:
    """The codec that a page's `<meta>` or XML prolog names, if it names one. A declared UTF-16 means UTF-8 there."""
    head = COMMENT.sub(b"", raw[:PRESCAN])
    for pattern in DECLARATIONS:
        if found := pattern.search(head):
            codec = codec_of(found.group(1).decode("ascii"))
            if codec is not None:
                return "utf-8" if codec.startswith("utf-16") else codec
    return None


def guess(raw: bytes) -> str:
    """The codec of bytes that declare none and are not UTF-8; Windows-1252 where there is nothing to go by."""
    from chardet import detect

    found = detect(
        DECLARING.sub(b"", raw[:DETECTOR_BYTES]),
        max_bytes=DETECTOR_BYTES,
        compat_names=False,
        include_encodings=DETECTABLE,
        no_match_encoding="cp1252",
        empty_input_encoding="cp1252",
    )
    codec = codecs.lookup(found["encoding"] or "cp1252").name
    if codec in ("utf-8", "cp1252", "iso8859-15"):
        return "iso8859-15" if LATIN_9.search(raw) and not WINDOWS.search(raw) else "cp1252"
    return next((plain for plain in PLAIN.get(codec, ()) if _decodes(raw, plain)), codec)


def _decodes(raw: bytes, codec: str) -> bool:
    try:
        raw.decode(codec)
    except UnicodeDecodeError:
        return False
    return True
