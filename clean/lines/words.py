"""What a line's words say: of the topics of site chrome, in any language, and of what chrome was learned from.

The topics' words are lists (`vocabulary.toml`), of which the line's language and English count: chrome mixes them. The
learned weights of words and pairs of words count for languages that the training pages were in alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import chain, pairwise
from operator import itemgetter
from typing import NamedTuple

TOKEN = re.compile(r"[^\W\d_]+|\d+")
HAS_DIGIT = re.compile(r"\d")
NUMBER = "0"
"""Stands for every number."""

HEAD, TAIL = 24, 8
"""Words of a long line that are read, at its beginning and its end: that is where chrome shows itself."""
WHOLE = 6
"""The longest line, in words, that is looked up whole."""
LONGEST = 4
"""Words of the longest phrase of a topic."""

UNSPACED_LANGUAGES = ("zh", "ja", "ko", "th")
FALLBACK = "en"


def tokens(text: str) -> list[str]:
    """The words of a line in lower case, numbers as `NUMBER`; of a long one, those at its ends."""
    found = TOKEN.findall(text.lower())
    if len(found) > HEAD + TAIL:
        found = found[:HEAD] + found[-TAIL:]
    return [NUMBER if word.isdecimal() else word for word in found] if HAS_DIGIT.search(text) else found


def joined(words: Sequence[str]) -> list[str]:
    """Each two words that follow one another."""
    return list(map(" ".join, pairwise(words)))


def grams(words: Sequence[str], pairs: Sequence[str]) -> list[str]:
    """Words, pairs, the first and the last with a mark, and the whole line where it is short."""
    if not words:
        return []
    out = [*words, *pairs, "^" + words[0], words[-1] + "$"]
    if len(words) <= WHOLE:
        out.append("^" + " ".join(words) + "$")
    return out


@dataclass(frozen=True, slots=True)
class Topics:
    """The lists of one language and of English."""

    names: tuple[str, ...]
    phrases: Mapping[str, tuple[int, ...]]
    """The topics of a phrase, by number."""
    longer: Mapping[str, tuple[tuple[str, ...], ...]]
    """By the first two words of phrases, joined: their words."""
    inside: tuple[tuple[str, int], ...] = ()
    """Phrases of a language without spaces, looked for anywhere in a line."""

    def count(self, text: str, words: Sequence[str], pairs: Sequence[str]) -> dict[int, int]:
        """How often each topic comes up, by number; of those that do. `pairs` are the words' neighbours, joined."""
        counts: dict[int, int] = {}
        phrases, longer = self.phrases, self.longer
        for word in words:
            if word in phrases:
                for topic in phrases[word]:
                    counts[topic] = counts.get(topic, 0) + 1
        if not longer.keys().isdisjoint(pairs):
            for i, pair in enumerate(pairs):
                for phrase in longer.get(pair, ()):
                    size = len(phrase)
                    if size == 2 or tuple(words[i : i + size]) == phrase:
                        for topic in phrases[" ".join(phrase)]:
                            counts[topic] = counts.get(topic, 0) + size
        if self.inside:
            lower = text.lower()
            for part, topic in self.inside:
                if part in lower:
                    counts[topic] = counts.get(topic, 0) + 2
        return counts


@lru_cache(maxsize=1)
def _lists() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("clean.lines").joinpath("vocabulary.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def topic_names() -> tuple[str, ...]:
    return tuple(_lists())


class _Phrase(NamedTuple):
    """A phrase's words, the same in a row, and the first two of them joined where there are two."""

    words: str
    parts: tuple[str, ...]
    head: str


@lru_cache(maxsize=128)
def _phrases(code: str) -> tuple[tuple[int, str, _Phrase], ...]:
    """The phrases of one language, each with its topic. Those of `FALLBACK` are in every language's, and held once."""
    found = []
    for number, lists in enumerate(_lists().values()):
        for phrase in lists.get(code, ()):
            words = phrase if code in UNSPACED_LANGUAGES and not phrase.isascii() else " ".join(tokens(phrase))
            parts = tuple(words.split(" "))
            found.append((number, code, _Phrase(words, parts, " ".join(parts[:2]) if len(parts) > 1 else "")))
    return tuple(found)


@lru_cache(maxsize=128)
def topics(language: str) -> Topics:
    """The topics' phrases for lines in a language."""
    language = language.partition("-")[0]
    found: dict[str, tuple[int, ...]] = {}
    longer: dict[str, list[tuple[str, ...]]] = {}
    inside: list[tuple[str, int]] = []
    codes = dict.fromkeys((language, FALLBACK))
    for number, code, phrase in sorted(chain.from_iterable(map(_phrases, codes)), key=itemgetter(0)):
        if code in UNSPACED_LANGUAGES and not phrase.words.isascii():
            inside.append((phrase.words, number))
        elif phrase.words not in found:
            found[phrase.words] = (number,)
            if phrase.head:
                longer.setdefault(phrase.head, []).append(phrase.parts)
        elif number not in found[phrase.words]:
            found[phrase.words] += (number,)
    return Topics(topic_names(), found, {pair: tuple(those) for pair, those in longer.items()}, tuple(inside))
