"""A comparison for a person at a terminal: a unified diff, or one text with its changes inside, as `git` shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import click

from clean.diffs.hunks import Hunk, labelled
from clean.diffs.rows import Comparison, Part, Row
from clean.diffs.visible import visible, width
from clean.diffs.words import widened

MARGIN = 2
"""Blanks at least between a line and the rule beside it."""


class Terminal:
    """Writes hunks as lines of text.

    Args:
        names: readable names of rules by id.
        color: whether to colour; without, changes within lines are marked by brackets.
        stages: those that are compared, where the old text is not the file's.
        columns: the width of the terminal; 0 where there is none, and the rules follow their lines at once.
    """

    def __init__(
        self, names: Mapping[str, str], color: bool, columns: int = 0, stages: tuple[str, str] | None = None
    ) -> None:
        self.names = names
        self.color = color
        self.stages = stages
        self.columns = columns

    def unified(self, comparison: Comparison, found: Iterable[Hunk], name: str) -> Iterator[str]:
        """A unified diff with the rule beside each line that it changed."""
        return self._hunks(found, name, comparison, self._both)

    def words(self, comparison: Comparison, found: Iterable[Hunk], name: str) -> Iterator[str]:
        """Each changed line once, with what went and what came in place."""
        return self._hunks(found, name, comparison, self._woven)

    def _hunks(
        self,
        found: Iterable[Hunk],
        name: str,
        comparison: Comparison,
        change: Callable[[Comparison, Row], Iterator[str]],
    ) -> Iterator[str]:
        begun = False
        for hunk in found:
            if not begun:
                for n, sign in enumerate(("---", "+++")):
                    stage = "" if self.stages is None else f"  after {self.stages[n]}"
                    yield self._style(f"{sign} {visible(name)}{stage}", bold=True)
                begun = True
            yield self._style(hunk.title(comparison), fg="cyan")
            for item in hunk.items:
                if isinstance(item, int):
                    yield f" {visible(comparison.old_text(item))}".rstrip()
                else:
                    yield from change(comparison, item)

    def _both(self, comparison: Comparison, row: Row) -> Iterator[str]:
        parts = widened(comparison.parts(row)) if row.old and row.new else []
        if not parts:
            lines = [(comparison.old_text(line), "-", "red") for line in row.old]
            lines += [(comparison.new_text(line), "+", "green") for line in row.new]
            for text, sign, fg in lines:
                shown = visible(text, all_of_it=True)
                # A blank line goes with the one beside it, where the rule stands already.
                yield self._beside(
                    self._style(sign + shown, fg=fg), 1 + width(shown), row.rules if text.strip() else ()
                )
            return
        for sign, fg, index in (("-", "red", 0), ("+", "green", 1)):
            for n, line in enumerate(_lines(parts, index)):
                pieces = [(visible(text, changed), changed) for text, changed in line]
                painted = self._style(sign, fg=fg) + "".join(
                    self._style(text, fg=fg, reverse=changed or None) for text, changed in pieces if text
                )
                size = 1 + sum(width(text) for text, _ in pieces)
                yield self._beside(painted, size, row.rules if sign == "-" and n == 0 else ())

    def _woven(self, comparison: Comparison, row: Row) -> Iterator[str]:
        parts = widened(comparison.parts(row))
        out: list[str] = []
        size = 0
        for old, new, changed in parts:
            if not changed:
                out.append(visible(old))
                size += width(out[-1])
                continue
            for text, opening, closing, fg in ((old, "[-", "-]", "red"), (new, "{+", "+}", "green")):
                if text:
                    shown = "\n".join(visible(line, all_of_it=True) for line in text.split("\n"))
                    shown = shown if self.color else f"{opening}{shown}{closing}"
                    # Blanks show no colour of their own.
                    out.append(self._style(shown, fg=fg, reverse=not shown.strip() or None))
                    size += width(shown)
        if not "".join(out):  # an empty line that went or came
            out.append(self._style("" if self.color else "[--]" if row.old else "{++}"))
        seen = any((part.old + part.new).strip() for part in parts)
        yield self._beside(" " + "".join(out), 1 + size, row.rules if seen else ())

    def _beside(self, line: str, size: int, rules: Sequence[str]) -> str:
        if not rules:
            return line
        label = labelled(rules, self.names)
        if not self.columns:
            return f"{line}{' ' * MARGIN}{self._style('# ' + label)}"
        room = self.columns - 1
        last = size % self.columns
        if last + MARGIN + len(label) <= room:
            return line + " " * (room - last - len(label)) + self._style(label, dim=True)
        return f"{line}\n{' ' * max(0, room - len(label))}{self._style(label, dim=True)}"

    def _style(self, text: str, **style: object) -> str:
        return click.style(text, **style) if self.color and style else text  # type: ignore[arg-type]  # click's own names


def _lines(parts: Sequence[Part], index: int) -> list[list[tuple[str, bool]]]:
    """The old (0) or the new (1) side of parts, by lines."""
    lines: list[list[tuple[str, bool]]] = [[]]
    for part in parts:
        first, *others = (part.new if index else part.old).split("\n")
        lines[-1].append((first, part.changed))
        lines += [[(text, part.changed)] for text in others]
    return lines
