"""What the words of each block say: stop words, hints, repetition, and what title and description share with them.

All words of a page are numbered once; everything after that is said of the numbers, with numpy.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from typing import Any

from clean.html.evidence import Evidence
from clean.html.lexicon import lexicon

FIRST_WORDS = 50
"""Words of a block in which hints are looked for."""

DATA_RUN = 5
"""Words of a block's beginning that are looked for in JSON-LD."""

_WORD_OR_BORDER = re.compile(r"\w+|\n")
_ENDS = frozenset('.!?…。！？؟।"”»')


def read_words(texts: list[str], evidence: Evidence) -> dict[str, Any]:
    """Named columns, a value for each text; `hints` has a row for each text group. Texts hold no line breaks."""
    import numpy as np

    n = len(texts)
    found = _WORD_OR_BORDER.findall("\n".join(texts).lower())
    vocabulary: dict[str, int] = defaultdict(itertools.count().__next__)
    numbers = np.fromiter(map(vocabulary.__getitem__, found), np.int64, len(found))
    border = numbers == vocabulary.get("\n", -1)
    block = np.cumsum(border)[~border]
    word = numbers[~border]
    size = np.bincount(block, minlength=n)
    floor = np.maximum(size, 1)
    first = np.cumsum(size) - size
    rank = np.arange(len(word)) - first[block]

    lists = lexicon()
    stop_words, groups = lists.stop_words, lists.words
    width = len(vocabulary)
    is_stop, in_title, in_description = np.zeros((3, width), dtype=bool)
    for listed, chosen in ((is_stop, stop_words), (in_title, evidence.title), (in_description, evidence.description)):
        listed[[vocabulary[w] for w in chosen.intersection(vocabulary)]] = True
    pairs = np.sort(block * width + word)
    pair_block, pair_word = np.divmod(pairs[np.diff(pairs, prepend=-1) > 0], max(width, 1))
    different = np.maximum(np.bincount(pair_block, minlength=n), 1)

    hints = np.zeros((len(lists.text_groups), n), dtype=np.float32)
    hinting: dict[int, tuple[int, ...]] = {vocabulary[w]: groups[w] for w in vocabulary.keys() & groups.keys()}
    if hinting:
        known = np.zeros(width, dtype=bool)
        known[list(hinting)] = True
        at = np.flatnonzero(known[word])
        at = at[rank[at] < FIRST_WORDS]
        for i, w in set(zip(block[at].tolist(), word[at].tolist(), strict=True)):
            for group in hinting[w]:
                hints[group, i] += 1

    out: dict[str, Any] = {
        "tokens": size,
        "stop": np.bincount(block, is_stop[word], n),
        "distinct": np.where(size > 0, different / floor, 0),
        "in_title": np.bincount(pair_block, in_title[pair_word], n) / different,
        "description_overlap": np.bincount(pair_block, in_description[pair_word], n) / different,
        "in_data": _in_data(found, border, size, evidence),
        "duplicates": _duplicates(texts),
        "first_is_digit": np.fromiter((text[0].isdigit() for text in texts), np.float32, n),
        "first_is_capital": np.fromiter((text[0].isupper() for text in texts), np.float32, n),
        "ends_in_punctuation": np.fromiter((text[-1] in _ENDS for text in texts), np.float32, n),
    }
    out["hints"] = hints
    return out


def _duplicates(texts: list[str]) -> Any:
    """How many other blocks say the same."""
    import numpy as np

    counts = Counter(texts)
    return np.fromiter(map(counts.__getitem__, texts), np.float32, len(texts)) - 1


def _in_data(found: list[str], border: Any, size: Any, evidence: Evidence) -> Any:
    """Whether JSON-LD says what each block begins with."""
    import numpy as np

    out = np.zeros(len(size), dtype=np.float32)
    if evidence.shingles:
        starts = np.concatenate(([0], np.flatnonzero(border) + 1))
        for i in np.flatnonzero(size >= DATA_RUN).tolist():
            start = int(starts[i])
            out[i] = " ".join(found[start : start + DATA_RUN]) in evidence.shingles
    return out
