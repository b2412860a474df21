"""All that the model is told of the lines of a document, in two parts: the line itself, and where it stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
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
    for row, text, language in zip(said, texts, languages, strict=True):
        tokens = words.tokens(text)
        pairs = words.joined(tokens)
        for topic, count in words.topics(language).count(text, tokens, pairs).items():
            row[len(LEXICAL) + 1 + topic] = count
        if language in known:
            found = [weight for weight in map(weights.get, words.grams(tokens, pairs)) if weight is not None] or [0.0]
            total = sum(found)
            row[: len(LEXICAL)] = total, max(found), min(found), 1, total / len(found) ** 0.5
    said = said.T
    shapes = shape.shapes(texts)
    size = np.sqrt(np.maximum(shapes[shape.NAMES.index("words")], 1))
    said[len(LEXICAL)] = np.minimum(said[len(LEXICAL) + 1 :].sum(axis=0) / size, MOST_TOPICAL)
    return np.concatenate((shapes, said))


def effective(languages: Sequence[str], language: str) -> list[str]:
    """The language of each line; of a line in none, the document's."""
    return [language if own == UNDETERMINED else own for own in languages]


def describe(
    keys: Sequence[layout.Key],
    groups: Sequence[int],
    languages: Sequence[str],
    language: str,
    ruled: Any,
    columns: Any,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Named columns of all features, and the arrays that the second stage needs as well.

    Args:
        keys: of each line, as `layout.key` makes them.
        language: the document's.
        ruled: of each line, 1 where a rule takes it out, else 0.
        columns: of `own`.
    """
    import numpy as np

    own = dict(zip(own_names(), columns, strict=True))
    foreign = np.array([code not in (language, UNDETERMINED) for code in languages], dtype=np.float32)
    if language == UNDETERMINED:
        foreign[:] = 0
    around, shared = layout.describe(keys, groups, foreign, ruled, own)
    return {**own, **around}, shared
