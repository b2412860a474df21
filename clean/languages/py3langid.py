"""py3langid's naive Bayes model over byte n-grams; needs the package py3langid."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clean.errors import ConfigError


class Py3langid:
    """Log-likelihoods of texts under py3langid's model.

    Raises:
        ConfigError: the package is missing, or it does not know a language.
    """

    absolute = False

    def __init__(self, languages: tuple[str, ...]) -> None:
        try:
            langid = import_module("py3langid.langid")
        except ImportError:
            raise ConfigError("[language] backend: py3langid is not installed; pip install py3langid") from None
        self.languages = languages
        self._identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
        if missing := sorted(set(languages) - set(self._identifier.nb_classes)):
            raise ConfigError(f"[language] candidates: py3langid does not know {', '.join(missing)}")
        self._identifier.set_languages(list(languages))

    def likelihoods(self, texts: Sequence[str]) -> NDArray[Any]:
        out = np.zeros((len(texts), len(self.languages)))
        for row, text in zip(out, texts, strict=True):
            scores = dict(self._identifier.rank(text.lower()))
            row[:] = [scores[language] for language in self.languages]
        return out
