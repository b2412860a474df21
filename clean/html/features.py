"""What the model knows of each block: its text, its path, its containers, its neighbours and its page, in numbers.

Everything that can be said of all blocks at once is said with numpy over the page's arrays.
"""

from __future__ import annotations

import itertools
import re
from typing import Any

from clean.html.blocks import Page
from clean.html.characters import count
from clean.html.evidence import Evidence
from clean.html.lexicon import lexicon

PATH_TAGS = tuple(
    str.split("""a article aside blockquote body button center code dd details dl dt fieldset figcaption figure
        footer form h1 h2
    h3 h4 h5 h6 header label li main nav ol p pre section span strong summary table tbody td th tr ul div""")
)
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
FAR = 30
"""The distance of an ancestor that is not there."""

HOPS = 5
FIRST_WORDS = 50
LONG_WORDS = 12
"""A block of so many words outside links is taken for running text by the container features."""

_WORD = re.compile(r"\w+")


class Table:
    """Named columns of equal length."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.columns: list[Any] = []

    def add(self, name: str, column: Any) -> None:
        self.names.append(name)
        self.columns.append(column)

    def matrix(self, rows: int) -> Any:
        """One row a column: predictions read one feature of all blocks at a time."""
        import numpy as np

        out = np.empty((len(self.columns), rows), dtype=np.float32)
        for i, column in enumerate(self.columns):
            out[i] = column
        return out


def describe(page: Page, evidence: Evidence) -> tuple[Table, dict[str, Any]]:
    """The features of a page's blocks, and the arrays that the second stage shares."""
    import numpy as np

    blocks, tree = page.blocks, page.tree
    n = len(blocks)
    table = Table()
    add = table.add
    texts = [block.text for block in blocks]
    element = np.fromiter((block.element for block in blocks), np.int64, n)
    counts, words = count(texts)
    letters, digits, capitals, commas, ends, separators, other, han = counts
    chars = np.maximum(np.fromiter(map(len, texts), np.float32, n), 1)
    link = np.minimum(np.fromiter((block.link_chars for block in blocks), np.float32, n) / chars, 1)
    breaks = np.fromiter((block.line_breaks for block in blocks), np.float32, n)
    plain_words = words * (1 - link)
    total = max(float(words.sum()), 1.0)

    lexical = _lexical(texts, evidence)
    stop, distinct, first_is_digit = lexical["stop"], lexical["distinct"], lexical["first_is_digit"]
    hints = lexical["hints"]
    word_floor = np.maximum(words, 1)
    stop_share = stop / np.maximum(lexical["tokens"], 1)

    add("words", words)
    add("chars", chars)
    add("link", link)
    add("page_share", words / total)
    add("stop_share", stop_share)
    add("stop", stop)
    add("commas", commas)
    add("ends", ends)
    add("ends_per_word", ends / word_floor)
    add("ends_in_punctuation", lexical["ends_in_punctuation"])
    add("digits", digits / chars)
    add("capitals", capitals / np.maximum(letters, 1))
    add("letters", letters / chars)
    add("chars_per_word", letters / word_floor)
    add("other", other / chars)
    add("han", han / chars)
    add("distinct", distinct)
    add("first_is_digit", first_is_digit)
    add("first_is_capital", lexical["first_is_capital"])
    add("duplicates", lexical["duplicates"])
    add("in_title", lexical["in_title"])
    add("description_overlap", lexical["in_description"])
    add("in_data", lexical["in_data"])
    add("separators", separators)
    add("breaks", breaks)
    hidden = np.fromiter((block.hidden for block in blocks), np.float32, n)
    add("hidden", hidden)
    add("runs", np.fromiter((len(block.runs) for block in blocks), np.float32, n))
    for i, name in enumerate(lexicon().text_groups):
        add(f"says_{name}", hints[i])

    # Elements: what they are, and which blocks they hold.
    elements = len(tree.names)
    parents = np.array(tree.parents, dtype=np.int64)
    up, low, high, depth, levels, path, classed = _containers(page, element)
    distance = _distances(page, parents, levels)
    at_element = distance[:, element]
    for i, name in enumerate(PATH_TAGS):
        add(f"under_{name}", at_element[i])
    for i, name in enumerate(lexicon().markup_groups):
        add(f"in_{name}", at_element[len(PATH_TAGS) + i])
    add("depth", depth[element])

    # Sums over any stretch of blocks, by differences of running sums.
    long_plain = (plain_words >= LONG_WORDS) & (link < 0.5)
    heading_level = np.fromiter((HEADINGS.get(tree.names[block.element], 0) for block in blocks), np.float32, n)
    is_heading = heading_level > 0
    in_paragraph = at_element[PATH_TAGS.index("p")] < 3
    sums = {
        "words": _running(words),
        "linked": _running(words * link),
        "long": _running(long_plain),
        "long_words": _running(words * long_plain),
        "paragraph": _running(words * in_paragraph),
        "ends": _running(ends),
        "stop": _running(stop),
        "commas": _running(commas),
        "headings": _running(is_heading),
    }

    def between(name: str, start: Any, end: Any) -> Any:
        return sums[name][end] - sums[name][start]

    holder = element
    position = np.arange(n)
    holders = []
    for hop in range(HOPS):
        holder = up[holder] if hop else element
        holders.append(holder)
        start, end = low[holder], high[holder]
        held = np.maximum(between("words", start, end), 1)
        add(f"c{hop}_words", held)
        add(f"c{hop}_share", held / total)
        add(f"c{hop}_link", between("linked", start, end) / held)
        add(f"c{hop}_blocks", end - start)
        add(f"c{hop}_paragraph", between("paragraph", start, end) / held)
        add(f"c{hop}_stop", between("stop", start, end) / held)
        add(f"c{hop}_long", between("long", start, end))
        add(f"c{hop}_long_share", between("long_words", start, end) / held)
        add(f"c{hop}_first", (position - start) / np.maximum(end - start, 1))

    # The core: the deepest element that holds most of the text outside links.
    for label, share, weight in (
        ("core", 0.5, plain_words),
        ("core70", 0.7, long_plain * words),
        ("core30", 0.35, long_plain * words),
    ):
        core = _core(_running(weight), low, high, share)
        inside = (low[core] <= position) & (position < high[core])
        add(f"{label}_inside", inside)
        add(
            f"{label}_distance",
            np.where(inside, 0, np.where(position < low[core], position - low[core], position - high[core] + 1)),
        )
        add(f"{label}_share", np.full(n, (high[core] - low[core]) / max(n, 1)))

    # Blocks with the same path.
    for label, key in (("path", path[element]), ("classed", classed[element])):
        _, group = np.unique(key, return_inverse=True)
        members = np.bincount(group)
        group_words = np.bincount(group, words)
        floor = np.maximum(group_words, 1)
        add(f"{label}_blocks", members[group])
        add(f"{label}_share", (group_words / total)[group])
        add(f"{label}_link", (np.bincount(group, words * link) / floor)[group])
        add(f"{label}_stop", (np.bincount(group, stop) / floor)[group])
        add(f"{label}_long", (np.bincount(group, long_plain) / members)[group])
        add(f"{label}_mean", (group_words / members)[group])
    _, same = np.unique(classed[element], return_inverse=True)

    # Position and headings.
    before = sums["words"][:-1]
    add("position", position / max(n - 1, 1))
    add("position_words", before / total)
    add("from_start", position)
    add("from_end", n - 1 - position)
    firsts = np.flatnonzero(heading_level == 1)
    anchor = int(firsts[0]) if len(firsts) else -1
    add("from_h1", position - anchor if anchor >= 0 else np.full(n, -1000))
    titled = np.flatnonzero((lexical["in_title"] > 0.7) & (lexical["tokens"] > 2))
    anchor = int(titled[0]) if len(titled) else -1
    add("from_title", position - anchor if anchor >= 0 else np.full(n, -1000))
    add("heading_level", heading_level)
    last = np.maximum.accumulate(np.where(is_heading, position, -1))
    before_last = np.concatenate(([-1], last[:-1])) if n else last
    has = before_last >= 0
    add("heading_before", np.where(has, heading_level[before_last], 0))
    add("since_heading", np.where(has, position - before_last, -1))
    add("words_since_heading", np.where(has, before - sums["words"][before_last + 1], -1))
    add("heading_words", np.where(has, words[before_last], -1))
    add("heading_in_title", np.where(has, lexical["in_title"][before_last], -1))
    for name in ("related", "comment", "share", "subscribe", "about", "faq", "review", "more", "contents"):
        i = lexicon().text_groups.index(name)
        add(f"heading_says_{name}", np.where(has, hints[i][before_last], 0))

    # Neighbours.
    for shift in (-3, -2, -1, 1, 2, 3):
        for name, column in (
            ("words", words),
            ("link", link),
            ("stop", stop_share),
            ("ends", ends),
            ("heading", heading_level),
        ):
            add(f"n{shift}_{name}", _shifted(column, shift))
        add(f"n{shift}_same", _shifted(same, shift) == same)
    for width in (3, 8, 20):
        start, end = np.maximum(position - width, 0), np.minimum(position + width + 1, n)
        held = np.maximum(between("words", start, end), 1)
        add(f"w{width}_link", between("linked", start, end) / held)
        add(f"w{width}_long", between("long_words", start, end) / held)
        add(f"w{width}_stop", between("stop", start, end) / held)
        add(f"w{width}_words", held / (end - start))
        add(f"w{width}_ends", between("ends", start, end) / held)

    # The page.
    page_features: dict[str, float] = {
        "blocks": n,
        "words": total,
        "link": float(sums["linked"][-1]) / total,
        "long": float(sums["long"][-1]),
        "long_share": float(sums["long_words"][-1]) / total,
        "stop": float(sums["stop"][-1]) / total,
        "breaks": float(breaks.sum()),
        "han": float(han.sum()) / float(chars.sum()) if n else 0.0,
        "elements": elements,
        "headings": float(sums["headings"][-1]),
        "hidden": float((words * hidden).sum()) / total,
    }
    page_features |= evidence.page
    for i, name in enumerate(lexicon().text_groups):
        if name in ("price", "forum", "comment", "review", "dates", "cart", "faq", "byline", "filter", "contents"):
            page_features[f"says_{name}"] = float(hints[i].sum()) / max(n, 1)
    for name in ("li", "p", "article", "main", "nav", "footer", "pre", "table", "td"):
        below = at_element[PATH_TAGS.index(name)] < FAR
        page_features[f"under_{name}"] = float(words[below].sum()) / total
    for name in (
        "comment",
        "product",
        "price",
        "review",
        "message",
        "list",
        "card",
        "code",
        "toc",
        "article",
        "service",
    ):
        i = len(PATH_TAGS) + lexicon().markup_groups.index(name)
        page_features[f"in_{name}"] = float(words[at_element[i] < FAR].sum()) / total
    for name, value in page_features.items():
        add(f"page_{name}", np.full(n, value, dtype=np.float32))
    shared = {
        "words": words,
        "link": link,
        "long": long_plain,
        "holders": holders,
        "low": low,
        "high": high,
        "same": same,
    }
    return table, shared


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


