"""A comparison as a patch: what `patch` needs to make the cleaned file out of the source, byte for byte.

The rules stand where `patch` reads nothing: behind the second `@@` of a hunk, each with the old lines it changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from clean.diffs.hunks import Hunk, span
from clean.diffs.rows import Comparison

NO_NEWLINE = b"\\ No newline at end of file\n"


def patch(
    comparison: Comparison,
    found: Iterable[Hunk],
    name: str,
    names: Mapping[str, str],
    stages: tuple[str, str] | None = None,
) -> Iterator[bytes]:
    """The patch, line by line; nothing when there is no hunk.

    Args:
        name: the file's name, as it shall stand in the header.
        names: readable names of rules by id.
        stages: those that are compared, where the old text is not the file's.
    """
    begun = False
    for hunk in found:
        if not begun:
            yield from _header(name, stages)
            begun = True
        rules = hunk.rules(names)
        yield f"{hunk.header()}{' ' + rules if rules else ''}\n".encode()
        yield from _body(comparison, hunk)


def whole(comparison: Comparison, raw: bytes, name: str, names: Mapping[str, str]) -> Iterator[bytes]:
    """A patch that takes the whole file out and puts the cleaned one in: for charsets that know no lines of bytes."""
    old = raw.split(b"\n")
    terminated = not old[-1]
    if terminated:
        old.pop()
    replaced = Hunk(0, 0, list(comparison.rows))
    rules = replaced.rules(names)
    yield from _header(name, None)
    yield f"@@ -{span(0, len(old))} +{span(0, len(comparison.new_bytes))} @@{' ' + rules if rules else ''}\n".encode()
    yield from (b"-" + line + b"\n" for line in old)
    if not terminated:
        yield NO_NEWLINE
    yield from (b"+" + line + b"\n" for line in comparison.new_bytes)


def _header(name: str, stages: tuple[str, str] | None) -> Iterator[bytes]:
    for n, sign in enumerate((b"---", b"+++")):
        shown = header_name(name)
        # What stands behind a tab is a date to `patch`, and of no use to it.
        more = b"" if stages is None else (b"" if shown.endswith(b"\t") else b"\t") + f"after {stages[n]}".encode()
        yield sign + b" " + shown + more + b"\n"


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
