"""The rules whose work is asked for by name: of the packs, and the steps of the repair stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields

from clean.config import RepairConfig, nearest
from clean.errors import ConfigError

STEPS = frozenset(f.name for f in fields(RepairConfig)) - {"profile", "normalization", "normalize_whitespace"} | {
    "normalize",
    "whitespace",
}
"""What the repair stage calls its steps where it names an edit."""


def chosen(given: Iterable[str], names: Mapping[str, str]) -> frozenset[str]:
    """The ids and steps that `given` (ids, prefixes of ids, names, steps of the repair stage) stands for.

    Args:
        names: the name of each rule by its id.

    Raises:
        ConfigError: a name that nothing has.
    """
    found: set[str] = set()
    for wanted in given:
        ids = {rule for rule, name in names.items() if rule.startswith(wanted) or name == wanted}
        step = wanted.replace("-", "_")
        if not ids and step not in STEPS:
            raise ConfigError(f"--rule: no rule {wanted!r}{nearest(wanted, [*names, *names.values(), *STEPS])}")
        found |= ids or {step}
    return frozenset(found)
