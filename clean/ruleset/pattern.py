r"""RE2 patterns: together one scan that finds which of them match, and each alone for the places of its matches.

Classes such as `\pL` are most of what a pattern costs to compile: hundreds of ranges, each time one is written. So
patterns are compiled with wider classes that hold all characters outside ASCII. On a text in ASCII such a pattern
means the same; on others it says which patterns to ask, and those that match are compiled as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any
from unicodedata import category

import re2

LEAST_MEMORY, MEMORY_PER_CHARACTER, MOST_MEMORY = 4 << 20, 104, 4 << 30
"""Bytes that a set and the states of its automaton may take, by the length of its patterns, and where to give up.
A fourth less is what the rules here need to be compiled. Where the room for states is used up, RE2 forgets all of them
and starts anew: 107,000 different lines took 19 µs each with 4 MB, 17.5 with 16, 12.6 with 32, 11.9 with 64. But each
process then grows by 3, 15, 30 and 61 MB over its first thousand pages, and a long run shall take what it takes at
its beginning."""

CANARY = "a set that finds this\0has room"
"""When a set's automaton has no room at all, the set reports nothing, which would be a silent miss."""

ANCHORED = re.compile(r"(?:\(\?[a-z]+\))?\^")

TOKEN = re.compile(
    r"""
      \\Q .*? (?: \\E | $ )
    | \\p (?: \{ [^}]* \} | . )
    | \\ .
    | \[ \^? \]? (?: \[: [^]]* :\] | \\. | [^\\\]] )* \]
    """,
    re.VERBOSE | re.DOTALL,
)
"""What a class of characters in a pattern may be, or may be mistaken for."""

CATEGORY = re.compile(r"\\p(?:\{([CLMNPSZ][a-z]?)\}|([CLMNPSZ]))|\\.", re.DOTALL)

FOLDED = ("L", "Lu", "Ll")
"""Categories that a long s and the sign of kelvin are in. Where case does not count they stand for s and k, so that
other classes must do without them to hold no more of ASCII than was written."""


def compile_pattern(pattern: str) -> Any:
    """A compiled RE2 regular expression. Raises ValueError with RE2's own words."""
    try:
        return re2.compile(pattern, _options())
    except re2.error as error:
        message = error.args[0]
        raise ValueError(message.decode("utf-8", "replace") if isinstance(message, bytes) else message) from None


class PatternSet:
    """Many patterns, one scan: which of them match somewhere in a text.

    Patterns that begin with `^` have an automaton of their own: most lines leave it after a few characters. Together
    with patterns that may begin anywhere it would keep track of both, in many times as many states (measured: twice the
    time until they are all built).

    Raises:
        ValueError: a pattern that RE2 does not read.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self.patterns = tuple(patterns)
        self._wide = tuple(map(widened, patterns))
        anchored = [i for i, pattern in enumerate(patterns) if ANCHORED.match(pattern)]
        others = sorted(set(range(len(patterns))) - set(anchored))
        self._sets = [
            (numbers, _compiled([self._wide[i] for i in numbers])) for numbers in (anchored, others) if numbers
        ]
        self._alone: dict[str, Any] = {}

    def match(self, text: str) -> list[int]:
        """Indices of the patterns that match, in order."""
        raw = text.encode()
        found = [numbers[i] for numbers, compiled in self._sets for i in compiled.Match(raw) or () if i < len(numbers)]
        found.sort()
        if not found or text.isascii():
            return found
        return [i for i in found if self._wide[i] == self.patterns[i] or self.alone(i, text).search(text)]

    def alone(self, i: int, text: str) -> Any:
        """One pattern, compiled for the likes of `text`."""
        pattern = self._wide[i] if text.isascii() else self.patterns[i]
        if pattern not in self._alone:
            self._alone[pattern] = compile_pattern(pattern)
        return self._alone[pattern]


def widened(pattern: str) -> str:
    """The pattern with all characters outside ASCII in each class of a general category, such as `\\pL`.

    It matches whatever `pattern` matches, and in ASCII just that. Classes of what is not in a category, and classes
    that are negated as a whole, stay as they are.
    """

    def of_class(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        return _wide(name) if name else found[0]

    def of_token(found: re.Match[str]) -> str:
        token = found[0]
        if token.startswith("["):
            return token if token.startswith("[^") else CATEGORY.sub(of_class, token)
        alone = CATEGORY.fullmatch(token)
        return f"[{of_class(alone)}]" if alone and alone.lastindex else token

    return TOKEN.sub(of_token, pattern) if r"\p" in pattern else pattern


@lru_cache(maxsize=64)
def _wide(name: str) -> str:
    """What stands in brackets for a category."""
    own = "".join(rf"\x{point:02x}" for point in range(0x80) if category(chr(point)).startswith(name))
    if name in FOLDED:
        return own + r"\x{80}-\x{10FFFF}"
    return own + r"\x{80}-\x{17E}\x{180}-\x{2129}\x{212B}-\x{10FFFF}"


def _compiled(patterns: Sequence[str]) -> Any:
    """A set of patterns, and the canary as the last."""
    memory = LEAST_MEMORY + MEMORY_PER_CHARACTER * sum(map(len, patterns))
    while memory <= MOST_MEMORY:
        compiled = re2.Set.SearchSet(_options(memory))
        for pattern in (*patterns, "^" + CANARY):
            try:
                compiled.Add(pattern)
            except re2.error as error:
                raise ValueError(str(error)) from None
        with suppress(re2.error):
            compiled.Compile()
            if compiled.Match(CANARY):
                return compiled
        memory *= 2
    raise ValueError("the patterns are too large together")


def _options(memory: int | None = None) -> Any:
    options = re2.Options()
    options.log_errors = False
    if memory is not None:
        options.max_mem = memory
    return options
