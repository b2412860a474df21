"""The page as a browser would arrange it, in arrays: elements in document order, and the element of each run.

selectolax (lexbor) builds the tree from the skeleton that `tokens` makes, and writes it out again, now well-formed:
each element with its end tag. Nesting is then a matter of counting tags, for all of the page at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from clean.html.tokens import Tokens

B, H, R = b"bhr"
IMG = b"img"
LESS, SLASH, QUOTE, COMMA, ZERO, SPACE, GREATER = b'</",0 >'

MOST_DIGITS = 10

MANY = 3000
"""Tags of a page from which they are counted before the parser sees them."""

DEEPEST = 1000
"""Elements open at once. Browsers stop at 512; the parser looks through all of them for each new paragraph."""

MOST_REOPENED = 5_000_000
"""Formatting elements times tags. What is open of them where a paragraph ends is opened again in the next."""

FORMATTING = frozenset(str.split("a b big code em font i nobr s small strike strong tt u"))
ENDED_BY_OTHERS = frozenset(
    str.split("p li dd dt tr td th tbody thead tfoot caption colgroup option optgroup rt html head body br hr image")
)
"""Elements that need no end tag, so that a start tag more says nothing of depth."""

_TAG = re.compile(r"<(/?)([a-z][a-z0-9:-]*)[^<>]*>")
_TEMPLATE = re.compile(r"<(/?)template[ >]")


@dataclass(frozen=True, slots=True)
class Tree:
    """Elements by number, parents before children; element 0 is the root. Arrays, but for the lists."""

    names: list[str]
    parents: list[int]
    """-1 for the root."""
    above: Any
    """`parents` as an array."""
    ends: Any
    """The first element after all that an element holds."""
    depth: Any
    tags: Any
    """The number of the element's start tag in `Tokens.tags`, or -1 where the parser supplied it."""
    runs: Any
    """The runs in document order, and of each the element that holds it, and how many elements begin before it."""
    holders: Any
    begun: Any


def build(tokens: Tokens) -> Tree:
    """Arrange the tokens of a page."""
    import numpy as np
    from selectolax.lexbor import LexborHTMLParser

    skeleton = tokens.skeleton if len(tokens.tags) < MANY else _bounded(tokens.skeleton)
    root = LexborHTMLParser(skeleton).root
    text = (root.html if root is not None else None) or ""
    if "<template" in text:
        text = _without_templates(text)
    # The name of the last tag ends within the text; names are looked at five characters from "<".
    codes = np.frombuffer(text.encode() + b"     ", dtype=np.uint8)
    at = np.flatnonzero(codes == LESS)
    begins = codes[at + 1] != SLASH
    opening = at[begins]
    size = len(opening)
    void = np.zeros(len(at), dtype=bool)
    void[begins] = _is_void(codes, opening)

    step = np.where(begins, 1, -1)
    step[void] = 0
    open_after = np.cumsum(step)
    level = np.where(begins, open_after - step, open_after)
    number = np.cumsum(begins) - 1
    depth = level[begins]
    # At each level start tags and end tags take turns.
    paired = np.flatnonzero(~void)
    pairs = paired[np.argsort(level[paired], kind="stable")].reshape(-1, 2)
    ends = np.arange(1, size + 1)
    ends[number[pairs[:, 0]]] = number[pairs[:, 1]] + 1
    # In the order of level and number, what holds an element is the last before it one level higher.
    keys = level[pairs[:, 0]] * size + number[pairs[:, 0]]
    above = _holding(keys, depth - 1, np.arange(size), size)

    commas = np.flatnonzero(codes == COMMA)
    last = np.searchsorted(at, commas) - 1
    quotes = np.flatnonzero(codes == QUOTE)[1::2]
    tags = np.full(size, -1)
    tags[np.searchsorted(opening, quotes) - 1] = _decimals(codes, quotes)
    names = list(map([*tokens.tag_names, ""].__getitem__, tags.tolist()))
    for element in np.flatnonzero(tags < 0).tolist():
        start = int(opening[element]) + 1
        names[element] = text[start : text.index(">", start)]
    return Tree(
        names=names,
        parents=above.tolist(),
        above=above,
        ends=ends,
        depth=depth,
        tags=tags,
        runs=_decimals(codes, commas),
        holders=_holding(keys, open_after[last] - 1, number[last], size),
        begun=number[last] + 1,
    )


def _is_void(codes: Any, opening: Any) -> Any:
    """Which of the start tags are `br`, `hr` or `img`: other elements without content are not in the skeleton."""
    first, second, third, fourth = (codes[opening + i] for i in range(1, 5))
    short = ((first == B) | (first == H)) & (second == R) & ((third == SPACE) | (third == GREATER))
    image = (first == IMG[0]) & (second == IMG[1]) & (third == IMG[2]) & ((fourth == SPACE) | (fourth == GREATER))
    return short | image


def _holding(keys: Any, level: Any, number: Any, size: int) -> Any:
    """The last elements at `level` up to `number`; -1 where the level is none."""
    import numpy as np

    found = np.searchsorted(keys, level * size + number, side="right") - 1
    return np.where(level < 0, -1, keys[found] % max(size, 1)) if size else found


def _decimals(codes: Any, ends: Any) -> Any:
    """The decimal numbers that end before `ends`."""
    import numpy as np

    out = np.zeros(len(ends), dtype=np.int64)
    more = np.ones(len(ends), dtype=bool)
    power = 1
    for back in range(1, MOST_DIGITS + 1):
        digit = codes[ends - back].astype(np.int64) - ZERO
        more &= (digit >= 0) & (digit < 10)
        if not more.any():
            break
        out += np.where(more, digit, 0) * power
        power *= 10
    return out


def _bounded(skeleton: str) -> str:
    """The skeleton without what would keep the parser busy beyond measure; no real page has it."""
    parts: list[str] = []
    upto = depth = formatting = most = count = 0
    for tag in _TAG.finditer(skeleton):
        close, name = tag.groups()
        count += 1
        if name in FORMATTING:
            formatting = max(formatting - 1, 0) if close else formatting + 1
            most = max(most, formatting)
        elif name in ENDED_BY_OTHERS:
            continue
        elif close:
            depth = max(depth - 1, 0)
        elif depth < DEEPEST:
            depth += 1
        else:
            parts.append(skeleton[upto : tag.start()])
            upto = tag.end()
    if parts:
        skeleton = "".join((*parts, skeleton[upto:]))
    if most * count > MOST_REOPENED:
        skeleton = _TAG.sub(lambda tag: "" if tag.group(2) in FORMATTING else tag.group(), skeleton)
    return skeleton


def _without_templates(text: str) -> str:
    """The elements without what templates hold, which is no part of the page."""
    parts: list[str] = []
    inside = start = 0
    for match in _TEMPLATE.finditer(text):
        if match.group(1):
            inside -= 1
            if not inside:
                start = match.start()
        else:
            if not inside:
                parts.append(text[start : text.index(">", match.start()) + 1])
            inside += 1
    return "".join((*parts, text[start:]))
