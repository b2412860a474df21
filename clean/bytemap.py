"""Which bytes each character of a decoded text came from, for any codec and for bytes that are no text in it."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from clean.offsets import ByteOffsets

Run = tuple[int, int, bool]
"""`(char_start, byte_start, exact)`, as in `ByteOffsets`."""

BLOCK = 4096
"""Bytes that are tried as a whole before their characters are traced one by one."""

STATEFUL = ("iso2022", "hz")
"""Codecs whose bytes depend on what came before, so that no part of a text can be encoded alone."""

LOOKAHEAD = 8
"""Bytes; no codec has longer codes."""

PAIRED = {"big5hkscs": "\u0304\u030c"}
"""Characters that a codec writes in one code with the letter before them, and cannot write alone."""


def byte_offsets(body: bytes, source: str, codec: str, skipped: int = 0) -> ByteOffsets:
    """The bytes of `source`, which is `body.decode(codec, "replace")`; they begin after `skipped` bytes of a BOM."""
    if _is_exact(body, source, codec):
        runs: list[Run] = [(0, skipped, True)]
    else:
        runs = [(char, byte + skipped, exact) for char, byte, exact in _traced(body, codec)]
    return ByteOffsets(source, codec, runs or [(0, skipped, True)], skipped + len(body))


def _is_exact(body: bytes, source: str, codec: str) -> bool:
    """Whether any part of `source` encodes to its very bytes in `body`."""
    if codec == "utf-8" and "\ufffd" not in source:
        return True
    if codec.startswith(STATEFUL) or any(char in source for char in PAIRED.get(codec, "")):
        return False
    try:
        return source.encode(codec) == body
    except UnicodeEncodeError:
        return False


def _traced(body: bytes, codec: str) -> list[Run]:
    """Runs of exact text as long as they come; every other character is a run of its own."""
    runs: list[Run] = []
    char = 0
    for text, start, end in _parts(body, codec):
        exact = _is_exact(body[start:end], text, codec)
        if not (exact and runs and runs[-1][2]):
            runs.append((char, start, exact))
        char += len(text)
    return runs


def _parts(body: bytes, codec: str) -> Iterator[tuple[str, int, int]]:
    """The text with its bytes: in blocks where they are exact, elsewhere character by character."""
    decoder = codecs.getincrementaldecoder(codec)("replace")
    start = 0
    for fed in range(0, len(body), BLOCK):
        upto = min(fed + BLOCK, len(body))
        before = decoder.getstate()
        text = decoder.decode(body[fed:upto], upto == len(body))
        end = upto - len(decoder.getstate()[0])
        if _is_exact(body[start:end], text, codec):
            yield text, start, end
        else:
            after = decoder.getstate()
            decoder.setstate(before)
            yield from _characters(decoder, body, start, fed, upto, codec)
            decoder.setstate(after)
        start = end


def _characters(
    decoder: codecs.IncrementalDecoder, body: bytes, start: int, fed: int, upto: int, codec: str
) -> Iterator[tuple[str, int, int]]:
    """Each character of `body[start:upto]`, found by feeding a byte at a time from `fed` on."""
    for i in range(fed, upto):
        text = decoder.decode(body[i : i + 1], i + 1 == len(body))
        if not text:
            continue
        end = i + 1 - len(decoder.getstate()[0])
        if "\ufffd" not in text:
            # One character, or one code of a legacy charset for two: they share its bytes.
            yield text, start, end
        else:
            yield from _resolved(body, start, end, codec)
        start = end


def _resolved(body: bytes, start: int, end: int, codec: str) -> Iterator[tuple[str, int, int]]:
    """The characters of a few bytes with something undecodable among them."""
    while start < end:
        # Whether bytes are wrong or only incomplete shows in what follows them.
        part = body[start : end + LOOKAHEAD]
        try:
            good, bad, after = part.decode(codec), len(part), len(part)
        except UnicodeDecodeError as error:
            good, bad, after = part[: error.start].decode(codec), error.start, error.end
        at = 0
        for i, char in enumerate(good):
            if start + at >= end:
                return
            upto = bad if i + 1 == len(good) else at + len(char.encode(codec))
            yield char, start + at, start + upto
            at = upto
        if bad < after and start + bad < end:
            yield "\ufffd", start + bad, start + after
        start += after
