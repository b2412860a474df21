"""Blocks: the visible text between two block-level borders, the unit that is kept or removed.

Inline markup and line breaks stay inside a block. Blocks stand in source order: where the parser moved text away from
its place (out of a table, say), the block is cut there.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from clean.html.lexicon import element_hints
from clean.html.tokens import Tokens, tokenize
from clean.html.tree import Tree, build

BLOCK_LEVEL = frozenset(
    str.split("""address article aside blockquote body button caption center dd details dialog dir div dl dt
        fieldset figcaption
        figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup option p
        pre search section summary table tbody td tfoot th thead tr ul xmp plaintext listing""")
)

INVISIBLE = frozenset(
    str.split(
        """head title script style template textarea select datalist svg iframe canvas
    audio video noembed noframes rp"""
    )
)
"""Elements whose text a browser does not show as text of the page."""

NEVER_HIDDEN = frozenset(("html", "body"))
"""Where they are hidden, it is until a script shows them."""

PREFORMATTED = frozenset(("pre", "xmp", "plaintext", "listing"))

UNSEEN, HIDDEN, LINKED, VERBATIM = 1, 2, 4, 8
"""What an element passes on to all in it, a bit each: no text of the page, hidden by the markup, link, preformatted."""

STATES = dict.fromkeys(INVISIBLE, UNSEEN) | dict.fromkeys(PREFORMATTED, VERBATIM) | {"a": LINKED}

SHORTEST_ALTERNATIVE = 300
"""Characters of text in `noscript` below which it is a notice."""

_NOT_SHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([^ \t\n\r\f/>=]+)(?:[ \t\n\r\f]*=[ \t\n\r\f]*(?:"([^"]*)"|'([^']*)'|([^ \t\n\r\f>]*)))?""",
)
_READ = frozenset(("class", "id", "role", "style", "hidden"))
_MARKUP = re.compile(r"<[^>]*>|[ \t\n\r\f]+")
_BLANKS = re.compile(r"[ \t\n\r\f]+")


@dataclass(slots=True)
class Block:
    """A stretch of visible text. `runs` are numbers of the tokenizer's runs, in order."""

    element: int
    runs: list[int]
    text: str = ""
    """The text, character references decoded, white space folded."""
    link_chars: int = 0
    line_breaks: int = 0
    hidden: bool = False
    """Whether the markup hides it: a folded tab or accordion, or something nobody is to see."""


class Attributes(NamedTuple):
    """What an element's attributes say, as far as it matters here."""

    values: dict[str, str]
    hides: bool
    hints: int
    """The markup groups of its names, a bit for each."""


_NOTHING = Attributes({}, False, 0)
LONGEST_REMEMBERED = 400


def read_attributes(text: str) -> Attributes:
    """The attributes that matter here, of a start tag's attributes as written."""
    return _read_known(text) if len(text) <= LONGEST_REMEMBERED else _read(text)


def _read(text: str) -> Attributes:
    lowered = text.lower()
    if not any(map(lowered.__contains__, _READ)):
        return _NOTHING
    values: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        if name in _READ or name.lower() in _READ:
            value = double or single or bare
            values.setdefault(name.lower(), html.unescape(value) if "&" in value else value)
    if not values:
        return _NOTHING
    hides = "hidden" in values or bool(_NOT_SHOWN.search(values.get("style", "")))
    return Attributes(values, hides, element_hints(values))


_read_known = lru_cache(maxsize=8192)(_read)
"""Pages repeat their attributes, item by item."""


@dataclass(slots=True)
class Page:
    """A page's elements, with what their attributes say, and its blocks."""

    tokens: Tokens
    tree: Tree
    attributes: list[Attributes] = field(default_factory=list)
    """Of each element."""
    block_of: list[int] = field(default_factory=list)
    """The innermost block-level element at each element."""
    states: list[int] = field(default_factory=list)
    """Of each element: `UNSEEN`, `HIDDEN`, `LINKED` and `VERBATIM`, its own and its ancestors'."""
    breaks: dict[int, int] = field(default_factory=dict)
    """How many `br` stand before a run, inside its block."""
    element_of: dict[int, int] = field(default_factory=dict)
    """The element that each visible run stands in."""
    blocks: list[Block] = field(default_factory=list)

    def path(self, element: int, depth: int = 3) -> str:
        """The innermost named containers of an element, such as `div.sidebar > ul.related`."""
        steps: list[str] = []
        while element > 0 and len(steps) < depth:
            attributes = self.attributes[element].values
            step = self.tree.names[element]
            if classes := attributes.get("class", "").split():
                step += f".{classes[0]}"
            elif identifier := attributes.get("id", "").strip():
                step += f"#{identifier}"
            steps.append(step)
            element = self.tree.parents[element]
        return " > ".join(reversed(steps))


