"""No stage is quadratic: twice the text costs about twice the work, counted in calls and in memory, not in seconds."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from clean import Cleaner

CLEANER = Cleaner()

PROSE = "The council of the city decided on Monday that the old harbour will be closed to ships for years to come."

HOSTILE: dict[str, Callable[[int], str]] = {
    "one line": lambda n: PROSE * n,
    "one-word lines": lambda n: "\n".join(f"word{i % 97}" for i in range(10 * n)),
    "opening brackets": lambda n: "(" * 100 * n,
    "opening square brackets": lambda n: "[" * 100 * n,
    "objects that never end": lambda n: '{"a":' * 20 * n,
    "strings that lie about their length": lambda n: 'string(99999) "' * 10 * n,
    "entities": lambda n: "&amp;" * 20 * n,
    "mojibake": lambda n: "Ã© " * 20 * n,
    "blanks": lambda n: "a" + " " * 100 * n + "b",
    "tickers": lambda n: "BTC 1.5\n" * 10 * n,
    "a title again and again": lambda n: "A title of words\n" * 10 * n + PROSE * 3,
    "removed lines in a chain": lambda n: "Back to top\n\n" * 10 * n,
    "spans in one line": lambda n: 'x {"a": 1, "b": 2} ' * 4 * n,
    "short foreign blocks": lambda n: f"{PROSE}\n\nTous droits réservés à l'auteur de cet article.\n\n" * (n // 2),
}


def work(text: str) -> tuple[int, int]:
    """Calls, of Python and C functions, and peak memory in bytes, of cleaning a text."""
    calls = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        CLEANER.clean_text(text).to_json()
    finally:
        sys.setprofile(None)
    tracemalloc.start()
    try:
        CLEANER.clean_text(text).to_json()
        return calls, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", HOSTILE)
def test_twice_the_text_costs_twice_the_work(kind: str) -> None:
    make = HOSTILE[kind]
    CLEANER.clean_text(make(8))  # loads what is loaded once
    calls, memory = work(make(100))
    calls_twice, memory_twice = work(make(200))
    assert calls_twice <= 2.2 * calls + 2_000
    assert memory_twice <= 2.2 * memory + 100_000
