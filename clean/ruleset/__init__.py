"""Rule packs: load, validate, select, compile, match.

`Ruleset.load(config)` gives the effective rules; `Ruleset.find(view)` says what they would do to a document. Deciding
between rules that overlap, and doing it, is the strip stage's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from clean._version import __version__
from clean.config import nearest
from clean.errors import ConfigError
from clean.ruleset import builtin
from clean.ruleset.detectors import DETECTORS
from clean.ruleset.load import load_packs
from clean.ruleset.matcher import Hit, Matcher
from clean.ruleset.rule import Rule
from clean.ruleset.select import expand, select, selectable

if TYPE_CHECKING:
    from clean.config import Config
    from clean.document import Document
    from clean.ruleset.view import View

__all__ = ["Hit", "Rule", "Ruleset"]


class Ruleset:
    """The effective rules of a configuration, compiled when first used."""

    def __init__(self, rules: Sequence[Rule], active: Iterable[str], config: Config) -> None:
        self.rules = tuple(rules)
        """Every rule known, on or off."""
        chosen = frozenset(active)
        self.active = tuple(rule for rule in rules if rule.id in chosen)
        """The rules that are on."""
        self.reported = chosen & frozenset(builtin.IDS)
        """The kinds of findings beside rules that are on."""
        self.config = config
        self._ignores = tuple(
            (pattern, frozenset(expand(ids, selectable(rules), f"per-file-ignores {pattern!r}")))
            for pattern, ids in config.per_file_ignores.items()
        )
        self._matcher: Matcher | None = None
        self._fingerprint: str | None = None

    @classmethod
    def load(cls, config: Config) -> Ruleset:
        """The rules that `config` asks for.

        Raises:
            RuleError: a pack that cannot be used.
            ConfigError: an id or prefix that no rule has, or an option that a rule does not know.
        """
        rules = [_with_options(rule, config.rules) for rule in load_packs(config.extend_packs)]
        known = [rule.id for rule in rules]
        for rule in config.rules:
            expand((rule,), known, f"[rules.{rule}]")
        return cls(rules, select(rules, config), config)

    def only(self, ids: Collection[str]) -> Ruleset:
        """The same rules, with just these on."""
        return Ruleset(self.rules, expand(tuple(ids), [rule.id for rule in self.rules], "rule"), self.config)

    def __getitem__(self, rule_id: str) -> Rule:
        for rule in self.rules:
            if rule_id in (rule.id, rule.name):
                return rule
        if any(rule.id.startswith(rule_id) for rule in self.rules):
            raise ConfigError(f"{rule_id} is the prefix of several rules; `clean rules list` has their ids")
        known = [*(rule.id for rule in self.rules), *(rule.name for rule in self.rules)]
        raise ConfigError(f"no rule {rule_id!r}{nearest(rule_id, known)}")

    @property
    def names(self) -> Mapping[str, str]:
        """The name of each rule, and of each model that removes text, by its id."""
        return {rule.id: rule.name for rule in self.rules} | {model.id: model.name for model in builtin.MODELS}

    @property
    def fingerprint(self) -> str:
        """sha256, in hex, of all that decides what cleaning does: rules, their data, the configuration, the version."""
        if self._fingerprint is None:
            config = asdict(self.config)
            for key in ("select", "ignore", "extend_select", "extend_packs", "rules"):
                del config[key]  # their effect is in the rules
            del config["folder"]
            state = {
                "version": __version__,
                "config": config,
                "rules": [_content(rule) for rule in self.active],
                "detectors": {
                    name: DETECTORS[name].data for name in sorted({r.detector for r in self.active if r.detector})
                },
            }
            canonical = json.dumps(state, sort_keys=True, ensure_ascii=True, default=list)
            self._fingerprint = hashlib.sha256(canonical.encode()).hexdigest()
        return self._fingerprint

    def find(self, view: View, document: Document) -> list[Hit]:
        """What the active rules find in a document, in order of place, then of rule id."""
        off = self.ignored(document.origin.path)
        hits = self.matcher.find(view)
        return [hit for hit in hits if hit.rule.id not in off] if off else hits

    @property
    def matcher(self) -> Matcher:
        """The active rules, compiled."""
        if self._matcher is None:
            self._matcher = Matcher(self.active)
        return self._matcher

    def ignored(self, path: str | None) -> frozenset[str]:
        """The rules that `per-file-ignores` turns off for a path."""
        if path is None or not self._ignores:
            return frozenset()
        return frozenset().union(*(ids for pattern, ids in self._ignores if self.config.means(pattern, path)))


def _with_options(rule: Rule, options: Mapping[str, Mapping[str, Any]]) -> Rule:
    given = options.get(rule.id)
    if not given:
        return rule
    if rule.detector is None:
        raise ConfigError(f"[rules.{rule.id}]: this rule has no options")
    merged = {**rule.options, **given}
    try:
        DETECTORS[rule.detector].checked(merged)
    except ConfigError as error:
        raise ConfigError(f"[rules.{rule.id}]: {error}") from None
    return replace(rule, options=merged)


def _content(rule: Rule) -> dict[str, Any]:
    """What of a rule decides what it does."""
    content = asdict(rule)
    for key in ("name", "summary", "drop", "keep", "why", "pack", "line", "safe"):
        del content[key]
    return content