def cut(tokens: Tokens, tree: Tree) -> Page:
    """The blocks of a page, in source order."""
    page = Page(tokens, tree)
    parents, names, tags = tree.parents, tree.names, tree.tags
    attributes, block_of, states, breaks = page.attributes, page.block_of, page.states, page.breaks
    starts, ends, source = tokens.starts, tokens.ends, tokens.source
    element_of = page.element_of
    blocks: list[Block] = []
    current: Block | None = None
    current_element = -1
    pending_breaks = 0
    last_run = -1
    ordered = True

    for element, run in zip(tree.elements, tree.runs, strict=True):
        if run >= 0:
            inside = block_of[element]
            state = states[element]
            if state & UNSEEN or (state & HIDDEN and not states[inside] & HIDDEN):
                continue
            if current is None or inside != current_element:
                current = Block(inside, [], hidden=bool(state & HIDDEN))
                current_element = inside
                blocks.append(current)
            elif pending_breaks:
                breaks[run] = pending_breaks
                current.line_breaks += pending_breaks
            pending_breaks = 0
            current.runs.append(run)
            element_of[run] = element
            if state & LINKED:
                current.link_chars += ends[run] - starts[run]
            ordered = ordered and run > last_run
            last_run = run
            continue
        name, parent, tag = names[element], parents[element], tags[element]
        written = tokens.tags[tag] if tag >= 0 else ""
        here = read_attributes(written) if len(written) > 2 else _NOTHING
        attributes.append(here)
        state = STATES.get(name, 0)
        if parent >= 0:
            state |= states[parent]
        if here.hides and name not in NEVER_HIDDEN:
            state |= HIDDEN
        states.append(state)
        if name in BLOCK_LEVEL:
            block_of.append(element)
            current = None
        else:
            block_of.append(block_of[parent] if parent >= 0 else element)
            if name == "br":
                pending_breaks += 1
    if not ordered:
        blocks = _in_source_order(page, blocks)
    for block in blocks:
        block.text = _text(tokens, block.runs, source, starts, ends)
    page.blocks = [block for block in blocks if block.text]
    return page


def _in_source_order(page: Page, blocks: list[Block]) -> list[Block]:
    home = {run: i for i, block in enumerate(blocks) for run in block.runs}
    out: list[Block] = []
    last = -1
    for run in sorted(home):
        if home[run] != last:
            last = home[run]
            out.append(Block(blocks[last].element, [], hidden=blocks[last].hidden))
        block = out[-1]
        block.runs.append(run)
        if page.states[page.element_of[run]] & LINKED:
            block.link_chars += page.tokens.ends[run] - page.tokens.starts[run]
        if len(block.runs) > 1:
            block.line_breaks += page.breaks.get(run, 0)
    return out


def _text(tokens: Tokens, runs: list[int], source: str, starts: list[int], ends: list[int]) -> str:
    if len(runs) == 1:
        text = source[starts[runs[0]] : ends[runs[0]]]
    else:
        blank = tokens.blank_before
        text = "".join(
            f" {source[starts[run] : ends[run]]}" if blank[run] else source[starts[run] : ends[run]] for run in runs
        )
    if "&" in text:
        text = html.unescape(text)
    return _BLANKS.sub(" ", text).strip(" ").replace("\0", "")


def read(source: str) -> Page:
    """The blocks of a page, from its markup.

    What stands in `noscript` counts where it is most of the page: some forums serve their threads there.
    """
    tokens = tokenize(source)
    page = cut(tokens, build(tokens))
    without = sum(len(_MARKUP.sub(" ", source[start:end])) for start, end in tokens.noscripts)
    if without > SHORTEST_ALTERNATIVE and without > sum(len(block.text) for block in page.blocks):
        tokens = tokenize(source, scripting=False)
        page = cut(tokens, build(tokens))
    return page
