"""What the model knows of each block: its text, its path, its containers, its neighbours and its page, in numbers.

Everything that can be said of all blocks at once is said with numpy over the page's arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from clean.html.blocks import Page
from clean.html.characters import count
from clean.html.containers import FAR, PATH_TAGS, Containers, contain, distances
from clean.html.evidence import Evidence
from clean.html.lexical import read_words
from clean.html.lexicon import lexicon

HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
HOPS = 5
LONG_WORDS = 12
"""A block of so many words outside links is taken for running text by the container features."""

HEADING_HINTS = ("related", "comment", "share", "subscribe", "about", "faq", "review", "more", "contents")
PAGE_SAYS = ("price", "forum", "comment", "review", "dates", "cart", "faq", "byline", "filter", "contents")
PAGE_UNDER = ("li", "p", "article", "main", "nav", "footer", "pre", "table", "td")
PAGE_IN = (
    "comment", "product", "price", "review", "message", "list", "card", "code", "toc", "article", "service",
)  # fmt: skip


class Table:
    """Named columns: a value for each block, or one for all."""

    def __init__(self) -> None:
        import numpy as np

        self.names: list[str] = []
        self.columns: list[Any] = []
        self._type = np.dtype(np.float32)

    def add(self, name: str, column: Any) -> None:
        self.names.append(name)
        self.columns.append(column.astype(self._type, copy=False))

    def matrix(self, rows: int) -> Any:
        """One row a column: predictions read one feature of all blocks at a time. Uses up the columns."""
        import numpy as np

        out = np.empty((len(self.columns), rows), dtype=np.float32)
        for i in reversed(range(len(out))):
            out[i] = self.columns.pop()
        return out


@dataclass(frozen=True, slots=True)
class _Measures:
    """What several features are made of, a value for each block; `sums` are running sums over the blocks."""

    words: Any
    link: Any
    stop: Any
    stop_share: Any
    ends: Any
    breaks: Any
    hidden: Any
    long: Any
    level: Any
    han: Any
    chars: Any
    in_title: Any
    tokens: Any
    hints: Any
    total: float
    sums: dict[str, Any]

    def between(self, name: str, start: Any, end: Any) -> Any:
        """The sum of `name` over the blocks from `start` up to `end`."""
        return self.sums[name][end] - self.sums[name][start]


def describe(page: Page, evidence: Evidence) -> tuple[Table, dict[str, Any]]:
    """The features of a page's blocks, and the arrays that the second stage shares."""
    import numpy as np

    n = len(page.blocks)
    table = Table()
    element = np.fromiter((block.element for block in page.blocks), np.int64, n)
    containers = contain(page, element)
    at_element = distances(page, containers)[:, element]
    measures = _text(table, page, evidence, at_element[PATH_TAGS.index("p")] < 3)
    _path(table, at_element, containers.depth[element])
    holders = _containers(table, measures, containers, element)
    _core_features(table, measures, containers)
    same = _alike(table, measures, containers, element)
    _places(table, measures)
    _neighbours(table, measures, same)
    _whole_page(table, page, measures, evidence, at_element)
    shared = {
        "words": measures.words,
        "link": measures.link,
        "long": measures.long,
        "holders": holders,
        "low": containers.low,
        "high": containers.high,
        "same": same,
    }
    return table, shared


def _text(table: Table, page: Page, evidence: Evidence, in_paragraph: Any) -> _Measures:
    import numpy as np

    add = table.add
    blocks, names = page.blocks, page.tree.names
    n = len(blocks)
    texts = [block.text for block in blocks]
    counts, words = count(texts)
    letters, digits, capitals, commas, ends, separators, other, han = counts
    chars = np.maximum(np.fromiter(map(len, texts), np.float32, n), 1)
    link = np.minimum(np.fromiter((block.link_chars for block in blocks), np.float32, n) / chars, 1)
    breaks = np.fromiter((block.line_breaks for block in blocks), np.float32, n)
    hidden = np.fromiter((block.hidden for block in blocks), np.float32, n)
    plain_words = words * (1 - link)
    total = max(float(words.sum()), 1.0)
    said = read_words(texts, evidence)
    floor = np.maximum(words, 1)
    stop = said["stop"]
    stop_share = stop / np.maximum(said["tokens"], 1)

    add("words", words)
    add("chars", chars)
    add("link", link)
    add("page_share", words / total)
    add("stop_share", stop_share)
    add("stop", stop)
    add("commas", commas)
    add("ends", ends)
    add("ends_per_word", ends / floor)
    add("digits", digits / chars)
    add("capitals", capitals / np.maximum(letters, 1))
    add("letters", letters / chars)
    add("chars_per_word", letters / floor)
    add("other", other / chars)
    add("han", han / chars)
    add("separators", separators)
    add("breaks", breaks)
    add("hidden", hidden)
    add("runs", np.fromiter((len(block.runs) for block in blocks), np.float32, n))
    for name, column in said.items():
        if name not in ("tokens", "stop", "hints"):
            add(name, column)
    for i, name in enumerate(lexicon().text_groups):
        add(f"says_{name}", said["hints"][i])

    long = (plain_words >= LONG_WORDS) & (link < 0.5)
    level = np.fromiter((HEADINGS.get(names[block.element], 0) for block in blocks), np.float32, n)
    sums = {
        "words": words,
        "plain": plain_words,
        "linked": words * link,
        "long": long,
        "long_words": words * long,
        "paragraph": words * in_paragraph,
        "ends": ends,
        "stop": stop,
        "headings": level > 0,
    }
    return _Measures(
        words, link, stop, stop_share, ends, breaks, hidden, long, level, han, chars, said["in_title"],
        said["tokens"], said["hints"], total, {name: _running(column) for name, column in sums.items()},
    )  # fmt: skip


