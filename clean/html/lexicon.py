"""Word lists of the block model, and what they say of a word or a class name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

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
    markup: re.Pattern[str]
    """Finds the longest word of class names at each place."""
    markup_bits: dict[str, int]
    """The markup groups of each such word: a bit for each."""
    markup_groups: tuple[str, ...]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The shipped word lists."""
    home = files("clean.html")
    table = tomllib.loads(home.joinpath("hints.toml").read_text(encoding="utf-8"))
    markup = _by_word(table["markup"])
    return Lexicon(
        stop_words=frozenset(home.joinpath("stopwords.txt").read_text(encoding="utf-8").split()),
        words=_by_word(table["text"]),
        text_groups=tuple(table["text"]),
        markup=re.compile(_pattern(markup)),
        markup_bits={word: sum(1 << group for group in groups) for word, groups in markup.items()},
        markup_groups=tuple(table["markup"]),
    )


@lru_cache(maxsize=32768)
def markup_hints(name: str) -> int:
    """The markup groups of a class name, id or role: a bit for each."""
    words = lexicon()
    bits = 0
    for word in words.markup.findall(name[:LONGEST_NAME].lower()):
        bits |= words.markup_bits[word]
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


def _pattern(words: Iterable[str]) -> str:
    """A pattern that takes the longest of the words at a place, and looks at each character once."""
    tree: dict[str, list[str]] = {}
    ends = False
    for word in words:
        ends = ends or not word
        if word:
            tree.setdefault(word[0], []).append(word[1:])
    branches = [re.escape(first) + _pattern(rest) for first, rest in sorted(tree.items())]
    if not branches:
        return ""
    return f"(?:{'|'.join(branches)}){'?' if ends else ''}"
