"""Blocks: the visible text between two block-level borders, the unit that is kept or removed.

Inline markup and line breaks stay inside a block. Blocks stand in source order: where the parser moved text away from
its place (out of a table, say), the block is cut there.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

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

BORDER, BREAK, SHOWN = 16, 32, 64
"""What else an element is: a border of blocks, a line break, shown whatever the markup says."""

STATES = dict.fromkeys(INVISIBLE, UNSEEN) | dict.fromkeys(PREFORMATTED, VERBATIM) | {"a": LINKED, "br": BREAK}
KINDS = {
    name: STATES.get(name, 0) | (BORDER if name in BLOCK_LEVEL else 0) | (SHOWN if name in NEVER_HIDDEN else 0)
    for name in BLOCK_LEVEL | NEVER_HIDDEN | STATES.keys()
}
STATE = UNSEEN | HIDDEN | LINKED | VERBATIM

SHORTEST_ALTERNATIVE = 300
"""Characters of text in `noscript` below which it is a notice."""

_NONE = "(?!)"
_NOT_SHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([^ \t\n\r\f/>=]+)(?:[ \t\n\r\f]*=[ \t\n\r\f]*(?:"([^"]*)"|'([^']*)'|([^ \t\n\r\f>]*)))?""",
)
_NAMED = ("class", "id", "role", "style")
_READ = frozenset((*_NAMED, "hidden"))
_NAME = r"""[^ \t\n\r\f/>="'<]"""
_USUAL = re.compile(
    "(?:[ \t\n\r\f]++(?:"
    + "|".join(rf'(?({i}){_NONE}){name}="([^"]*+)"' for i, name in enumerate(_NAMED, 1))
    + rf"|(?!(?i:{'|'.join(_READ)})(?!{_NAME})){_NAME}++"
    + r"""(?:=(?:"[^"]*+"|'[^']*+'|[^"' \t\n\r\f>][^ \t\n\r\f>]*+))?+))*+[ \t\n\r\f/]*+"""
)
"""Attributes as most are written, each at most once: it finds what `_ATTRIBUTE` finds, and sooner."""
_MARKUP = re.compile(r"<[^>]*>|[ \t\n\r\f]+")
_FOLDED = re.compile(r"[ \t\n\r\f]{2,}|[\t\n\r\f]")
"""Blanks that are not one space already."""


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
    first_class: str


_NOTHING = Attributes({}, False, 0, "")
LONGEST_REMEMBERED = 400


def read_attributes(text: str) -> Attributes:
    """The attributes that matter here, of a start tag's attributes as written."""
    if len(text) <= 2:
        return _NOTHING
    return _read_known(text) if len(text) <= LONGEST_REMEMBERED else _read(text)


def _read(text: str) -> Attributes:
    values: dict[str, str] = {}
    if usual := _USUAL.fullmatch(text):
        for name, value in zip(_NAMED, usual.groups(), strict=True):
            if value is not None:
                values[name] = html.unescape(value) if "&" in value else value
    else:
        for name, double, single, bare in _ATTRIBUTE.findall(text):
            if name in _READ or name.lower() in _READ:
                value = double or single or bare
                values.setdefault(name.lower(), html.unescape(value) if "&" in value else value)
    if not values:
        return _NOTHING
    hides = "hidden" in values or ("style" in values and bool(_NOT_SHOWN.search(values["style"])))
    first_class = next(iter(values.get("class", "").split(None, 1)), "")
    return Attributes(values, hides, element_hints(values), first_class)


_read_known = lru_cache(maxsize=8192)(_read)
"""Pages repeat their attributes, item by item."""


@dataclass(slots=True)
class Page:
    """A page's elements, with what their attributes say, and its blocks."""

    tokens: Tokens
    tree: Tree
    states: list[int]
    """Of each element: `UNSEEN`, `HIDDEN`, `LINKED` and `VERBATIM`, its own and its ancestors'."""
    breaks: dict[int, int]
    """How many `br` stand before a run, inside its block."""
    element_of: dict[int, int]
    """The element that each visible run stands in."""
    blocks: list[Block] = field(default_factory=list)
    holding: Any = None
    """The elements that hold blocks, as an array."""
    attributes: list[Attributes] = field(init=False)
    """Of each element that holds a block."""

    def __post_init__(self) -> None:
        self.attributes = [_NOTHING] * len(self.tree.names)

    def path(self, element: int, depth: int = 3) -> str:
        """The innermost named containers of an element, such as `div.sidebar > ul.related`."""
        steps: list[str] = []
        while element > 0 and len(steps) < depth:
            attributes = self.attributes[element]
            step = self.tree.names[element]
            if attributes.first_class:
                step += f".{attributes.first_class}"
            elif identifier := attributes.values.get("id", "").strip():
                step += f"#{identifier}"
            steps.append(step)
            element = self.tree.parents[element]
        return " > ".join(reversed(steps))


