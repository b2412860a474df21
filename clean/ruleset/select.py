"""Which rules are on: ids, prefixes and "ALL", as linters do it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clean.config import nearest
from clean.errors import ConfigError
from clean.ruleset import builtin

if TYPE_CHECKING:
    from clean.config import Config
    from clean.ruleset.rule import Rule

EVERYTHING = "ALL"


def select(rules: Sequence[Rule], config: Config) -> set[str]:
    """The ids of the rules, and of the kinds of findings beside them, that are on.

    `select` turns on what it names, unsafe rules only by their full id; `extend-select` turns on all that it names;
    `ignore` has the last word.

    Raises:
        ConfigError: something that is neither an id nor the start of one.
    """
    known = selectable(rules)
    safe = {rule.id for rule in rules if rule.safe} | builtin.ON
    on = {rule for rule in expand(config.select, known, "select") if rule in safe or rule in config.select}
    on |= expand(config.extend_select, known, "extend-select")
    return on - expand(config.ignore, known, "ignore")


def selectable(rules: Sequence[Rule]) -> list[str]:
    """Every id that can be turned on or off: the rules', and those of what is found beside them."""
    return [*(rule.id for rule in rules), *builtin.IDS]


def expand(selectors: Sequence[str], known: Sequence[str], where: str) -> set[str]:
    """The known ids that the selectors stand for."""
    out: set[str] = set()
    for selector in selectors:
        ids = known if selector == EVERYTHING else [rule for rule in known if selector and rule.startswith(selector)]
        if not ids and selector != EVERYTHING:
            raise ConfigError(f"{where}: no rule {selector!r}{nearest(selector, [*known, EVERYTHING])}")
        out.update(ids)
    return out


def check(rules: Sequence[Rule], config: Config) -> list[str]:
    """All names in the configuration that no rule has, one message each."""
    every, own = selectable(rules), [rule.id for rule in rules]
    named = [("select", config.select, every), ("extend-select", config.extend_select, every)]
    named += [("ignore", config.ignore, every)]
    named += [(f"per-file-ignores {pattern!r}", ids, every) for pattern, ids in config.per_file_ignores.items()]
    named += [(f"[rules.{rule}]", (rule,), own) for rule in config.rules]
    messages: list[str] = []
    for where, selectors, known in named:
        for selector in selectors:
            try:
                expand((selector,), known, where)
            except ConfigError as error:
                messages.append(str(error))
    return messages


def reason(rule: Rule, config: Config) -> tuple[bool, str]:
    """Whether a rule is on, and the selector that decided."""

    def by(selectors: Sequence[str]) -> str | None:
        fitting = [one for one in selectors if one == EVERYTHING or rule.id.startswith(one)]
        return max(fitting, key=lambda one: (one != EVERYTHING, len(one)), default=None)

    if (selector := by(config.ignore)) is not None:
        return False, f"ignore {selector}"
    if (selector := by(config.extend_select)) is not None:
        return True, f"extend-select {selector}"
    if (selector := by(config.select)) is None:
        return False, "not selected"
    if rule.safe or rule.id in config.select:
        return True, f"select {selector}"
    return False, "not safe"
