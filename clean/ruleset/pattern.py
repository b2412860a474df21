"""RE2 patterns: compiled alone for their spans, and together into one set for the scan that finds candidates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import re2

SET_MEMORY = 256 << 20
"""Bytes the set's automaton may take. When it has no room at all the set reports nothing, which would be a silent
miss; with room for its states it drops and rebuilds them as needed."""


def compile_pattern(pattern: str) -> Any:
    """A compiled RE2 regular expression. Raises ValueError with RE2's own words."""
    try:
        return re2.compile(pattern, _options())
    except re2.error as error:
        message = error.args[0]
        raise ValueError(message.decode("utf-8", "replace") if isinstance(message, bytes) else message) from None


class PatternSet:
    """Many patterns, one scan: which of them match somewhere in a text."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self.patterns = tuple(patterns)
        self._set = None
        if patterns:
            self._set = re2.Set.SearchSet(_options(SET_MEMORY))
            for pattern in patterns:
                self._set.Add(pattern)
            self._set.Compile()

    def match(self, text: str) -> list[int]:
        """Indices of the patterns that match, in order."""
        if self._set is None:
            return []
        return sorted(self._set.Match(text) or ())


def _options(memory: int | None = None) -> Any:
    options = re2.Options()
    options.log_errors = False
    if memory is not None:
        options.max_mem = memory
    return options
