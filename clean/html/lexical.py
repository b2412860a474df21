"""What the words of each block say: stop words, hints, repetition, and what title and description share with them.

All words of a page are numbered once; everything after that is said of the numbers, with numpy.
"""

from __future__ import annotations

import re
from typing import Any

from clean.html.evidence import Evidence
from clean.html.lexicon import lexicon

FIRST_WORDS = 50
"""Words of a block in which hints are looked for."""

RUN = 4
"""Words in a row that stand elsewhere too make a repetition."""

DATA_RUN = 5
"""Words of a block's beginning that are looked for in JSON-LD."""

_WORD_OR_BORDER = re.compile(r"\w+|\n")
_NUMBER = re.compile(r"\d+")
_MULTIPLIER = 0x9E3779B97F4A7C15
_ENDS = frozenset('.!?…。！？؟।"”»')


def read_words(texts: list[str], evidence: Evidence) -> dict[str, Any]:
    """Named columns, a value for each text; `hints` has a row for each text group. Texts hold no line breaks."""
    import numpy as np

    n = len(texts)
    found = _WORD_OR_BORDER.findall("\n".join(texts).lower())
    vocabulary = {word: i for i, word in enumerate(dict.fromkeys(found))}
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
    is_stop = np.fromiter(map(stop_words.__contains__, vocabulary), bool, width)
    in_title = np.fromiter(map(evidence.title.__contains__, vocabulary), bool, width)
    in_description = np.fromiter(map(evidence.description.__contains__, vocabulary), bool, width)
    pairs, where = np.unique(block * width + word, return_index=True)
    pair_block, pair_word = pairs // max(width, 1), pairs % max(width, 1)
    different = np.maximum(np.bincount(pair_block, minlength=n), 1)

    hints = np.zeros((len(lists.text_groups), n), dtype=np.float32)
    hinting: dict[int, tuple[int, ...]] = {vocabulary[w]: groups[w] for w in vocabulary.keys() & groups.keys()}
    if hinting:
        known = np.zeros(width, dtype=bool)
        known[list(hinting)] = True
        at = np.flatnonzero(known[pair_word] & (rank[where] < FIRST_WORDS))
        for i, w in zip(pair_block[at].tolist(), pair_word[at].tolist(), strict=True):
            for group in hinting[w]:
                hints[group, i] += 1

    same_before, same_after = _occurrences(texts)
    shape_before, shape_after = _occurrences([_NUMBER.sub("0", text) for text in texts])
    run_before, run_after = _repeated_runs(word, block, rank, size)
    out: dict[str, Any] = {
        "tokens": size,
        "stop": np.bincount(block, is_stop[word], n),
        "distinct": np.where(size > 0, different / floor, 0),
        "in_title": np.bincount(pair_block, in_title[pair_word], n) / different,
        "description_overlap": np.bincount(pair_block, in_description[pair_word], n) / different,
        "in_data": _in_data(found, border, size, evidence),
        "same_before": same_before,
        "same_after": same_after,
        "shape_before": shape_before,
        "shape_after": shape_after,
        "run_before": run_before,
        "run_after": run_after,
        "first_is_digit": np.fromiter((text[0].isdigit() for text in texts), np.float32, n),
        "first_is_capital": np.fromiter((text[0].isupper() for text in texts), np.float32, n),
        "first_is_symbol": np.fromiter((not text[0].isalnum() for text in texts), np.float32, n),
        "first_is_note": np.fromiter((text[0] in "*†‡◊§^" for text in texts), np.float32, n),
        "ends_in_punctuation": np.fromiter((text[-1] in _ENDS for text in texts), np.float32, n),
        "ends_in_colon": np.fromiter((text[-1] in ":：" for text in texts), np.float32, n),
        "ends_in_question": np.fromiter((text[-1] in "?？" for text in texts), np.float32, n),
    }
    out["hints"] = hints
    return out


def _occurrences(texts: list[str]) -> tuple[Any, Any]:
    """How often each text stood before, and stands again after."""
    import numpy as np

    seen: dict[str, int] = {}
    before = []
    for text in texts:
        count = seen.get(text, 0)
        before.append(count)
        seen[text] = count + 1
    every = np.fromiter(map(seen.__getitem__, texts), np.float32, len(texts))
    earlier = np.array(before, dtype=np.float32)
    return earlier, every - earlier - 1


def _repeated_runs(word: Any, block: Any, rank: Any, size: Any) -> tuple[Any, Any]:
    """The share of each block's runs of `RUN` words that an earlier block has too, and that a later one has."""
    import numpy as np

    n = len(size)
    inside = np.flatnonzero(rank + RUN <= size[block])
    if not len(inside):
        return np.zeros(n), np.zeros(n)
    run = np.zeros(len(inside), dtype=np.uint64)
    for i in range(RUN):
        run = (run + word[inside + i].astype(np.uint64) + np.uint64(1)) * np.uint64(_MULTIPLIER)
        run ^= run >> np.uint64(29)
    of = block[inside]
    _, number = np.unique(run, return_inverse=True)
    lowest = np.full(int(number.max()) + 1, n)
    highest = np.full(len(lowest), -1)
    # Blocks stand in order: the last write of the reversed array is the first occurrence.
    lowest[number[::-1]] = of[::-1]
    highest[number] = of
    runs = np.maximum(np.bincount(of, minlength=n), 1)
    return np.bincount(of, lowest[number] < of, n) / runs, np.bincount(of, highest[number] > of, n) / runs


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
