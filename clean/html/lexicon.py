"""Word lists of the block model, and what they say of a word or a class name."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

PREFIX = 3
"""Characters by which words of class names are looked up: as many as the shortest has."""

LONGEST_NAME = 60
MOST_NAMES = 20
"""Limits of what is read of an element's names: utility classes come in dozens and say little."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word lists, ready to be asked."""

    stop_words: frozenset[str]
    words: dict[str, tuple[int, ...]]
    """The text groups of a word, by number."""
    text_groups: tuple[str, ...]
    markup_by_prefix: dict[str, tuple[str, ...]]
    """The words of `markup_words` by their first characters, longest first."""
    markup_words: dict[str, tuple[int, ...]]
    markup_groups: tuple[str, ...]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The shipped word lists."""
    home = files("clean.html")
    table = tomllib.loads(home.joinpath("hints.toml").read_text(encoding="utf-8"))
    words, markup_words = _by_word(table["text"]), _by_word(table["markup"])
    by_prefix: dict[str, list[str]] = {}
    for word in sorted(markup_words, key=lambda word: (-len(word), word)):
        by_prefix.setdefault(word[:PREFIX], []).append(word)
    return Lexicon(
        stop_words=frozenset(home.joinpath("stopwords.txt").read_text(encoding="utf-8").split()),
        words=words,
        text_groups=tuple(table["text"]),
        markup_by_prefix={prefix: tuple(found) for prefix, found in by_prefix.items()},
        markup_words=markup_words,
        markup_groups=tuple(table["markup"]),
    )


@lru_cache(maxsize=32768)
def markup_hints(name: str) -> int:
    """The markup groups of a class name, id or role: a bit for each."""
    words = lexicon()
    by_prefix = words.markup_by_prefix
    name = name[:LONGEST_NAME].lower()
    bits = at = 0
    while at <= len(name) - PREFIX:
        for word in by_prefix.get(name[at : at + PREFIX], ()):
            if name.startswith(word, at):
                for group in words.markup_words[word]:
                    bits |= 1 << group
                at += len(word) - 1
                break
        at += 1
    return bits


def element_hints(attributes: dict[str, str]) -> int:
    """The markup groups of an element by its attributes: a bit for each."""
    bits = 0
    if "class" in attributes:
        for name in attributes["class"].split()[:MOST_NAMES]:
            bits |= markup_hints(name)
    if "id" in attributes:
        bits |= markup_hints(attributes["id"])
    if "role" in attributes:
        bits |= markup_hints(attributes["role"])
    return bits


def _by_word(groups: dict[str, str]) -> dict[str, tuple[int, ...]]:
    out: dict[str, list[int]] = {}
    for number, group in enumerate(groups):
        for word in dict.fromkeys(groups[group].split()):
            out.setdefault(word, []).append(number)
    return {word: tuple(numbers) for word, numbers in out.items()}
