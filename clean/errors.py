"""The errors that this package raises on purpose; each message is one line a person can act on."""

from __future__ import annotations


class CleanError(Exception):
    """Base of all errors raised on purpose: what was wrong, where, and what to do."""


class ConfigError(CleanError):
    """A configuration that cannot be used: file, key and the nearest known name are in the message."""


class RuleError(ConfigError):
    """A rule or rule pack that cannot be used: file, line and rule id are in the message."""


class InputError(CleanError):
    """An input that cannot be read at all (missing, unreadable, a directory without documents)."""


class DocumentError(CleanError):
    """One document that cannot be cleaned (binary, malformed record); the others go on.

    `kind` is a short stable slug for the quarantine file, such as ``binary`` or ``malformed-json``.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind

    def __reduce__(self) -> tuple[type[DocumentError], tuple[str, str]]:
        return type(self), (self.kind, str(self))
