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
"""How many containers above an item or a cell are searched for the list or the table."""

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
    return list(map(Places(page), page.blocks))


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


class Places:
    """Says what a block is. What was found out about a container is kept for its other blocks."""

    def __init__(self, page: Page) -> None:
        import numpy as np

        self.page = page
        held = np.bincount([block.element for block in page.blocks], minlength=len(page.tree.names))
        before = np.concatenate(([0], np.cumsum(held)))
        self.alone: list[bool] = (before[page.tree.ends] - before[:-1] == 1).tolist()
        """Of each element, whether there is one block in it."""
        self.above: dict[int, tuple[str, int]] = {-1: ("paragraph", -1)}
        """What a container makes of blocks deeper in it, and the element that does."""

    def __call__(self, block: Block) -> Place:
        page, element = self.page, block.element
        name = page.tree.names[element]
        kind, element = (NAMED[name], element) if name in NAMED else self._of(element)
        if kind == "table_row":
            row = _ancestor(page, element, frozenset(("tr",)), None)
            return Place(kind, _ancestor(page, element, frozenset(("table",)), None), row)
        if kind == "list_item":
            return Place(kind, _ancestor(page, element, LISTS, LISTS | {"li", "dd", "dt", "div"}), -1)
        return Place(kind, -1, -1)

    def _of(self, element: int) -> tuple[str, int]:
        names, parents, above = self.page.tree.names, self.page.tree.parents, self.above
        way = []
        while element not in above:
            name = names[element]
            if name in HEADINGS:
                above[element] = "heading", element
            elif (kind := NAMED.get(name)) and (self.alone[element] or kind in ("quote", "code")):
                above[element] = kind, element
            elif name in ("table", "body"):
                above[element] = "paragraph", element
            else:
                way.append(element)
                element = parents[element]
        found = above[element]
        above.update(dict.fromkeys(way, found))
        return found


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