def _path(table: Table, at_element: Any, depth: Any) -> None:
    for i, name in enumerate(PATH_TAGS):
        table.add(f"under_{name}", at_element[i])
    for i, name in enumerate(lexicon().markup_groups):
        table.add(f"in_{name}", at_element[len(PATH_TAGS) + i])
    table.add("depth", depth)


def _containers(table: Table, measures: _Measures, containers: Containers, element: Any) -> list[Any]:
    """The containers of each block, from the nearest on."""
    import numpy as np

    add, between = table.add, measures.between
    holder = element
    position = np.arange(len(element))
    holders = []
    for hop in range(HOPS):
        holder = containers.up[holder] if hop else element
        holders.append(holder)
        start, end = containers.low[holder], containers.high[holder]
        held = np.maximum(between("words", start, end), 1)
        add(f"c{hop}_words", held)
        add(f"c{hop}_share", held / measures.total)
        add(f"c{hop}_link", between("linked", start, end) / held)
        add(f"c{hop}_blocks", end - start)
        add(f"c{hop}_paragraph", between("paragraph", start, end) / held)
        add(f"c{hop}_stop", between("stop", start, end) / held)
        add(f"c{hop}_long", between("long", start, end))
        add(f"c{hop}_long_share", between("long_words", start, end) / held)
        add(f"c{hop}_first", (position - start) / np.maximum(end - start, 1))
    return holders


def _core_features(table: Table, measures: _Measures, containers: Containers) -> None:
    """The core: the deepest element that holds most of the text outside links."""
    import numpy as np

    n = len(measures.words)
    position = np.arange(n)
    low, high = containers.low, containers.high
    for label, share, weight in (("core", 0.5, "plain"), ("core70", 0.7, "long_words"), ("core30", 0.35, "long_words")):
        core = _core(measures.sums[weight], low, high, share)
        inside = (low[core] <= position) & (position < high[core])
        outside = np.where(position < low[core], position - low[core], position - high[core] + 1)
        table.add(f"{label}_inside", inside)
        table.add(f"{label}_distance", np.where(inside, 0, outside))
        table.add(f"{label}_share", (high[core] - low[core]) / max(n, 1))


def _alike(table: Table, measures: _Measures, containers: Containers, element: Any) -> Any:
    """Blocks with the same path. Returns a number for each group by tags and classes."""
    import numpy as np

    words = measures.words
    group = np.zeros(0, dtype=np.int64)
    for label, key in (("path", containers.path[element]), ("classed", containers.classed[element])):
        _, group = np.unique(key, return_inverse=True)
        members = np.bincount(group)
        held = np.bincount(group, words)
        floor = np.maximum(held, 1)
        table.add(f"{label}_blocks", members[group])
        table.add(f"{label}_share", (held / measures.total)[group])
        table.add(f"{label}_link", (np.bincount(group, words * measures.link) / floor)[group])
        table.add(f"{label}_stop", (np.bincount(group, measures.stop) / floor)[group])
        table.add(f"{label}_long", (np.bincount(group, measures.long) / members)[group])
        table.add(f"{label}_mean", (held / members)[group])
    return group


