"""Word lists of the block model, and what they say of a word or a class name."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word lists, ready to be asked."""

    stop_words: frozenset[str]
    words: dict[str, tuple[int, ...]]
    """The text groups of a word, by number."""
    text_groups: tuple[str, ...]
    markup: re.Pattern[str]
    """Finds the words of `markup_words` in a class name."""
    markup_words: dict[str, tuple[int, ...]]
    markup_groups: tuple[str, ...]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The shipped word lists."""
    home = files("clean.html")
    table = tomllib.loads(home.joinpath("hints.toml").read_text(encoding="utf-8"))
    words, markup_words = _by_word(table["text"]), _by_word(table["markup"])
    longest_first = sorted(markup_words, key=lambda word: (-len(word), word))
    return Lexicon(
        stop_words=frozenset(home.joinpath("stopwords.txt").read_text(encoding="utf-8").split()),
        words=words,
        text_groups=tuple(table["text"]),
        markup=re.compile("|".join(map(re.escape, longest_first))),
        markup_words=markup_words,
        markup_groups=tuple(table["markup"]),
    )


@lru_cache(maxsize=8192)
def markup_hints(names: str) -> tuple[int, ...]:
    """The markup groups of an element's class names, id and role."""
    words = lexicon()
    found = {group for word in set(words.markup.findall(names.lower())) for group in words.markup_words[word]}
    return tuple(sorted(found))


def _by_word(groups: dict[str, str]) -> dict[str, tuple[int, ...]]:
    out: dict[str, list[int]] = {}
    for number, group in enumerate(groups):
        for word in dict.fromkeys(groups[group].split()):
            out.setdefault(word, []).append(number)
    return {word: tuple(numbers) for word, numbers in out.items()}
