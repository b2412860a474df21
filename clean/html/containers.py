"""The tree in arrays: which blocks each element holds, what stands above it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from clean.html.blocks import Page
from clean.html.lexicon import lexicon

PATH_TAGS = tuple(
    str.split("""a article aside blockquote body button center code dd details dl dt fieldset figcaption figure
        footer form h1 h2
    h3 h4 h5 h6 header label li main nav ol p pre section span strong summary table tbody td th tr ul div""")
)
FAR = 30
"""The distance of an ancestor that is not there."""


@dataclass(frozen=True, slots=True)
class Containers:
    """A value for each element; where an element holds no block, nothing is said of it.

    Blocks `low[e]` up to `high[e]` stand in element `e`.
    """

    holding: Any
    """The elements that hold blocks."""
    low: Any
    high: Any
    up: Any
    """The next ancestor with more blocks."""
    depth: Any
    path: Any
    """A number for the tags from the root."""
    classed: Any
    """A number for the tags and first classes from the root."""


def contain(page: Page, element: Any) -> Containers:
    """The containers of a page whose blocks stand in the elements `element`."""
    import numpy as np

    tree = page.tree
    size, n = len(tree.names), len(element)
    holding = page.holding
    low, high = np.zeros((2, size), dtype=np.int64)
    low[holding] = n
    np.minimum.at(low, element, np.arange(n))
    np.maximum.at(high, element, np.arange(1, n + 1))
    lows, highs, parents = low.tolist(), high.tolist(), tree.parents
    elements = holding.tolist()
    for e in reversed(elements[1:]):
        p = parents[e]
        lows[p] = min(lows[p], lows[e])
        highs[p] = max(highs[p], highs[e])
    paths: dict[tuple[int, str], int] = {}
    classes: dict[tuple[int, str, str], int] = {}
    ups, tags, styled = [0] * size, [0] * size, [0] * size
    for e in elements[1:]:
        p = parents[e]
        # An element whose parent holds the same blocks stands for it: what is above is the first with more.
        ups[e] = ups[p] if lows[p] == lows[e] and highs[p] == highs[e] else p
        name = tree.names[e]
        tags[e] = paths.setdefault((tags[p], name), len(paths) + 1)
        own = page.attributes[e].values.get("class", "")
        first = own.split(None, 1)[0] if own and not own.isspace() else ""
        styled[e] = classes.setdefault((styled[p], name, first), len(classes) + 1)
    return Containers(
        holding, np.array(lows), np.array(highs), np.array(ups), tree.depth, np.array(tags), np.array(styled)
    )


def distances(page: Page, containers: Containers) -> Any:
    """Of each element (columns): how far up the nearest of each path tag and markup group stands (rows)."""
    import numpy as np

    depth = containers.depth[containers.holding]
    order = np.argsort(depth, kind="stable")
    elements = containers.holding[order]
    columns = {name: i for i, name in enumerate(PATH_TAGS)}
    names, attributes = page.tree.names, page.attributes
    listed = elements.tolist()
    tag = np.array([columns.get(names[e], -1) for e in listed], dtype=np.int64)
    hints = np.array([attributes[e].hints for e in listed], dtype=np.int64)
    groups = len(lexicon().markup_groups)
    near = np.full((len(elements), len(PATH_TAGS) + groups), FAR, dtype=np.int8)
    known = np.flatnonzero(tag >= 0)
    near[known, tag[known]] = 0
    near[:, len(PATH_TAGS) :][(hints[:, None] >> np.arange(groups)) & 1 > 0] = 0
    row = np.zeros(len(names), dtype=np.int64)
    row[elements] = np.arange(len(elements))
    above = row[page.tree.above[elements]]
    borders = np.searchsorted(depth[order], np.arange(1, int(depth.max(initial=0)) + 2))
    for a, b in itertools.pairwise(borders.tolist()):
        np.minimum(near[a:b], near[above[a:b]] + 1, out=near[a:b])
    out = np.full((near.shape[1], len(names)), FAR, dtype=np.int8)
    out[:, elements] = near.T
    return out
