"""Rule packs: load, validate, compile, match."""

from __future__ import annotations

from clean.config import Config


class Ruleset:
    """The effective rules of a configuration."""

    fingerprint = "0" * 64

    @classmethod
    def load(cls, config: Config) -> Ruleset:
        return cls()
