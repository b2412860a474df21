"""Report formats. Each is a function from checked documents to the pieces of a report, imported when it is used.

Formats that can, write as documents come; those that need totals, or a limit, hold the findings.
"""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from clean.checks.catalogue import Catalogue
from clean.checks.finding import Checked, Finding

FORMATS = {
    "full": ("text", "full"),
    "concise": ("text", "concise"),
    "json": ("data", "json_array"),
    "jsonl": ("data", "json_lines"),
    "github": ("github", "github"),
    "gitlab": ("gitlab", "gitlab"),
    "sarif": ("sarif", "sarif"),
    "junit": ("junit", "junit"),
}
"""Each format, the module it lives in and the function that makes it."""

FOR_PEOPLE = frozenset({"full", "concise"})


@dataclass(frozen=True, slots=True)
class Context:
    """What a format may want to know.

    Args:
        note: takes one line for the person who waits, such as that a report was cut short.
        width: columns of the terminal that findings are laid out for, below their file's name; None for plain lines.
        verbose: whether fingerprints are shown.
    """

    catalogue: Catalogue
    note: Callable[[str], None] = lambda message: None
    color: bool = False
    width: int | None = None
    verbose: bool = False


Format = Callable[[Iterable[Checked], Context], Iterator[str]]


def load(name: str) -> Format:
    """The format of that name."""
    module, function = FORMATS[name]
    found: Format = getattr(importlib.import_module(f"clean.checks.formats.{module}"), function)
    return found


@dataclass(slots=True)
class Occurrences:
    """Numbers findings that share a fingerprint: the first is 1."""

    _seen: Counter[str] = field(default_factory=Counter)

    def number(self, finding: Finding) -> int:
        self._seen[finding.fingerprint] += 1
        return self._seen[finding.fingerprint]
