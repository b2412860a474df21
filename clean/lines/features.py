"""All that the model is told of the lines of a document, in two parts.

Their shapes and where they stand are computed for every document; their words, which take longer, only where the first
part leaves it open whether a line goes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from clean.document import UNDETERMINED
from clean.lines import layout, shape, wording, words
from clean.lines.lexicon import Lexicon

LEXICAL = ("lex", "lex_high", "lex_low", "lex_known", "lex_mean")
"""Of the learned words: sum, highest, lowest, whether the language was learned, sum by the root of how many."""
MOST_TOPICAL = 5.0

SEEN = (*shape.NAMES, *layout.NAMES)
"""The names of the rows of `seen`."""


@lru_cache(maxsize=1)
def said_names() -> tuple[str, ...]:
    """The names of the rows of `said`."""
    return (*LEXICAL, "topical", *(f"topic_{name}" for name in words.topic_names()))


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """The names of all features: the rows of `seen`, of `said`, of `wording.describe`."""
    return (*SEEN, *said_names(), *wording.NAMES)


@lru_cache(maxsize=1)
def said_rows() -> dict[str, int]:
    """The rows of `said` by name."""
    return {name: row for row, name in enumerate(said_names())}


def seen(
    shapes: Any, groups: Sequence[int], languages: Sequence[str], language: str, ruled: Any
) -> tuple[Any, dict[str, Any]]:
    """A row for each of `SEEN`, and the arrays that what comes later needs as well.

    Args:
        shapes: what `shape.shapes` makes.
        language: the document's.
        ruled: of each line, 1 where a rule takes it out, else 0.
    """
    import numpy as np

    same = (language, UNDETERMINED)
    foreign = [language != UNDETERMINED and code not in same for code in languages]
    around, shared = layout.describe(groups, np.array(foreign, dtype=np.float32), ruled, shapes)
    return np.concatenate((shapes, around)), shared


def said(texts: Sequence[str], languages: Sequence[str], shapes: Any, lexicon: Lexicon, known: Collection[str]) -> Any:
    """What the words of each line say: a row for each of `said_names`, a column for each text, none of them empty.

    Args:
        languages: of each line; of one in none, the document's.
        shapes: what `shape.shapes` makes.
        known: the languages that the lexicon was learned in.
    """
    import numpy as np

    topical = len(LEXICAL)
    out = np.zeros((len(said_names()), len(texts)), dtype=np.float32)
    learned: list[int] = []
    lines: list[list[str]] = []
    topics: list[tuple[int, int, int]] = []
    for i, (text, language) in enumerate(zip(texts, languages, strict=True)):
        tokens = words.tokens(text)
        topics += [(topic, i, n) for topic, n in words.topics(language).count(text, tokens).items()]
        if language in known and tokens:
            learned.append(i)
            lines.append(tokens)
    if topics:
        topic, line, count = np.array(topics).T
        out[topic + topical + 1, line] = count
    out[LEXICAL.index("lex_known")] = [language in known for language in languages]
    if learned:
        out[:topical, learned] = lexicon.weigh(lines)
    size = np.sqrt(np.maximum(shapes[shape.NAMES.index("words")], 1))
    out[topical] = np.minimum(out[topical + 1 :].sum(axis=0) / size, MOST_TOPICAL)
    return out


def whole(seen: Any, said: Any, keys: Any, shared: dict[str, Any]) -> Any:
    """A row for each of `names`."""
    import numpy as np

    return np.concatenate((seen, said, wording.describe(keys, shared["words"], said, said_rows())))


def effective(languages: Sequence[str], language: str) -> list[str]:
    """The language of each line; of a line in none, the document's."""
    return [language if own == UNDETERMINED else own for own in languages]
