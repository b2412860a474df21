"""Optional packages: imported where they are needed, and named with their extra where they are missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from clean.errors import ConfigError

PROJECT = "clean-corpus"


def load(module: str, extra: str, purpose: str) -> Any:
    """The module of an optional package.

    Args:
        module: what to import, dots and all.
        extra: the extra of this project that installs it.
        purpose: what needs it, as the subject of a sentence.

    Raises:
        ConfigError: the package is not installed; the message says how to install it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise  # it is there, and broken
        raise ConfigError(f"{purpose} needs the package {module}: pip install '{PROJECT}[{extra}]'") from None
