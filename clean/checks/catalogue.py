"""What the id of a finding stands for, a rule's or not: for reports that explain themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from clean.ruleset import Rule, builtin


@dataclass(frozen=True, slots=True)
class Entry:
    """One id, explained."""

    id: str
    name: str
    summary: str
    why: str
    severity: str
    advice: str
    """What to do about a finding."""


class Catalogue:
    """All ids that a finding can have."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = {rule.id: rule for rule in rules}
        self._builtins = {kind.id: kind for kind in builtin.BUILTINS}

    def __getitem__(self, id: str) -> Entry:
        if id in self._builtins:
            kind = self._builtins[id]
            return Entry(id, kind.name, kind.summary, kind.why, kind.severity, _of_builtin(kind))
        rule = self._rules[id]
        return Entry(id, rule.name, rule.summary, " ".join(rule.why.split()), builtin.WARNING, _of_rule(rule))


def _of_rule(rule: Rule) -> str:
    if rule.action == "flag":
        return f"Look at it; `clean run` leaves it. `clean rules show {rule.id}` has the rule."
    does = {"replace": "replaces it", "capture": f"takes it out of the text into the metadata field {rule.field}"}
    return (
        f"`clean run` {does.get(rule.action, 'removes it')}. `clean rules show {rule.id}` has the rule. "
        "If this is content, turn the rule off for the file with `per-file-ignores`, or everywhere with `ignore`; "
        "a fingerprint in .clean-ignore silences the report alone."
    )


def _of_builtin(kind: builtin.Builtin) -> str:
    if kind.severity == builtin.ERROR or not kind.repairs:
        return "Look at the document. To accept it, put the finding's fingerprint into .clean-ignore."
    return "`clean run` puts it right. `[repair]` in the configuration says how far that goes."
