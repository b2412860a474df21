"""Clean text corpora so that every kept character points to its source and every removed one names its rule."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from clean._version import __version__

if TYPE_CHECKING:
    from os import PathLike

    from clean.cleaner import Cleaner
    from clean.config import Config
    from clean.errors import CleanError, ConfigError, DocumentError, InputError, RuleError
    from clean.record import Record

__all__ = [
    "CleanError",
    "Cleaner",
    "Config",
    "ConfigError",
    "DocumentError",
    "InputError",
    "Record",
    "RuleError",
    "__version__",
    "clean_bytes",
    "clean_file",
    "clean_html",
    "clean_text",
]

_HOMES = {
    "Cleaner": "clean.cleaner",
    "Config": "clean.config",
    "Record": "clean.record",
    "CleanError": "clean.errors",
    "ConfigError": "clean.errors",
    "DocumentError": "clean.errors",
    "InputError": "clean.errors",
    "RuleError": "clean.errors",
}

_default: Cleaner | None = None


def __getattr__(name: str) -> Any:
    # Names are imported when first used: `clean --version` in a commit hook must not wait for models.
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def clean_text(text: str, id: str | None = None, url: str | None = None) -> Record:
    """Clean decoded text with the default configuration."""
    return _cleaner().clean_text(text, id=id, url=url)


def clean_html(html: str | bytes, id: str | None = None, url: str | None = None) -> Record:
    """Clean a page with the default configuration."""
    return _cleaner().clean_html(html, id=id, url=url)


def clean_bytes(raw: bytes, media_type: str | None = None, id: str | None = None, url: str | None = None) -> Record:
    """Clean raw bytes with the default configuration."""
    return _cleaner().clean_bytes(raw, media_type=media_type, id=id, url=url)


def clean_file(path: str | PathLike[str]) -> Record:
    """Clean a file that holds one document, with the default configuration.

    Raises:
        InputError: the path cannot be read, or holds several documents.
        DocumentError: its document cannot be cleaned.
    """
    return _cleaner().clean_file(path)


def _cleaner() -> Cleaner:
    global _default
    if _default is None:
        from clean.cleaner import Cleaner

        _default = Cleaner()
    return _default
