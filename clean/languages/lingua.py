"""lingua's models of up to five letters; needs the package lingua-language-detector, and a gigabyte of memory."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clean.errors import ConfigError

NAMES = {"no": "nb"}
"""Languages that lingua has under other codes."""

FLOOR = 1e-12


class Lingua:
    """Log-likelihoods of texts by lingua, up to a constant of each text: lingua publishes probabilities alone.

    Raises:
        ConfigError: the package is missing, or it does not know a language.
    """

    absolute = False

    def __init__(self, languages: tuple[str, ...]) -> None:
        try:
            package = import_module("lingua")
        except ImportError:
            raise ConfigError(
                "[language] backend: lingua is not installed; pip install lingua-language-detector"
            ) from None
        self.languages = languages
        names = [NAMES.get(language, language).upper() for language in languages]
        if missing := [name.lower() for name in names if not hasattr(package.IsoCode639_1, name)]:
            raise ConfigError(f"[language] candidates: lingua does not know {', '.join(missing)}")
        codes = [getattr(package.IsoCode639_1, name) for name in names]
        self._codes = [code.name for code in codes]
        self._detector = package.LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()

    def likelihoods(self, texts: Sequence[str]) -> NDArray[Any]:
        out = np.zeros((len(texts), len(self.languages)))
        for row, text in zip(out, texts, strict=True):
            found = self._detector.compute_language_confidence_values(text)
            values = {value.language.iso_code_639_1.name: value.value for value in found}
            row[:] = np.log([max(values.get(code, 0.0), FLOOR) for code in self._codes])
        return out
