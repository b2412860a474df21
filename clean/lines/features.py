"""All that the model is told of the lines of a document, in two parts: the line itself, and where it stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Any

from clean.document import UNDETERMINED
from clean.lines import layout, shape, words

LEXICAL = ("lex", "lex_high", "lex_low", "lex_known", "lex_mean")
"""Of the learned words: sum, highest, lowest, whether the language was learned, sum by the root of how many."""
MOST_TOPICAL = 5.0


def own_names() -> tuple[str, ...]:
    """The names of the rows of `own`."""
    return (*shape.NAMES, *LEXICAL, "topical", *(f"topic_{name}" for name in words.topic_names()))


def own(texts: Sequence[str], languages: Sequence[str], weights: Mapping[str, float], known: Collection[str]) -> Any:
    """What each line says for itself: a row for each of `own_names`, a column for each text, none of them empty.

    Args:
        languages: of each line; of one in none, the document's.
        weights: of learned words and pairs.
        known: the languages that they were learned in.
    """
    import numpy as np

    names = words.topic_names()
    said = np.zeros((len(texts), len(LEXICAL) + 1 + len(names)), dtype=np.float32)
    learned: list[int] = []
    grams: list[str] = []
    ends: list[int] = []
    for i, (text, language) in enumerate(zip(texts, languages, strict=True)):
        tokens = words.tokens(text)
        pairs = words.joined(tokens)
        for topic, count in words.topics(language).count(text, tokens, pairs).items():
            said[i, len(LEXICAL) + 1 + topic] = count
        if language in known:
            said[i, LEXICAL.index("lex_known")] = 1
            if tokens:
                grams += words.grams(tokens, pairs)
                learned.append(i)
                ends.append(len(grams))
    if learned:
        said[learned, : len(LEXICAL)] = _lexical(grams, [0, *ends[:-1]], weights)
    said = said.T
    shapes = shape.shapes(texts)
    size = np.sqrt(np.maximum(shapes[shape.NAMES.index("words")], 1))
    said[len(LEXICAL)] = np.minimum(said[len(LEXICAL) + 1 :].sum(axis=0) / size, MOST_TOPICAL)
    return np.concatenate((shapes, said))


def _lexical(grams: Sequence[str], starts: Sequence[int], weights: Mapping[str, float]) -> Any:
    """The values of `LEXICAL` for lines whose grams stand one after another, each line's from its start on."""
    import numpy as np

    found = np.array(list(map(weights.get, grams, repeat(np.nan))), dtype=np.float64)
    there = ~np.isnan(found)
    size = np.add.reduceat(there, starts, dtype=np.int64)
    total = np.add.reduceat(np.where(there, found, 0), starts)
    highest = np.maximum.reduceat(np.where(there, found, -np.inf), starts)
    lowest = np.minimum.reduceat(np.where(there, found, np.inf), starts)
    some = size > 0
    return np.stack(
        [
            total,
            np.where(some, highest, 0),
            np.where(some, lowest, 0),
            np.ones(len(size)),
            total / np.sqrt(np.maximum(size, 1)),
        ],
        axis=1,
    )


def effective(languages: Sequence[str], language: str) -> list[str]:
    """The language of each line; of a line in none, the document's."""
    return [language if own == UNDETERMINED else own for own in languages]


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """The names of the rows of `describe`: those of `own`, then those of `layout`."""
    return (*own_names(), *layout.NAMES)


@lru_cache(maxsize=1)
def _rows() -> dict[str, int]:
    return {name: i for i, name in enumerate(own_names())}


def describe(
    keys: Sequence[layout.Key],
    groups: Sequence[int],
    languages: Sequence[str],
    language: str,
    ruled: Any,
    own: Any,
) -> tuple[Any, dict[str, Any]]:
    """All features, a row for each of `names`, and the arrays that the second stage needs as well.

    Args:
        keys: of each line, as `layout.keys` makes them.
        language: the document's.
        ruled: of each line, 1 where a rule takes it out, else 0.
        own: what `own` makes.
    """
    import numpy as np

    same = (language, UNDETERMINED)
    foreign = [language != UNDETERMINED and code not in same for code in languages]
    around, shared = layout.describe(keys, groups, np.array(foreign, dtype=np.float32), ruled, own, _rows())
    return np.concatenate((own, around)), shared
