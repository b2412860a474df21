"""The tree in arrays: which blocks each element holds, what stands above it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from clean.html.blocks import Page, nearest
from clean.html.lexicon import lexicon

PATH_TAGS = tuple(
    str.split("""a article aside blockquote body button center code dd details dl dt fieldset figcaption figure
        footer form h1 h2
    h3 h4 h5 h6 header label li main nav ol p pre section span strong summary table tbody td th tr ul div""")
)
PATH_COLUMNS = {name: i for i, name in enumerate(PATH_TAGS)}
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

    tree, holding = page.tree, page.holding
    size = len(tree.names)
    low, high = np.zeros((2, size), dtype=np.int64)
    if len(holding):
        # In the order of elements, the blocks of one element and all in it stand together.
        order = np.argsort(element, kind="stable")
        bounds = np.searchsorted(element[order], np.stack([holding, tree.ends[holding]], axis=1).ravel())
        blocks = np.append(order, 0)
        low[holding] = np.minimum.reduceat(blocks, bounds)[::2]
        high[holding] = np.maximum.reduceat(blocks, bounds)[::2] + 1
    # An element whose parent holds the same blocks stands for it: what is above is the first with more.
    above = np.maximum(tree.above, 0)
    fewer = (low != low[above]) | (high != high[above])
    up = above[nearest(fewer, above)]

    elements = holding.tolist()
    parents, names, attributes = tree.parents, tree.names, page.attributes
    paths: dict[tuple[int, str], int] = {}
    classes: dict[tuple[int, str, str], int] = {}
    tags, styled = [0] * size, [0] * size
    for e in elements[1:]:
        p, name = parents[e], names[e]
        tags[e] = paths.setdefault((tags[p], name), len(paths) + 1)
        styled[e] = classes.setdefault((styled[p], name, attributes[e].first_class), len(classes) + 1)
    return Containers(holding, low, high, up, tree.depth, np.array(tags), np.array(styled))


def distances(page: Page, containers: Containers) -> Any:
    """Of each element (columns): how far up the nearest of each path tag and markup group stands (rows)."""
    import numpy as np

    depth = containers.depth[containers.holding]
    order = np.argsort(depth, kind="stable")
    elements = containers.holding[order]
    names, attributes = page.tree.names, page.attributes
    listed = elements.tolist()
    tag = np.array([PATH_COLUMNS.get(names[e], -1) for e in listed], dtype=np.int64)
    hints = np.array([attributes[e].hints for e in listed], dtype=np.int64)
    groups = len(lexicon().markup_groups)
    near = np.full((len(elements), len(PATH_TAGS) + groups), FAR, dtype=np.int8)
    known = np.flatnonzero(tag >= 0)
    near[known, tag[known]] = 0
    hinted = np.flatnonzero(hints)
    near[hinted, len(PATH_TAGS) :] = np.where((hints[hinted, None] >> np.arange(groups)) & 1, 0, FAR)
    row = np.zeros(len(names), dtype=np.int64)
    row[elements] = np.arange(len(elements))
    above = row[page.tree.above[elements]]
    borders = np.searchsorted(depth[order], np.arange(1, int(depth.max(initial=0)) + 2))
    for a, b in itertools.pairwise(borders.tolist()):
        np.minimum(near[a:b], near[above[a:b]] + 1, out=near[a:b])
    out = np.full((near.shape[1], len(names)), FAR, dtype=np.int8)
    out[:, elements] = near.T
    return out
