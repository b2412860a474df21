"""Text that a page holds in its data alone: JSON-LD, or the state of an application that builds the page.

Evidence otherwise; text where nothing else is on the page. Each character points into the script's JSON string.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from clean.document import Flag, Segment
from clean.html.blocks import Page
from clean.html.lines import Atom, assemble
from clean.offsets import Span

RULE = "EXT002"
"""Names the flag of text that was read from data."""

LONGEST = 2_000_000
"""Scripts beyond this are left unread."""

BODIES = ("articleBody", "text", "reviewBody")
"""Members of JSON-LD that hold what the page is about, and `SUMMARY` what stands for it where they are missing."""

SUMMARY = "description"
FEWEST_WORDS = 20
"""Words of a string in an application's state below which it is a label."""

TIMES_VISIBLE = 4
"""How many times the words to be seen the data must have, to be the page's only text."""

_STRING = re.compile(r'"((?:[^"\\]|\\.?)*+)(?:"|\Z)(?:\s*+(:))?', re.DOTALL)
"""A string that never ends takes the rest with it: to try each quotation mark in it again would square the time."""

_UNIT = re.compile(
    r"""\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.
    |<[^<>]*>|[ \t\n\r\f]+|&(?:\#[0-9]+;?|\#[xX][0-9a-fA-F]+;?|[A-Za-z][A-Za-z0-9]{1,31};)""",
    re.VERBOSE | re.DOTALL,
)
_LINE_TAG = re.compile(r"</?(?:p|div|li|ul|ol|h[1-6]|br|tr|table|blockquote|pre|section|article)\b", re.IGNORECASE)
_PROSE = re.compile(r"[.!?…。！？][\"'”»]?(?:\s|\\n|<|$|\Z)")
_WORD = re.compile(r"\w+")
_BREAKS = frozenset(
    ("\\n", "\\r", "\\t", "\\f", "\\b", "\\u000a", "\\u000A", "\\u000d", "\\u000D", "\\u2028", "\\u2029")
)


def read_data(page: Page) -> tuple[list[Segment], list[Flag]]:
    """The text that stands in the page's data, and a flag for each string of it; nothing where enough is visible."""
    spans = _best(page)
    source = page.tokens.source
    words = sum(len(_WORD.findall(source, *span)) for span in spans)
    visible = sum(len(block.text.split()) for block in page.blocks)
    if words <= TIMES_VISIBLE * visible:
        return [], []
    segments: list[Segment] = []
    flags: list[Flag] = []
    for start, end in spans:
        for atoms in _lines(source, start, end):
            for line in assemble(source, atoms):
                segments.append(Segment(line.text, line.alignment, len(segments), "paragraph"))
        flags.append(Flag((start, end), RULE))
    return segments, flags


def _best(page: Page) -> list[Span]:
    """The spans of the strings that hold the page's text: those of the best kind that there is."""
    source = page.tokens.source
    ranked: tuple[list[Span], list[Span], list[Span]] = ([], [], [])
    seen: set[str] = set()
    for attributes, start, end in page.tokens.scripts:
        if "json" not in attributes or end - start > LONGEST:
            continue
        linked = "ld+json" in attributes
        key = ""
        for match in _STRING.finditer(source, start, end):
            if match.group(2):
                key = match.group(1)
                continue
            value = match.group(1)
            if linked:
                rank = 0 if key in BODIES else 1 if key == SUMMARY else -1
            else:
                rank = 2 if len(value) > 4 * FEWEST_WORDS and _is_prose(value) else -1
            if rank >= 0 and value not in seen:
                seen.add(value)
                ranked[rank].append(match.span(1))
    return next((spans for spans in ranked if spans), [])


def _is_prose(value: str) -> bool:
    return value.count(" ") >= FEWEST_WORDS and bool(_PROSE.search(value)) and "{" not in value


def _lines(source: str, start: int, end: int) -> Iterator[list[Atom]]:
    """What a JSON string says, line by line. Tags in it are passed over, references decoded."""
    atoms: list[Atom] = []
    at = start
    for match in _UNIT.finditer(source, start, end):
        found = match.group()
        if match.start() > at:
            atoms.append((at, match.start(), source[at : match.start()], False))
        at = match.end()
        if found in _BREAKS or (found[0] == "<" and _LINE_TAG.match(found)):
            yield atoms
            atoms = []
        elif found[0] == "\\" and found[1] != "u":
            # The character that a backslash protects stands for itself.
            atoms.append((at - 1, at, found[1], False))
        else:
            atoms.append(_atom(found, match.start(), at))
    if at < end:
        atoms.append((at, end, source[at:end], False))
    yield atoms


def _atom(found: str, start: int, end: int) -> Atom:
    if found[0] == "\\":
        units = bytes.fromhex("".join(found.split("\\u")))
        return start, end, units.decode("utf-16-be", "replace"), False
    if found[0] == "<":
        return start, end, "", True
    if found[0] == "&":
        text = html.unescape(found)
        return start, end, text, not text.strip(" \t\n\r\f")
    return start, end, " ", True
