"""Language models behind one interface, and what turns their evidence into labels.

A model gives, for each text, the log-likelihood of every candidate language: the prior of the language stage needs the
whole vector, not the winner.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from clean.errors import ConfigError

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

LANGUAGES = (
    *("af", "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "gu", "he", "hi", "hr"),
    *("hu", "id", "it", "ja", "ko", "lt", "lv", "mk", "mr", "nl", "no", "pa", "pl", "pt", "ro", "ru", "sk", "sl", "sv"),
    *("ta", "te", "th", "tl", "tr", "uk", "ur", "vi", "zh"),
)
"""The default candidates. Fewer are told apart better: it is the cheapest accuracy there is."""


class Model(Protocol):
    """Tells how likely texts are in each of `languages`."""

    languages: tuple[str, ...]
    absolute: bool
    """Whether likelihoods compare between texts too, so that a text in no candidate language shows."""

    def likelihoods(self, texts: Sequence[str]) -> NDArray[Any]:
        """Log-likelihoods, one row a text and one column a language; a row does not depend on the other texts."""
        ...


def load(backend: str, languages: tuple[str, ...]) -> Model:
    """The model of a backend for some languages.

    Raises:
        ConfigError: a language that the backend does not know, or a backend whose package is not installed.
    """
    if backend == "letters":
        from clean.languages.letters import Letters

        return Letters(languages)
    if backend == "langdetect":
        from clean.languages.langdetect import LangdetectProfiles

        return LangdetectProfiles(languages)
    if backend == "py3langid":
        from clean.languages.py3langid import Py3langid

        return Py3langid(languages)
    if backend == "lingua":
        from clean.languages.lingua import Lingua

        return Lingua(languages)
    raise ConfigError(f"[language] backend: unknown backend {backend!r}")
