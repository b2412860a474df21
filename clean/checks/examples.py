"""Runs the examples that each rule carries, the way documents are cleaned: whole pipeline, that rule alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from clean.cleaner import Cleaner
from clean.record import Record
from clean.ruleset.rule import Example, Rule

EXCERPT = 100


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that did not do what it says."""

    rule: Rule
    example: Example
    expected: str
    got: str

    def __str__(self) -> str:
        return (
            f"{self.rule.pack}:{self.rule.line}: {self.rule.id} {self.rule.name}: {_excerpt(self.example.text)}\n"
            f"    expected: {self.expected}\n    got:      {self.got}"
        )


def check(rule: Rule, cleaner: Cleaner) -> Iterator[Failure]:
    """The failures among a rule's examples; `cleaner` is any that knows the rule, on or off."""
    cleaners: dict[tuple[str, ...], Cleaner] = {}
    for expectation, examples in ((_drops, rule.drop), (_keeps, rule.keep)):
        for example in examples:
            if example.others not in cleaners:
                cleaners[example.others] = cleaner.restricted_to([rule.id, *example.others])
            record = cleaners[example.others].clean_text(example.text)
            for expected, got in expectation(rule, example, record):
                yield Failure(rule, example, expected, got)


def _keeps(rule: Rule, example: Example, record: Record) -> Iterator[tuple[str, str]]:
    hits = [removal.text for removal in record.removed if removal.rule == rule.id]
    hits += [edit.before for edit in record.edits if edit.rule == rule.id]
    if rule.action == "flag":
        hits += [example.text[slice(*flag.source)] for flag in record.flags if flag.rule == rule.id]
    if rule.keep_text and rule.field and record.metadata.get(rule.field):
        hits.append(f"{rule.field} = {_value(rule, record)!r}")
    if hits:
        yield "nothing found", " / ".join(map(_excerpt, hits))


def _drops(rule: Rule, example: Example, record: Record) -> Iterator[tuple[str, str]]:
    removed = [removal for removal in record.removed if removal.rule == rule.id]
    if rule.action == "flag":
        found = any(flag.rule == rule.id for flag in record.flags)
    elif rule.action == "replace":
        found = any(edit.rule == rule.id for edit in record.edits)
    elif rule.keep_text:
        found = bool(rule.field and record.metadata.get(rule.field))
    else:
        found = bool(removed)
    if not found:
        yield "the rule fires", "it does not"
        return
    if example.removes is not None and tuple(removal.text for removal in removed) != example.removes:
        yield f"removes {list(map(_excerpt, example.removes))}", str([_excerpt(removal.text) for removal in removed])
    if example.becomes is not None and record.text != example.becomes.strip("\n"):
        yield f"becomes {_excerpt(example.becomes)!r}", repr(_excerpt(record.text))
    if example.value is not None and _value(rule, record) != example.value:
        yield f"{rule.field} = {example.value!r}", repr(_value(rule, record))
    whole = rule.action in ("drop", "capture") and not rule.keep_text and rule.scope != "span"
    if whole and example.removes is None and example.becomes is None and record.text:
        yield "the whole example goes", f"left: {_excerpt(record.text)!r}"


def _value(rule: Rule, record: Record) -> str | None:
    captured = record.metadata.get(rule.field or "")
    return captured.value if captured else None


def _excerpt(text: str) -> str:
    line = " ⏎ ".join(text.strip().splitlines())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1] + "…"