def cut(tokens: Tokens, tree: Tree) -> Page:
    """The blocks of a page, in source order."""
    import numpy as np

    size = len(tree.names)
    kinds = np.fromiter((KINDS.get(name, 0) for name in tree.names), np.uint8, size)
    own = kinds & STATE
    own[_hiding(tokens, tree) & (kinds & SHOWN == 0)] |= HIDDEN
    states = _passed_on(own, tree.ends)
    begins_block = kinds & BORDER > 0
    inside = nearest(begins_block, tree.above)

    holder = inside[tree.holders]
    state = states[tree.holders]
    visible = (state & UNSEEN == 0) & ((state & HIDDEN == 0) | (states[holder] & HIDDEN > 0))
    runs, holder, state = tree.runs[visible], holder[visible], state[visible]
    begun = tree.begun[visible]
    borders = _before(begins_block)[begun]
    first = np.ones(len(runs), dtype=bool)
    first[1:] = (holder[1:] != holder[:-1]) | (borders[1:] != borders[:-1])
    breaks = np.diff(_before(kinds & BREAK > 0)[begun], prepend=0)
    breaks[first] = 0
    starts = np.flatnonzero(first)
    lengths = np.array(tokens.ends, dtype=np.int64)[runs] - np.array(tokens.starts, dtype=np.int64)[runs]
    lengths[state & LINKED == 0] = 0

    listed = runs.tolist()
    broken = np.flatnonzero(breaks)
    page = Page(
        tokens,
        tree,
        states=states.tolist(),
        breaks=dict(zip(runs[broken].tolist(), breaks[broken].tolist(), strict=True)),
        element_of=dict(zip(listed, tree.holders[visible].tolist(), strict=True)),
    )
    if not listed:
        return page
    bounds = [*starts.tolist(), len(listed)]
    blocks = [
        Block(element, listed[start:end], "", link_chars, line_breaks, hidden)
        for element, start, end, link_chars, line_breaks, hidden in zip(
            holder[starts].tolist(),
            bounds,
            bounds[1:],
            np.add.reduceat(lengths, starts).tolist(),
            np.add.reduceat(breaks, starts).tolist(),
            (state[starts] & HIDDEN > 0).tolist(),
            strict=False,
        )
    ]
    if (runs[1:] < runs[:-1]).any():
        blocks = _in_source_order(page, blocks)
    for block in blocks:
        block.text = _text(tokens, block.runs)
    page.blocks = [block for block in blocks if block.text]
    held = np.bincount([block.element for block in page.blocks], minlength=size)
    before = _before(held)
    page.holding = np.flatnonzero(before[tree.ends] > before[:-1])
    for element, tag in zip(page.holding.tolist(), tree.tags[page.holding].tolist(), strict=True):
        if tag >= 0:
            page.attributes[element] = read_attributes(tokens.tags[tag])
    return page


def _hiding(tokens: Tokens, tree: Tree) -> Any:
    """Which elements their attributes hide."""
    import numpy as np

    hides = np.zeros(len(tokens.tags) + 1, dtype=bool)
    for tag in _mentioning(tokens.tags, ("hidden", "style")):
        hides[tag] = read_attributes(tokens.tags[tag]).hides
    return hides[tree.tags]


def _mentioning(texts: list[str], words: tuple[str, ...]) -> list[int]:
    """Which of the texts have one of the words in them, in letters of either case. All are searched at once."""
    import numpy as np

    lowered = [text.lower() for text in texts]
    whole = "\n".join(lowered)
    found: list[int] = []
    for word in words:
        at = whole.find(word)
        while at >= 0:
            found.append(at)
            at = whole.find(word, at + len(word))
    ends = np.cumsum(np.fromiter(map(len, lowered), np.int64, len(lowered)) + 1)
    return np.unique(np.searchsorted(ends, found, side="right")).tolist() if found else []


def _passed_on(own: Any, ends: Any) -> Any:
    """Of each element the bits of `own`, its own and its ancestors'."""
    import numpy as np

    size = len(own)
    out = np.zeros(size, dtype=np.uint8)
    for bit in (UNSEEN, HIDDEN, LINKED, VERBATIM):
        having = np.flatnonzero(own & bit)
        if len(having):
            change = np.bincount(having, minlength=size + 1) - np.bincount(ends[having], minlength=size + 1)
            out[np.cumsum(change[:-1]) > 0] |= bit
    return out


def nearest(having: Any, above: Any) -> Any:
    """The innermost element at each element that has something; the root, where none has."""
    import numpy as np

    out = np.where(having, np.arange(len(having)), np.maximum(above, 0))
    # Each round doubles the way that has been gone.
    while (further := out[out]).tobytes() != out.tobytes():
        out = further
    return out


def _before(having: Any) -> Any:
    """How many of the first elements have something, for any number of elements."""
    import numpy as np

    return np.concatenate(([0], np.cumsum(having)))


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


def _text(tokens: Tokens, runs: list[int]) -> str:
    source, starts, ends = tokens.source, tokens.starts, tokens.ends
    if len(runs) == 1:
        text = source[starts[runs[0]] : ends[runs[0]]]
    else:
        blank = tokens.blank_before
        text = "".join(
            f" {source[starts[run] : ends[run]]}" if blank[run] else source[starts[run] : ends[run]] for run in runs
        )
    if "&" in text:
        text = html.unescape(text)
    return _FOLDED.sub(" ", text).strip(" ").replace("\0", "")


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
