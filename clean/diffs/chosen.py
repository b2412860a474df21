"""The rules whose work is asked for by name: of the packs, and the steps of the repair stage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields

from clean.config import RepairConfig, nearest
from clean.errors import ConfigError
from clean.ruleset import Rule

STEPS = frozenset(f.name for f in fields(RepairConfig)) - {"profile", "normalization", "normalize_whitespace"} | {
    "normalize",
    "whitespace",
}
"""What the repair stage calls its steps where it names an edit."""


def chosen(given: Iterable[str], rules: Sequence[Rule]) -> frozenset[str]:
    """The ids and steps that `given` (ids, prefixes of ids, names, steps of the repair stage) stands for.

    Raises:
        ConfigError: a name that nothing has.
    """
    found: set[str] = set()
    for name in given:
        ids = {rule.id for rule in rules if rule.id.startswith(name) or rule.name == name}
        step = name.replace("-", "_")
        if not ids and step not in STEPS:
            known = [*(rule.id for rule in rules), *(rule.name for rule in rules), *STEPS]
            raise ConfigError(f"--rule: no rule {name!r}{nearest(name, known)}")
        found |= ids or {step}
    return frozenset(found)
