"""The profiles of langdetect, evaluated exactly.

langdetect draws n-grams at random until it is sure, so that its answers change from run to run. Here every 1- to 3-gram
counts once, with langdetect's own frequencies, normalisation of characters and smoothing. Text in capitals is read as
small letters, where langdetect would leave it out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clean.errors import ConfigError

SMOOTHING = 0.5 / 10_000
"""What langdetect adds to each probability: its alpha over its base frequency."""

PROFILES = {"zh": ("zh-cn", "zh-tw")}
"""Languages that langdetect has under other names; a language of several profiles is as likely as the likelier."""

BITS = 21


class LangdetectProfiles:
    """Log-likelihoods of texts under langdetect's profiles.

    Raises:
        ConfigError: the package is missing, or a language has no profile.
    """

    absolute = False

    def __init__(self, languages: tuple[str, ...]) -> None:
        self.languages = languages
        try:
            folder = resources.files("langdetect") / "profiles"
        except ModuleNotFoundError:
            raise ConfigError("[language] backend: langdetect is not installed; pip install langdetect") from None
        known = {entry.name for entry in folder.iterdir() if not entry.name.startswith("_")}
        names: list[str] = []
        self._columns: list[list[int]] = []
        for language in languages:
            own = PROFILES.get(language, (language,))
            missing = [name for name in own if name not in known]
            if missing:
                raise ConfigError(f"[language] candidates: langdetect has no profile for {language!r}")
            self._columns.append(list(range(len(names), len(names) + len(own))))
            names.extend(own)
        rows: dict[str, int] = {}
        where: list[tuple[int, int]] = []
        values: list[float] = []
        for column, name in enumerate(names):
            profile = json.loads((folder / name).read_text(encoding="utf-8"))
            totals = profile["n_words"]
            for gram, count in profile["freq"].items():
                if len(gram) <= 3:
                    where.append((rows.setdefault(gram, len(rows)), column))
                    values.append(count / totals[len(gram) - 1])
        table = np.full((len(rows), len(names)), SMOOTHING)
        index = np.array(where)
        table[index[:, 0], index[:, 1]] += values
        keys = np.array([_key(gram) for gram in rows], dtype=np.int64)
        order = np.argsort(keys)
        self._keys = keys[order]
        self._table = np.log(table[order]).astype(np.float32)
        self._characters = _normal_characters()

    def likelihoods(self, texts: Sequence[str]) -> NDArray[Any]:
        out = np.zeros((len(texts), len(self._columns)))
        for i, text in enumerate(texts):
            found = self._table[self._rows(text)].sum(axis=0)
            out[i] = [found[own].max() for own in self._columns]
        return out

    def _rows(self, text: str) -> NDArray[Any]:
        if text.isupper():
            text = text.lower()
        codes = np.frombuffer(f" {text} ".encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        chars = self._characters[np.minimum(codes, 0xFFFF)].astype(np.int64)
        chars = chars[(chars != 32) | (np.concatenate(([0], chars[:-1])) != 32)]
        one = chars
        two = (chars[:-1] << BITS) | chars[1:]
        three = (two[:-1] << BITS) | chars[2:]
        # A gram may begin or end with a blank but not span two words, and a blank alone is none.
        grams = np.concatenate((one[chars != 32], two, three[chars[1:-1] != 32]))
        at = np.searchsorted(self._keys, grams)
        at[at == len(self._keys)] = 0
        rows: NDArray[Any] = at[self._keys[at] == grams]
        return rows


def _key(gram: str) -> int:
    key = 0
    for char in gram:
        key = (key << BITS) | ord(char)
    return key


def _normal_characters() -> NDArray[Any]:
    """langdetect's normal form of each character of the basic plane; a blank for what is not a letter to it."""
    from langdetect.utils.ngram import NGram

    table = np.array([ord(NGram.normalize(chr(code))) for code in range(0x10000)], dtype=np.uint32)
    table[0xFFFF] = 32
    return table