def _containers(page: Page, element: Any) -> tuple[Any, Any, Any, Any, list[Any], Any, Any]:
    """Of each element: the next ancestor with more blocks, its blocks' range, depth, path numbers; and the levels."""
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
        up[e] = up[p] if low[p] == low[e] and high[p] == high[e] else p
        name = names[e]
        path[e] = paths.setdefault((path[p], name), len(paths) + 1)
        own = attributes[e].values.get("class", "")
        first = own.split(None, 1)[0] if own and not own.isspace() else ""
        classed[e] = classes.setdefault((classed[p], name, first), len(classes) + 1)
    # An element whose parent holds the same blocks stands for it: what is above is the first with more.
    levels_of = np.array(depth, dtype=np.int64)
    order = np.argsort(levels_of, kind="stable")
    borders = np.searchsorted(levels_of[order], np.arange(1, int(levels_of.max(initial=0)) + 2))
    levels = [order[a:b] for a, b in itertools.pairwise(borders)]
    arrays = (np.array(x, dtype=np.int64) for x in (up, low, high))
    up_array, low_array, high_array = arrays
    return up_array, low_array, high_array, levels_of, levels, np.array(path), np.array(classed)


def _distances(page: Page, parents: Any, levels: list[Any]) -> Any:
    """Of each element (columns): how far up the nearest of each path tag and markup group stands (rows)."""
    import numpy as np

    columns = {name: i for i, name in enumerate(PATH_TAGS)}
    size = len(parents)
    groups = len(lexicon().markup_groups)
    own = np.zeros((size, len(PATH_TAGS) + groups), dtype=bool)
    tag = np.fromiter((columns.get(name, -1) for name in page.tree.names), np.int64, size)
    known = np.flatnonzero(tag >= 0)
    own[known, tag[known]] = True
    hints = np.fromiter((a.hints for a in page.attributes), np.int64, size)
    own[:, len(PATH_TAGS) :] = (hints[:, None] >> np.arange(groups)) & 1
    out = np.where(own, 0, FAR).astype(np.int8)
    for level in levels:
        out[level] = np.where(own[level], 0, np.minimum(out[parents[level]] + 1, FAR))
    return out.T


