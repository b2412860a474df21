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
WORD = re.compile(r"\w+")
MIXED = re.compile(r"[\d_]")
"""In what has none of these, words are runs of `\\w`."""
NUMBER = "0"
"""Stands for every number."""

HEAD, TAIL = 24, 8
"""Words of a long line that are read, at its beginning and its end: that is where chrome shows itself."""
HEAD_CHARS, TAIL_CHARS = 240, 100
"""In so many characters they are looked for first; most lines have them there."""
WHOLE = 6
"""The longest line, in words, that is looked up whole."""
LONGEST = 4
"""Words of the longest phrase of a topic."""

UNSPACED_LANGUAGES = ("zh", "ja", "ko", "th")
FALLBACK = "en"


def tokens(text: str) -> list[str]:
    """The words of a line in lower case, numbers as `NUMBER`; of a long one, those at its ends."""
    lower = text.lower()
    if len(lower) > HEAD_CHARS + TAIL_CHARS:
        head, tail = _words(lower[:HEAD_CHARS]), _words(lower[-TAIL_CHARS:])
        if len(head) > HEAD and len(tail) > TAIL:  # the words where it was cut are not among those taken
            return head[:HEAD] + tail[-TAIL:]
    found = _words(lower)
    return found[:HEAD] + found[-TAIL:] if len(found) > HEAD + TAIL else found


def _words(lower: str) -> list[str]:
    if not MIXED.search(lower):
        return WORD.findall(lower)  # half the time
    return [NUMBER if word.isdecimal() else word for word in TOKEN.findall(lower)]


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
    begun: Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]]
    """By the first word of phrases, then by the second: their words."""
    inside: tuple[tuple[str, int], ...] = ()
    """Phrases of a language without spaces, looked for anywhere in a line."""

    def count(self, text: str, words: Sequence[str]) -> dict[int, int]:
        """How often each topic comes up, by number; of those that do."""
        counts: dict[int, int] = {}
        phrases, begun = self.phrases, self.begun
        if not begun.keys().isdisjoint(words):
            for i, word in enumerate(words):
                if word not in begun:
                    continue
                for topic in phrases.get(word, ()):
                    counts[topic] = counts.get(topic, 0) + 1
                following = begun[word]
                for phrase in following.get(words[i + 1], ()) if following and i + 1 < len(words) else ():
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
    """A phrase's words, joined and each by itself."""

    words: str
    parts: tuple[str, ...]


@lru_cache(maxsize=128)
def _phrases(code: str) -> tuple[tuple[int, str, _Phrase], ...]:
    """The phrases of one language, each with its topic. Those of `FALLBACK` are in every language's, and held once."""
    found = []
    for number, lists in enumerate(_lists().values()):
        for phrase in lists.get(code, ()):
            words = phrase if code in UNSPACED_LANGUAGES and not phrase.isascii() else " ".join(tokens(phrase))
            found.append((number, code, _Phrase(words, tuple(words.split(" ")))))
    return tuple(found)


@lru_cache(maxsize=128)
def topics(language: str) -> Topics:
    """The topics' phrases for lines in a language."""
    language = language.partition("-")[0]
    found: dict[str, tuple[int, ...]] = {}
    inside: list[tuple[str, int]] = []
    begun: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {}
    codes = dict.fromkeys((language, FALLBACK))
    for number, code, phrase in sorted(chain.from_iterable(map(_phrases, codes)), key=itemgetter(0)):
        words, parts = phrase
        if code in UNSPACED_LANGUAGES and not words.isascii():
            inside.append((words, number))
        elif words not in found:
            found[words] = (number,)
            following = begun.setdefault(parts[0], {})
            if len(parts) > 1:
                following[parts[1]] = (*following.get(parts[1], ()), parts)
        elif number not in found[words]:
            found[words] += (number,)
    return Topics(topic_names(), found, begun, tuple(inside))
