"""The part of a comparison that is worth showing: changes, and a few lines around them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from clean.diffs.rows import Comparison, Row

CONTEXT = 3
"""Unchanged lines shown on either side of a change, as in any diff."""

Item = Row | int
"""A change, or the number of an old line that is shown as it is."""


@dataclass(slots=True)
class Hunk:
    """Changes near each other with the lines between them. Line numbers count from 0."""

    old_start: int
    new_start: int
    items: list[Item] = field(default_factory=list)

    @property
    def old_count(self) -> int:
        return sum(1 if isinstance(item, int) else len(item.old) for item in self.items)

    @property
    def new_count(self) -> int:
        return sum(1 if isinstance(item, int) else len(item.new) for item in self.items)

    def header(self) -> str:
        """Where it stands, in the form that `patch` reads."""
        return f"@@ -{span(self.old_start, self.old_count)} +{span(self.new_start, self.new_count)} @@"

    def title(self, comparison: Comparison) -> str:
        """The header for people: of a page, the lines of its markup."""
        lines = [line for item in self.items for line in ([item] if isinstance(item, int) else item.old)]
        if comparison.numbers is None or not lines:
            return self.header()
        first, last = comparison.number(lines[0]), comparison.number(lines[-1])
        return f"@@ line {first} of the markup @@" if first == last else f"@@ lines {first}-{last} of the markup @@"

    def rules(self, names: Mapping[str, str]) -> str:
        """The rules at work with the numbers of the old lines, such as `3-5 SOC001 visit-us; 9 ADS002 …`."""
        found: list[list[int | str]] = []
        for item in self.items:
            if isinstance(item, int) or not item.rules:
                continue
            label = labelled(item.rules, names)
            if found and found[-1][2] == label and found[-1][1] == item.old.start:
                found[-1][1] = item.old.stop
            else:
                found.append([item.old.start, item.old.stop, label])
        return "; ".join(f"{_lines(int(first), int(stop))} {label}" for first, stop, label in found)


def hunks(rows: Sequence[Row], shown: Callable[[Row], bool], context: int = CONTEXT) -> Iterator[Hunk]:
    """The rows that are `shown`, with their surroundings. Rows that are not count as left alone: as old lines."""
    before: deque[int] = deque(maxlen=context)
    hunk: Hunk | None = None
    trailing: list[int] = []
    new = 0
    for row in rows:
        if shown(row):
            if hunk is None:
                hunk = Hunk((row.old.start - len(before)), new - len(before), list(before))
            hunk.items += trailing
            hunk.items.append(row)
            trailing = []
            new += len(row.new)
            continue
        for line in row.old:
            new += 1
            before.append(line)
            if hunk is None:
                continue
            trailing.append(line)
            if len(trailing) > 2 * context:
                hunk.items += trailing[:context]
                yield hunk
                hunk, trailing = None, []
    if hunk is not None:
        hunk.items += trailing[:context]
        yield hunk


def labelled(rules: Sequence[str], names: Mapping[str, str]) -> str:
    """Rules as people read them: id and name."""
    return ", ".join(f"{rule} {names[rule]}" if rule in names else rule for rule in rules)


def span(start: int, count: int) -> str:
    """Lines as a hunk's header counts them, from 1."""
    # A range of no lines is named after the line before it.
    first = start + 1 if count else start
    return str(first) if count == 1 else f"{first},{count}"


def _lines(first: int, stop: int) -> str:
    return str(first + 1) if stop - first == 1 else f"{first + 1}-{stop}"