def _lexical(texts: list[str], evidence: Evidence) -> dict[str, Any]:
    """What takes a look at each block's words."""
    import numpy as np

    words_of = lexicon()
    stop_words, groups = words_of.stop_words, words_of.words
    known = groups.keys()
    n = len(texts)
    hints = np.zeros((len(words_of.text_groups), n), dtype=np.float32)
    names = (
        "tokens",
        "stop",
        "distinct",
        "in_title",
        "in_description",
        "in_data",
        "duplicates",
        "first_is_digit",
        "first_is_capital",
        "ends_in_punctuation",
    )
    out = {name: [0.0] * n for name in names}
    seen: dict[str, list[int]] = {}
    title, description, data = evidence.title, evidence.description, evidence.shingles
    for i, text in enumerate(texts):
        tokens = _WORD.findall(text.lower())
        size = len(tokens)
        seen.setdefault(text, []).append(i)
        out["first_is_digit"][i] = text[0].isdigit()
        out["first_is_capital"][i] = text[0].isupper()
        out["ends_in_punctuation"][i] = text[-1] in '.!?…。！？؟।"”»'
        if not size:
            continue
        out["tokens"][i] = size
        different = set(tokens)
        out["distinct"][i] = len(different) / size
        out["stop"][i] = sum(map(stop_words.__contains__, tokens))
        if title:
            out["in_title"][i] = len(different & title) / len(different)
        if description:
            out["in_description"][i] = len(different & description) / len(different)
        if data and size >= 5:
            out["in_data"][i] = " ".join(tokens[:5]) in data
        for word in (different if size <= FIRST_WORDS else set(tokens[:FIRST_WORDS])) & known:
            for group in groups[word]:
                hints[group, i] += 1
    for where in seen.values():
        if len(where) > 1:
            for i in where:
                out["duplicates"][i] = len(where) - 1
    result: dict[str, Any] = {name: np.array(values, dtype=np.float32) for name, values in out.items()}
    result["hints"] = hints
    return result
