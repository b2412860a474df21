"""All that the model is told of the lines of a document, in two parts: the line itself, and where it stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from clean.document import UNDETERMINED
from clean.lines import layout, shape, words
from clean.lines.lexicon import Lexicon

LEXICAL = ("lex", "lex_high", "lex_low", "lex_known", "lex_mean")
"""Of the learned words: sum, highest, lowest, whether the language was learned, sum by the root of how many."""
MOST_TOPICAL = 5.0


def own_names() -> tuple[str, ...]:
    """The names of the rows of `own`."""
    return (*shape.NAMES, *LEXICAL, "topical", *(f"topic_{name}" for name in words.topic_names()))


def own(texts: Sequence[str], languages: Sequence[str], lexicon: Lexicon, known: Collection[str]) -> Any:
    """What each line says for itself: a row for each of `own_names`, a column for each text, none of them empty.

    Args:
        languages: of each line; of one in none, the document's.
        known: the languages that the lexicon was learned in.
    """
    import numpy as np

    topical = len(LEXICAL)
    said = np.zeros((len(texts), topical + 1 + len(words.topic_names())), dtype=np.float32)
    learned: list[int] = []
    lines: list[list[str]] = []
    for i, (text, language) in enumerate(zip(texts, languages, strict=True)):
        tokens = words.tokens(text)
        for topic, count in words.topics(language).count(text, tokens).items():
            said[i, topical + 1 + topic] = count
        if language in known:
            said[i, LEXICAL.index("lex_known")] = 1
            if tokens:
                learned.append(i)
                lines.append(tokens)
    if learned:
        said[learned, :topical] = lexicon.weigh(lines)
    said = said.T
    shapes = shape.shapes(texts)
    size = np.sqrt(np.maximum(shapes[shape.NAMES.index("words")], 1))
    said[topical] = np.minimum(said[topical + 1 :].sum(axis=0) / size, MOST_TOPICAL)
    return np.concatenate((shapes, said))


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
