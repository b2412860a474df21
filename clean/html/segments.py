"""Kept blocks become segments, with a kind and a group: items of a list and rows of a table stand line by line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from clean.document import Segment
from clean.html.blocks import Block, Page
from clean.html.lines import Line, is_plain_markup, render
from clean.offsets import Alignment, Piece

CELL = "html_cell"
"""The edit that makes the border of two table cells a tab."""

HIGHEST = 40
"""How many containers above a block are asked what it is."""

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
LISTS = frozenset(("ul", "ol", "dl", "menu", "dir"))
NAMED = {
    "li": "list_item",
    "dt": "list_item",
    "dd": "list_item",
    "td": "table_row",
    "th": "table_row",
    "pre": "code",
    "xmp": "code",
    "listing": "code",
    "blockquote": "quote",
    "figcaption": "caption",
    "caption": "caption",
}
"""What a container makes of the block in it, where nothing nearer does."""


class Place(NamedTuple):
    """What a block is, and the container whose blocks stand line by line (-1: none)."""

    kind: str
    holder: int
    row: int


def segments(page: Page, kept: Iterable[tuple[Block, Place]]) -> list[Segment]:
    """The segments of the kept blocks, which are in source order."""
    out: list[Segment] = []
    group = -1
    holder = row = -1
    for block, place in kept:
        follows = place.holder >= 0 and place.holder == holder
        for i, (paragraph, line) in enumerate(_lines(page, block)):
            if i == 0 and place.row >= 0 and place.row == row and out and _join_cell(page, out[-1], line):
                continue
            if paragraph and not (i == 0 and follows):
                group += 1
            out.append(Segment(line.text, line.alignment, group, place.kind))
        holder, row = place.holder, place.row
    return out


def places(page: Page) -> list[Place]:
    """What each block of the page is."""
    counts = _blocks_within(page)
    return [_place(page, block, counts) for block in page.blocks]


def _lines(page: Page, block: Block) -> Iterable[tuple[bool, Line]]:
    """The lines of a block, each with whether a paragraph begins with it."""
    first = 0
    paragraph = True
    for i in range(1, len(block.runs) + 1):
        if i < len(block.runs) and block.runs[i] not in page.breaks:
            continue
        for line in render(page, block.runs[first:i]):
            yield paragraph, line
            paragraph = False
        if i < len(block.runs):
            paragraph = page.breaks[block.runs[i]] > 1
        first = i


def _join_cell(page: Page, before: Segment, line: Line) -> bool:
    """Whether the line could be made the next cell of the row that `before` is."""
    start, end = before.alignment.source_span[1], line.alignment.source_span[0]
    if before.kind != "table_row" or end <= start or not is_plain_markup(page.tokens.source, start, end):
        return False
    before.text += f"\t{line.text}"
    before.alignment = Alignment((*before.alignment.pieces, Piece(1, start, end - start, CELL), *line.alignment.pieces))
    return True


def _blocks_within(page: Page) -> list[int]:
    counts = [0] * len(page.tree.names)
    for block in page.blocks:
        counts[block.element] += 1
    parents = page.tree.parents
    for element in range(len(counts) - 1, 0, -1):
        if parents[element] >= 0:
            counts[parents[element]] += counts[element]
    return counts


def _place(page: Page, block: Block, counts: list[int]) -> Place:
    names, parents = page.tree.names, page.tree.parents
    element = block.element
    kind = "paragraph"
    alone = True
    for _ in range(HIGHEST):
        if element < 0 or kind != "paragraph":
            break
        name = names[element]
        alone = alone and counts[element] == 1
        if name in HEADINGS:
            kind = "heading"
        elif (named := NAMED.get(name)) and (alone or element == block.element or named in ("quote", "code")):
            kind = named
            break
        elif name in ("table", "body"):
            break
        element = parents[element]
    if kind == "table_row":
        row = _ancestor(page, element, frozenset(("tr",)), None)
        return Place(kind, _ancestor(page, element, frozenset(("table",)), None), row)
    if kind == "list_item":
        return Place(kind, _ancestor(page, element, LISTS, LISTS | {"li", "dd", "dt", "div"}), -1)
    return Place(kind, -1, -1)


def _ancestor(page: Page, element: int, wanted: frozenset[str], through: frozenset[str] | None) -> int:
    """The nearest ancestor in `wanted`; with `through`, the outermost that only such elements separate."""
    found = -1
    for _ in range(HIGHEST):
        element = page.tree.parents[element]
        if element < 0:
            break
        name = page.tree.names[element]
        if name in wanted:
            found = element
            if through is None:
                break
        elif through is not None and name not in through:
            break
    return found
