"""Runs of a block become a line of text, each character aligned with the markup.

Edits are named `html_entity` (a character reference decoded), `html_whitespace` (blanks folded, line ends unified) and
`html_markup` (inline tags, comments and superfluous blanks passed over).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from clean.html.blocks import VERBATIM, Page
from clean.html.tokens import BLANK
from clean.offsets import Alignment, Piece

MARKUP, WHITESPACE, ENTITY = "html_markup", "html_whitespace", "html_entity"
ESCAPE = "json_escape"
"""A character written as its code in a JSON string; unlike the others, listed among the record's edits."""

_REFERENCE = r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)"
_UNIT = re.compile(rf"(?P<blank>[ \t\n\r\f]{{2,}}|[\t\n\r\f])|\0+|{_REFERENCE}")
"""What does not stand for itself. A single space inside text does: most text is one atom."""

_PRE_UNIT = re.compile(rf"(?P<blank>\r\n?)|\0+|{_REFERENCE}")
_LITERAL_UNIT = re.compile(r"(?P<blank>\r\n?)|\0+")
_MARKUP = re.compile(r"(?P<blank>[ \t\n\r\f]+)|<!--.*?-->|<[^>]*>", re.DOTALL)
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_LINE_END = re.compile(r"\r\n?")
_MARGIN = re.compile(r"(?:[ \t\f]*\n)*")


class Line(NamedTuple):
    """A line's text and where it stands."""

    text: str
    alignment: Alignment


Atom = tuple[int, int, str, bool]
"""A stretch of source, from where to where, the text it becomes, and whether it may be folded away as blank."""


def render(page: Page, runs: list[int]) -> list[Line]:
    """The lines of `runs`, which follow each other in one block, without a `br` between them.

    There is one, unless two words are separated by something other than plain markup: then a line ends there.
    """
    tokens = page.tokens
    source, starts, ends = tokens.source, tokens.starts, tokens.ends
    pre = bool(page.states[page.element_of[runs[0]]] & VERBATIM)
    if len(runs) == 1 and not pre:
        start, end = starts[runs[0]], ends[runs[0]]
        bare = source[start:end].lstrip(BLANK)
        text = bare.rstrip(BLANK)
        if not _UNIT.search(text):
            return [Line(text, Alignment.identity(end - len(bare), len(text)))]
    lines: list[Line] = []
    atoms: list[Atom] = []
    last = -1
    angle = False
    for run in runs:
        start, end = starts[run], ends[run]
        # A bare "<" would make the markup after it ambiguous for whoever reads the source slice alone.
        angled = source.find("<", start, end) >= 0
        if last >= 0:
            if run != last + 1 or tokens.broken_before[run] or angle or angled:
                if tokens.blank_before[run]:
                    lines.extend(assemble(source, atoms, pre))
                    atoms = []
            else:
                atoms.extend(_markup(source, ends[last], start, pre))
        unit = _LITERAL_UNIT if run in tokens.literal else _PRE_UNIT if pre else _UNIT
        atoms.extend(_text(source, start, end, unit, pre))
        last, angle = run, angled
    lines.extend(assemble(source, atoms, pre))
    return lines


def is_plain_markup(source: str, start: int, end: int) -> bool:
    """Whether nothing but tags, comments and blanks stands there, for a reader of that stretch alone."""
    at = start
    while at < end:
        match = _MARKUP.match(source, at, end)
        if match is None:
            return False
        at = match.end()
    return True


def _text(source: str, start: int, end: int, unit: re.Pattern[str], pre: bool) -> Iterator[Atom]:
    at = start
    stop = end
    if not pre:
        if source[start] == " " and (match := _BLANKS.match(source, start, end)):
            at = match.end()
            yield start, at, " ", True
        while stop > at and source[stop - 1] in BLANK:
            stop -= 1
    for match in unit.finditer(source, at, stop):
        found = match.group()
        if match.lastgroup == "blank":
            atom = (*match.span(), "\n" if pre else " ", not pre)
        elif found[0] == "&":
            text = html.unescape(found)
            if text == found:
                continue
            atom = (*match.span(), text, not pre and not text.strip(" \t\n\r\f"))
        else:
            atom = (*match.span(), "", True)
        if match.start() > at:
            yield at, match.start(), source[at : match.start()], False
        yield atom
        at = match.end()
    if at < stop:
        yield at, stop, source[at:stop], False
    if stop < end:
        yield stop, end, " ", True


def _markup(source: str, start: int, end: int, pre: bool) -> Iterator[Atom]:
    for match in _MARKUP.finditer(source, start, end):
        if match.lastgroup is None:
            yield *match.span(), "", True
        elif pre:
            yield *match.span(), _LINE_END.sub("\n", match.group()), False
        else:
            yield *match.span(), " ", True


def assemble(source: str, atoms: list[Atom], pre: bool = False) -> Iterator[Line]:
    """The line that the atoms make, if any; `pre` if their blanks are kept."""
    text: list[str] = []
    pieces: list[Piece] = []
    waiting: list[Atom] = []
    for atom in atoms:
        start, end, out, blank = atom
        if blank:
            waiting.append(atom)
            continue
        if pieces:
            pieces += _passed_over(source, waiting)
            if any(passed[2] for passed in waiting):
                text.append(" ")
        waiting.clear()
        text.append(out)
        rule = None
        if source[start:end] != out:
            first = source[start]
            rule = WHITESPACE if first.isspace() else ESCAPE if first == "\\" else ENTITY
        pieces.append(Piece(len(out), start, end - start, rule))
    line = Line("".join(text), Alignment(pieces))
    if pre:
        margin = _MARGIN.match(line.text)
        start = margin.end() if margin else 0
        end = len(line.text.rstrip(" \t\n\f"))
        start = min(start, end)
        line = Line(line.text[start:end], _trimmed(line.alignment, start, end))
    if line.text:
        yield line


def _passed_over(source: str, atoms: list[Atom]) -> Iterator[Piece]:
    """What blanks and markup between two words become: one space, if there are blanks among them."""
    spaced = False
    markup = -1
    upto = 0
    for start, end, out, _ in atoms:
        if out and not spaced:
            spaced = True
            if markup >= 0:
                yield Piece(0, markup, upto - markup, MARKUP)
                markup = -1
            yield Piece(1, start, end - start, None if source[start:end] == " " else WHITESPACE)
            continue
        if markup >= 0 and upto != start:
            yield Piece(0, markup, upto - markup, MARKUP)
            markup = -1
        if markup < 0:
            markup = start
        upto = end
    if markup >= 0:
        yield Piece(0, markup, upto - markup, MARKUP)


def _trimmed(alignment: Alignment, start: int, end: int) -> Alignment:
    pieces = list(alignment.slice(start, end).pieces)
    while pieces and not pieces[0].out_len:
        del pieces[0]
    while pieces and not pieces[-1].out_len:
        del pieces[-1]
    return Alignment(pieces)