def _places(table: Table, measures: _Measures) -> None:
    """Position, and the last heading."""
    import numpy as np

    add = table.add
    words, level, sums = measures.words, measures.level, measures.sums
    n = len(words)
    position = np.arange(n)
    before = sums["words"][:-1]
    add("position", position / max(n - 1, 1))
    add("position_words", before / measures.total)
    add("from_start", position)
    add("from_end", n - 1 - position)
    firsts = np.flatnonzero(level == 1)
    titled = np.flatnonzero((measures.in_title > 0.7) & (measures.tokens > 2))
    for label, found in (("from_h1", firsts), ("from_title", titled)):
        add(label, position - int(found[0]) if len(found) else np.full(n, -1000))
    is_heading = level > 0
    add("heading_level", level)
    last = _last(is_heading)
    has = last >= 0
    add("heading_before", np.where(has, level[last], 0))
    add("since_heading", np.where(has, position - last, -1))
    add("words_since_heading", np.where(has, before - sums["words"][last + 1], -1))
    add("heading_words", np.where(has, words[last], -1))
    add("heading_in_title", np.where(has, measures.in_title[last], -1))
    for name in HEADING_HINTS:
        add(f"heading_says_{name}", np.where(has, measures.hints[lexicon().text_groups.index(name)][last], 0))


def _neighbours(table: Table, measures: _Measures, same: Any) -> None:
    import numpy as np

    n = len(measures.words)
    position = np.arange(n)
    for shift in (-3, -2, -1, 1, 2, 3):
        for name, column in (
            ("words", measures.words),
            ("link", measures.link),
            ("stop", measures.stop_share),
            ("ends", measures.ends),
            ("heading", measures.level),
        ):
            table.add(f"n{shift}_{name}", _shifted(column, shift))
        table.add(f"n{shift}_same", _shifted(same, shift) == same)
    for width in (3, 8, 20):
        start, end = np.maximum(position - width, 0), np.minimum(position + width + 1, n)
        held = np.maximum(measures.between("words", start, end), 1)
        table.add(f"w{width}_link", measures.between("linked", start, end) / held)
        table.add(f"w{width}_long", measures.between("long_words", start, end) / held)
        table.add(f"w{width}_stop", measures.between("stop", start, end) / held)
        table.add(f"w{width}_words", held / (end - start))
        table.add(f"w{width}_ends", measures.between("ends", start, end) / held)


def _whole_page(table: Table, page: Page, measures: _Measures, evidence: Evidence, at_element: Any) -> None:
    import numpy as np

    n = len(measures.words)
    words, sums, total = measures.words, measures.sums, measures.total
    text_groups, markup_groups = lexicon().text_groups, lexicon().markup_groups
    features: dict[str, float] = {
        "blocks": n,
        "words": total,
        "link": float(sums["linked"][-1]) / total,
        "long": float(sums["long"][-1]),
        "long_share": float(sums["long_words"][-1]) / total,
        "stop": float(sums["stop"][-1]) / total,
        "breaks": float(measures.breaks.sum()),
        "han": float(measures.han.sum()) / float(measures.chars.sum()) if n else 0.0,
        "elements": len(page.tree.names),
        "headings": float(sums["headings"][-1]),
        "hidden": float((words * measures.hidden).sum()) / total,
    }
    features |= evidence.page
    for name in PAGE_SAYS:
        features[f"says_{name}"] = float(measures.hints[text_groups.index(name)].sum()) / max(n, 1)
    for name in PAGE_UNDER:
        features[f"under_{name}"] = float(words[at_element[PATH_TAGS.index(name)] < FAR].sum()) / total
    for name in PAGE_IN:
        below = at_element[len(PATH_TAGS) + markup_groups.index(name)] < FAR
        features[f"in_{name}"] = float(words[below].sum()) / total
    for name, value in features.items():
        table.add(f"page_{name}", np.float32(value))


def _last(where: Any) -> Any:
    """Of each block: the last block before it where `where` holds; -1 if there is none."""
    import numpy as np

    last = np.maximum.accumulate(np.where(where, np.arange(len(where)), -1)) if len(where) else where.astype(int)
    return np.concatenate(([-1], last[:-1])) if len(where) else last


def _running(column: Any) -> Any:
    import numpy as np

    return np.concatenate(([0.0], np.cumsum(column, dtype=np.float64)))


def _shifted(column: Any, shift: int) -> Any:
    import numpy as np

    out = np.full(len(column), -1.0, dtype=np.float32)
    if shift > 0:
        out[:-shift] = column[shift:]
    else:
        out[-shift:] = column[:shift]
    return out


def _core(running: Any, low: Any, high: Any, share: float) -> int:
    import numpy as np

    holding = running[high] - running[low] >= share * running[-1]
    return int(np.flatnonzero(holding)[-1]) if running[-1] > 0 and holding.any() else 0
