"""RE2 patterns: compiled alone for their spans, and together into one scan that finds candidates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import re2

SET_MEMORY = 256 << 20
"""Bytes a set's automaton may take. When it has no room at all the set reports nothing, which would be a silent miss;
with room for its states it drops and rebuilds them as needed."""

ANCHORED = re.compile(r"(?:\(\?[a-z]+\))?\^")


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
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self.patterns = tuple(patterns)
        anchored = [i for i, pattern in enumerate(patterns) if ANCHORED.match(pattern)]
        others = sorted(set(range(len(patterns))) - set(anchored))
        self._sets = [(numbers, _compiled([patterns[i] for i in numbers])) for numbers in (anchored, others) if numbers]

    def match(self, text: str) -> list[int]:
        """Indices of the patterns that match, in order."""
        return sorted(numbers[i] for numbers, compiled in self._sets for i in compiled.Match(text) or ())


def _compiled(patterns: Sequence[str]) -> Any:
    compiled = re2.Set.SearchSet(_options(SET_MEMORY))
    for pattern in patterns:
        try:
            compiled.Add(pattern)
        except re2.error as error:
            raise ValueError(str(error)) from None
    compiled.Compile()
    return compiled


def _options(memory: int | None = None) -> Any:
    options = re2.Options()
    options.log_errors = False
    if memory is not None:
        options.max_mem = memory
    return options
