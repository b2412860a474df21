"""The default model: how likely a letter is after the ones before it, by language, for each script.

Each letter of a text counts once, by the longest known n-gram that ends with it, of up to five letters or with a word's
border. Log-probabilities are small whole numbers, so that sums are exact, whatever the machine, and several
languages' are added in one machine word. letters.npz comes from bench/build_letters.py; LETTERS.md is its card.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any
from unicodedata import combining, normalize

import numpy as np
from numpy.typing import NDArray

from clean.errors import ConfigError
from clean.languages.scripts import WRITERS, code_points, scripts_of

GROUPS = {
    "latin": (
        *("af", "ca", "cs", "da", "de", "en", "es", "et", "fi", "fr", "hr", "hu", "id", "it"),
        *("lt", "lv", "nl", "no", "pl", "pt", "ro", "sk", "sl", "sv", "tl", "tr", "vi"),
    ),
    "cyrillic": ("bg", "mk", "ru", "uk"),
    "arabic": ("ar", "fa", "ur"),
    "devanagari": ("hi", "mr"),
    "han": ("ja", "zh"),
}
"""The languages that share a script."""

MARK = 1
"""Stands before the first letter of a key, so that n-grams of different lengths differ."""

SCALE = 8
"""Steps of a log-probability in one unit."""

SLOT_BITS = 21
LONGEST = 5
DROPPED = 0xFFFF
"""Code of a combining mark that no alphabet has: it does not end a word, and is passed over."""

MARKED = (range(0x300, 0x3100), range(0xA600, 0xAC00), range(0xFB00, 0xFE30))
"""Where combining marks are in the basic plane: the rest is Latin, Han, Hangul and for private use."""

LANES = 3
LANE_BITS = 21
"""Three sums share one machine word; each has room for the values of 8,000 letters."""


CHUNK = 16_384
"""Characters that are looked up at once: their n-grams' rows stay in the processor's cache."""


def slots(keys: NDArray[Any]) -> NDArray[Any]:
    """Where in the hash table an n-gram stands, if it is known."""
    mixed = (keys.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - SLOT_BITS)
    return mixed.view(np.int64)


class Letters:
    """Log-likelihoods of texts under letter models.

    Raises:
        ConfigError: a language without a model.
    """

    absolute = True

    def __init__(self, languages: tuple[str, ...]) -> None:
        known = {language for members in GROUPS.values() for language in members}
        known |= {writers[0] for writers in WRITERS.values() if len(writers) == 1}
        if missing := sorted(set(languages) - known):
            raise ConfigError(f"[language] candidates: there is no model of {', '.join(missing)}")
        self.languages = languages
        self._alphabets: dict[str, Alphabet] = {}
        """By script; each is loaded for the first text that has letters of it."""

    def likelihoods(self, texts: Sequence[str]) -> NDArray[Any]:
        """Log-likelihoods; 0 for a language that is written in none of a text's letters."""
        out = np.zeros((len(texts), len(self.languages)))
        folded = [normalize("NFC", text).lower() for text in texts]
        first = size = 0
        for i, text in enumerate(folded, 1):
            size += len(text)
            if size > CHUNK or i == len(folded):
                self._weigh(folded[first:i], out[first:i])
                first, size = i, 0
        return out

    def _weigh(self, texts: list[str], out: NDArray[Any]) -> None:
        joined = "\n".join(("", *texts, ""))
        points = code_points(joined)
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + 1
        owner = np.repeat(np.arange(len(texts)), lengths)
        # The first line break opens the first text; each further one closes a text.
        owner = np.concatenate((owner[:1], owner))
        present = scripts_of(points)
        for group, members in GROUPS.items():
            if group in present and any(language in self.languages for language in members):
                if group not in self._alphabets:
                    self._alphabets[group] = Alphabet.load(group, self.languages)
                self._alphabets[group].weigh(points, owner, out)


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The n-grams of one script and their costs in some languages, three languages in one machine word."""

    bits: int
    codes: NDArray[Any]
    """By code point: the letter's number from 1, 0 for what ends a word."""
    single: NDArray[Any]
    """By code: the row of a letter."""
    double: NDArray[Any]
    """By the codes of two letters: the row of an n-gram of two, -1 without one; empty if all are single."""
    keys: NDArray[Any]
    table: NDArray[Any]
    """By slot: the row of the n-gram that may stand there."""
    costs: NDArray[Any]
    """By row, one for each n-gram and one of zeros: the costs of three languages in each column."""
    targets: list[int]

    @classmethod
    def load(cls, group: str, languages: tuple[str, ...]) -> Alphabet:
        """The alphabet `group` of letters.npz, for those of some languages that it writes."""
        wanted = [language for language in GROUPS[group] if language in languages]
        with resources.as_file(resources.files("clean.languages") / "letters.npz") as path, np.load(path) as arrays:
            letters, steps, rows = (arrays[f"{group}_{name}"] for name in ("letters", "steps", "rows"))
        # An n-gram's row is added to another's at once: its languages stand together in memory for that.
        rows = np.ascontiguousarray(rows[[GROUPS[group].index(language) for language in wanted]].T)
        bits = len(letters).bit_length()
        codes = _blank_codes()
        codes[letters] = np.arange(1, len(letters) + 1)
        steps = steps.astype(np.int64)
        keys = sum(steps[byte] << 8 * byte for byte in range(len(steps))).cumsum()
        table = np.zeros(1 << SLOT_BITS, dtype=np.int32)
        table[slots(keys)] = np.arange(len(keys))
        single = np.full(1 << bits, len(keys))
        double = np.zeros(0, dtype=np.int64)
        for order in range(LONGEST):
            own = np.flatnonzero(keys >> bits * (order + 1) == MARK)
            if not len(own):
                break
            inner = keys[own] & ((1 << bits * (order + 1)) - 1)
            if order == 0:
                single[inner] = own
                continue
            if order == 1:
                double = np.full(1 << 2 * bits, -1)
                double[inner] = own
            suffix = keys[own] & ((1 << bits * order) - 1) | (MARK << bits * order)
            at = table[slots(suffix)]
            has = keys[at] == suffix
            rows[own[has]] += rows[at[has]]
        costs = np.zeros((len(keys) + 1, -(-len(wanted) // LANES)), dtype=np.int64)
        for lane in range(LANES):
            packed = rows[:, lane::LANES].astype(np.int64) << LANE_BITS * lane
            costs[:-1, : packed.shape[1]] |= packed
        targets = [languages.index(language) for language in wanted]
        return cls(bits, codes, single, double, keys, table, costs, targets)

    def weigh(self, points: NDArray[Any], owner: NDArray[Any], out: NDArray[Any]) -> None:
        """Add to `out`, for each text, the log-likelihoods of its letters of this script."""
        codes = self.codes[points]
        # Blanks after a blank go: what is between two words is one border.
        stays = codes != 0
        stays[1:] |= stays[:-1].copy()
        stays[0] = True
        stays &= codes != DROPPED
        letters, owner = codes[stays].astype(np.int64), owner[stays]
        starts = np.flatnonzero(np.concatenate(([True], owner[1:] != owner[:-1])))
        sums = np.add.reduceat(self.costs.take(self._rows(letters), axis=0, mode="clip"), starts, axis=0)
        columns = np.arange(len(self.targets))
        costs = sums[:, columns // LANES] >> LANE_BITS * (columns % LANES) & (1 << LANE_BITS) - 1
        out[owner[starts][:, None], self.targets] -= costs / SCALE

    def _rows(self, letters: NDArray[Any]) -> NDArray[Any]:
        """For each letter or border the row of the longest known n-gram that ends there."""
        rows: NDArray[Any] = self.single[letters]
        if not len(self.double):
            return rows
        padded = np.concatenate((np.zeros(LONGEST - 1, dtype=np.int64), letters))
        key = padded[LONGEST - 2 : -1] << self.bits | letters
        at = self.double[key]
        where = np.flatnonzero(at >= 0)
        rows[where] = at[where]
        key = key[where]
        for order in range(2, LONGEST):
            key |= padded[where + (LONGEST - 1 - order)] << self.bits * order
            wanted = key | MARK << self.bits * (order + 1)
            at = self.table[slots(wanted)]
            known = self.keys[at] == wanted
            where, key = where[known], key[known]
            rows[where] = at[known]
        return rows


def _blank_codes() -> NDArray[Any]:
    """By code point, DROPPED for combining marks and 0 for all else."""
    codes = np.zeros(0x10000, dtype=np.uint16)
    codes[[point for block in MARKED for point in block if combining(chr(point))]] = DROPPED
    return codes
