"""A life in words: lines of text for a person, coloured where that is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import click

from clean.diffs.hunks import labelled
from clean.diffs.visible import visible
from clean.document import Removal
from clean.explain.life import Life
from clean.explain.verdict import Verdict
from clean.explain.witness import Sight

BYTES = 24
EXCERPT = 90
LABEL = 12

Style = Callable[..., str]


def told(life: Life, where: str, names: Mapping[str, str], color: bool) -> Iterator[str]:
    """The story of a line, from its bytes to its end.

    Args:
        where: what to call the document.
        names: readable names of rules by id.
    """

    def style(text: str, **more: Any) -> str:
        return click.style(text, **more) if color else text

    yield style(f"{visible(where)}: line {life.line:,} of {life.lines:,}", bold=True)
    yield ""
    yield from _rows("source", _source(life, style), style)
    yield from _rows("bytes", _bytes(life), style)
    yield from _rows("decoding", _decoding(life), style)
    if life.is_markup:
        yield from _rows("extract", _extract(life), style)
    yield from _rows("repair", _repair(life, style), style)
    for sights in _stretches(life.sights):
        first, last = sights[0].number, sights[-1].number
        label = f"pass {first}" if first == last else f"pass {first}-{last}"
        yield from _rows(label, _pass(sights[-1], style), style)
    yield from _rows("result", _result(life, names, style), style)


def excerpt(text: str, size: int = EXCERPT) -> str:
    """The beginning of a text, in one line, safe to print."""
    shown = visible(text[: size + 1], all_of_it=True)
    return shown if len(text) <= size and len(shown) <= size else shown[: size - 1] + "…"


def _rows(label: str, rows: Iterator[str], style: Style) -> Iterator[str]:
    for n, row in enumerate(rows):
        name = label if n == 0 else ""
        yield f"{style(name.ljust(LABEL), fg='cyan') if name else ' ' * LABEL}{row}"


def _source(life: Life, style: Style) -> Iterator[str]:
    start, end = life.span
    yield excerpt(life.text) if life.text.strip() else "blank: it separates what is above from what is below"
    yield f"characters {start:,} to {end:,}: {end - start:,}"
    if life.position is not None:
        at = life.position - start
        char = life.text[at : at + 1]
        what = f"U+{ord(char):04X} {visible(char, all_of_it=True)!s}" if char else "the line's end"
        yield f"column {at + 1:,}: {style(what, bold=True)} at offset {life.position:,}"


def _bytes(life: Life) -> Iterator[str]:
    start, end = life.in_bytes
    more = " …" if len(life.raw) > BYTES else ""
    yield f"{start:,} to {end:,}: {life.raw[:BYTES].hex(' ')}{more}"


def _decoding(life: Life) -> Iterator[str]:
    bom = f", after a byte order mark of {life.bom} bytes" if life.bom else ""
    yield f"{life.encoding}{bom}"
    for flag in life.decoding:
        yield f"{flag.rule.removeprefix('decode: ')} at {_columns(flag.source, life)}"


def _extract(life: Life) -> Iterator[str]:
    for removal in life.left_out:
        within = f", in {removal.path}" if removal.path else ""
        yield f"no content: {_columns(removal.source, life)}{_score(removal)}{within}"
    if not life.left_out:
        yield "no block is left out" if life.kept or life.removed else "markup alone: no text of the page"


def _repair(life: Life, style: Style) -> Iterator[str]:
    for edit in life.repairs:
        before, after = (
            style(repr(excerpt(text, 40)), fg=fg) for text, fg in ((edit.before, "red"), (edit.after, "green"))
        )
        yield f"{before} becomes {after} at {_columns(edit.source, life)}: {edit.rule}"
    for removal in life.repaired_away:
        yield f"nothing is left of {_columns(removal.source, life)}: {removal.rule}"
    if not life.repairs and not life.repaired_away:
        yield "nothing to repair"


def _pass(sight: Sight, style: Style) -> Iterator[str]:
    yield f"language  {_language(sight)}"
    for label, text in (("above", sight.above), ("below", sight.below)):
        yield f"{label:<8}  " + (style(excerpt(text, 60), dim=True) if text is not None else "nothing: it is an end")
    if not sight.verdicts:
        yield "rules     none matches"
    for n, verdict in enumerate(sight.verdicts):
        yield from _verdict("rules" if n == 0 else "", verdict, sight, style)


def _language(sight: Sight) -> str:
    others = ", ".join(f"{name} {score:.1%}" for name, score in sight.others)
    if not sight.score:
        best = f"; likeliest {others}" if others else "; it has no words to tell by"
        return f"undetermined{best}; the document's is {sight.document_language}"
    second = f"; then {others}" if others else ""
    return f"{sight.language} {sight.score:.1%}{second}; the document's is {sight.document_language}"


def _verdict(label: str, verdict: Verdict, sight: Sight, style: Style) -> Iterator[str]:
    start, end = verdict.span
    whole = (start, end) == (0, len(sight.text))
    place = "" if whole else f" on columns {start + 1:,}-{end:,} {excerpt(sight.text[start:end], 40)!r}"
    name = style(f"{verdict.rule.id} {verdict.rule.name}", fg="red" if verdict.won else None, bold=verdict.won or None)
    yield f"{label:<8}  {name}{place}: {verdict.outcome}"
    for condition in verdict.conditions:
        state = "holds" if condition.held else style("does not hold", fg="yellow")
        yield f"{'':<12}{condition.text}: {state}"
    if verdict.score is not None:
        yield f"{'':<12}score {verdict.score:.3f}"
    for reason in verdict.reasons:
        yield f"{'':<12}{reason}"


def _result(life: Life, names: Mapping[str, str], style: Style) -> Iterator[str]:
    for removal in life.removed:
        place = "" if _covers(removal.source, life) else f" {_columns(removal.source, life)}"
        by = labelled(removal.rule.split("; "), names)
        yield f"{style('removed', fg='red')}{place} by {by}{_score(removal)}"
    for segment, text in life.kept:
        start, end = segment.span
        yield f"{style('kept', fg='green')} as {start:,} to {end:,} of the text: {excerpt(text, 60)}"
    for name, found in life.captured:
        yield f"captured as {name} = {excerpt(found.value)!r}"
    for flag in life.flags:
        yield f"flagged by {labelled([flag.rule], names)}"
    if not life.removed and not life.kept:
        yield "no text" if life.text.strip() else "a separator: one blank line is kept between paragraphs"


def _score(removal: Removal) -> str:
    return "" if removal.score is None else f", score {removal.score:.3f}"


def _covers(span: tuple[int, int], life: Life) -> bool:
    text = life.text
    start, end = span[0] - life.span[0], span[1] - life.span[0]
    return not text[: max(start, 0)].strip() and not text[end:].strip()


def _columns(span: tuple[int, int], life: Life) -> str:
    start, end = span[0] - life.span[0] + 1, span[1] - life.span[0]
    return f"column {start:,}" if end <= start else f"columns {start:,}-{end:,}"


def _stretches(sights: Sequence[Sight]) -> Iterator[list[Sight]]:
    """Sights of the same segment in passes that saw the same, together."""

    def seen(sight: Sight) -> tuple[Any, ...]:
        return sight.source, sight.text, sight.language, sight.verdicts, sight.above, sight.below

    for _, group in groupby(sorted(sights, key=lambda sight: (sight.source, sight.number)), key=seen):
        yield list(group)
