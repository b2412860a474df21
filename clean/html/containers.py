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
    """A value for each element. Blocks `low[e]` up to `high[e]` stand in element `e`."""

    parents: Any
    low: Any
    high: Any
    up: Any
    """The next ancestor with more blocks."""
    depth: Any
    path: Any
    """A number for the tags from the root."""
    classed: Any
    """A number for the tags and first classes from the root."""
    levels: list[Any]
    """The elements of each depth below the root."""


def contain(page: Page, element: Any) -> Containers:
    """The containers of a page whose blocks stand in the elements `element`."""
    import numpy as np

    tree = page.tree
    parents, names = tree.parents, tree.names
    size = len(names)
    n = len(element)
    low, high = [n] * size, [0] * size
    for i, holder in enumerate(element.tolist()):
        if i < low[holder]:
            low[holder] = i
        high[holder] = i + 1
    for e in range(size - 1, 0, -1):
        if high[e]:
            p = parents[e]
            if p >= 0:
                if low[e] < low[p]:
                    low[p] = low[e]
                if high[e] > high[p]:
                    high[p] = high[e]
    up, depth, path, classed = [0] * size, [0] * size, [0] * size, [0] * size
    paths: dict[tuple[int, str], int] = {}
    classes: dict[tuple[int, str, str], int] = {}
    attributes = page.attributes
    for e in range(size):
        p = parents[e]
        if p < 0:
            continue
        depth[e] = depth[p] + 1
        if not high[e]:
            low[e] = 0
            continue
        # An element whose parent holds the same blocks stands for it: what is above is the first with more.
        up[e] = up[p] if low[p] == low[e] and high[p] == high[e] else p
        name = names[e]
        path[e] = paths.setdefault((path[p], name), len(paths) + 1)
        own = attributes[e].values.get("class", "")
        first = own.split(None, 1)[0] if own and not own.isspace() else ""
        classed[e] = classes.setdefault((classed[p], name, first), len(classes) + 1)
    above = np.array(parents, dtype=np.int64)
    depths = np.array(depth, dtype=np.int64)
    order = np.argsort(depths, kind="stable")
    borders = np.searchsorted(depths[order], np.arange(1, int(depths.max(initial=0)) + 2))
    levels = [order[a:b] for a, b in itertools.pairwise(borders)]
    return Containers(
        above,
        np.array(low, dtype=np.int64),
        np.array(high, dtype=np.int64),
        np.array(up, dtype=np.int64),
        depths,
        np.array(path),
        np.array(classed, dtype=np.int64),
        levels,
    )


def distances(page: Page, containers: Containers) -> Any:
    """Of each element (columns): how far up the nearest of each path tag and markup group stands (rows)."""
    import numpy as np

    columns = {name: i for i, name in enumerate(PATH_TAGS)}
    size = len(containers.parents)
    groups = len(lexicon().markup_groups)
    own = np.zeros((size, len(PATH_TAGS) + groups), dtype=bool)
    tag = np.fromiter((columns.get(name, -1) for name in page.tree.names), np.int64, size)
    known = np.flatnonzero(tag >= 0)
    own[known, tag[known]] = True
    hints = np.fromiter((a.hints for a in page.attributes), np.int64, size)
    own[:, len(PATH_TAGS) :] = (hints[:, None] >> np.arange(groups)) & 1
    out = np.where(own, 0, FAR).astype(np.int8)
    for level in containers.levels:
        out[level] = np.where(own[level], 0, np.minimum(out[containers.parents[level]] + 1, FAR))
    return out.T
