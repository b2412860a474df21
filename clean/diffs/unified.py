"""A comparison as a patch: what `patch` needs to make the cleaned file out of the source, byte for byte.

The rules stand where `patch` reads nothing: behind the second `@@` of a hunk, each with the old lines it changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from clean.diffs.hunks import Hunk
from clean.diffs.rows import Comparison

NO_NEWLINE = b"\\ No newline at end of file\n"


def patch(comparison: Comparison, found: Iterator[Hunk], name: str, names: Mapping[str, str]) -> Iterator[bytes]:
    """The patch, line by line; nothing when there is no hunk.

    Args:
        name: the file's name, as it shall stand in the header.
        names: readable names of rules by id.
    """
    begun = False
    for hunk in found:
        if not begun:
            yield b"--- " + header_name(name) + b"\n"
            yield b"+++ " + header_name(name) + b"\n"
            begun = True
        rules = hunk.rules(names)
        yield f"{hunk.header()}{' ' + rules if rules else ''}\n".encode()
        yield from _body(comparison, hunk)


def header_name(name: str) -> bytes:
    """A file name as `patch` reads it: quoted as in C where it holds what would end it early."""
    raw = name.encode("utf-8", "surrogateescape")
    if any(byte < 32 or byte == 127 or byte in b'"\\' for byte in raw):
        quoted = b"".join(b"\\%03o" % byte if byte < 32 or byte in b'"\\\x7f' else bytes((byte,)) for byte in raw)
        return b'"' + quoted + b'"'
    return raw + b"\t" if b" " in raw else raw


def _body(comparison: Comparison, hunk: Hunk) -> Iterator[bytes]:
    for item in hunk.items:
        if isinstance(item, int):
            yield from _old(comparison, item, b" ")
            continue
        for line in item.old:
            yield from _old(comparison, line, b"-")
        for line in item.new:
            yield b"+" + comparison.new_bytes[line] + b"\n"


def _old(comparison: Comparison, line: int, sign: bytes) -> Iterator[bytes]:
    yield sign + comparison.old_bytes[line] + b"\n"
    if line == len(comparison.old_bytes) - 1 and not comparison.old.terminated:
        yield NO_NEWLINE
