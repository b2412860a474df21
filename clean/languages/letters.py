"""The default model: how likely a letter is after the ones before it, by language, for each script.

Each letter of a text counts once, by the longest known n-gram that ends with it, of up to five letters or with a word's
border. Log-probabilities are small whole numbers, so that sums are exact, whatever the machine, and several
languages' are added in one machine word. The file letters.npz comes from training/letters.py; LETTERS.md is its card.
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
from clean.languages.scripts import code_points

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
KEY_BITS = 62
DROPPED = 0xFFFF
"""Code of a combining mark that no alphabet has: it does not end a word, and is passed over."""

LANES = 3
LANE_BITS = 21
"""Three sums share one machine word; each has room for the values of 8,000 letters."""


def slots(keys: NDArray[Any]) -> NDArray[Any]:
    """Where in the hash table an n-gram stands, if it is known."""
    mixed: NDArray[Any] = (keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - SLOT_BITS)
    return mixed


class Letters:
    """Log-likelihoods of texts under letter models.

    Raises:
        ConfigError: a language without a model.
    """

    def __init__(self, languages: tuple[str, ...]) -> None:
        self.languages = languages
        self._alphabets: list[Alphabet] = []
        with resources.as_file(resources.files("clean.languages") / "letters.npz") as path, np.load(path) as arrays:
            for group, members in GROUPS.items():
                if wanted := [language for language in members if language in languages]:
                    columns = [members.index(language) for language in wanted]
                    targets = [languages.index(language) for language in wanted]
                    self._alphabets.append(Alphabet.load(arrays, group, columns, targets))

    def likelihoods(self, texts: Sequence[str]) -> NDArray[Any]:
        """Log-likelihoods; 0 for a language that is written in none of a text's letters."""
        out = np.zeros((len(texts), len(self.languages)))
        folded = [normalize("NFC", text).lower() for text in texts]
        codes = code_points(f"\n{''.join(text + chr(10) for text in folded)}")
        lengths = np.fromiter(map(len, folded), dtype=np.int64, count=len(folded)) + 1
        owner = np.concatenate(([0], np.repeat(np.arange(len(folded)), lengths)))
        for alphabet in self._alphabets:
            alphabet.weigh(codes, owner, out)
        return out


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The n-grams of one script and their costs in some languages, three languages in one machine word."""

    bits: int
    codes: NDArray[Any]
    """By code point: the letter's number from 1, 0 for what ends a word."""
    keys: NDArray[Any]
    table: NDArray[Any]
    """By slot: the row of the n-gram that may stand there."""
    lanes: NDArray[Any]
    targets: list[int]

    @classmethod
    def load(cls, arrays: Any, group: str, columns: list[int], targets: list[int]) -> Alphabet:
        letters = arrays[f"{group}_letters"]
        bits = len(letters).bit_length()
        codes = _blank_codes()
        codes[letters] = np.arange(1, len(letters) + 1)
        steps = arrays[f"{group}_steps"].astype(np.int64)
        keys = sum(steps[byte] << 8 * byte for byte in range(len(steps))).cumsum()
        rows = arrays[f"{group}_rows"][columns]
        table = np.zeros(1 << SLOT_BITS, dtype=np.int32)
        table[slots(keys)] = np.arange(len(keys))
        for order in range(1, LONGEST):
            own = np.flatnonzero(keys >> bits * (order + 1) == MARK)
            suffix = keys[own] & ((1 << bits * order) - 1) | (MARK << bits * order)
            at = table[slots(suffix)]
            own, at = own[keys[at] == suffix], at[keys[at] == suffix]
            rows[:, own] += rows[:, at]
        lanes = np.zeros((-(-len(columns) // LANES), len(keys) + 1), dtype=np.int64)
        for column, row in enumerate(rows):
            lanes[column // LANES, :-1] |= row.astype(np.int64) << LANE_BITS * (column % LANES)
        return cls(bits, codes, keys, table, lanes, targets)

    def weigh(self, points: NDArray[Any], owner: NDArray[Any], out: NDArray[Any]) -> None:
        """Add to `out`, for each text, the log-likelihoods of its letters of this script."""
        codes = self.codes[points]
        if not (codes != DROPPED).all():
            points, owner, codes = points[codes != DROPPED], owner[codes != DROPPED], codes[codes != DROPPED]
        if not codes.any():
            return
        # Blanks after a blank go: what is between two words is one border.
        stays = codes != 0
        stays[0] = True
        stays[1:] |= codes[:-1] != 0
        letters, owner = codes[stays].astype(np.int64), owner[stays]
        rows = self._rows(letters)
        starts = np.flatnonzero(np.concatenate(([True], owner[1:] != owner[:-1])))
        mask = (1 << LANE_BITS) - 1
        texts = owner[starts]
        for lane, column in enumerate(range(0, len(self.targets), LANES)):
            sums = np.add.reduceat(self.lanes[lane][rows], starts)
            for i, target in enumerate(self.targets[column : column + LANES]):
                out[texts, target] -= ((sums >> LANE_BITS * i) & mask) / SCALE

    def _rows(self, letters: NDArray[Any]) -> NDArray[Any]:
        """For each letter or border the row of the longest known n-gram that ends there."""
        rows = np.full(len(letters), len(self.keys), dtype=np.int64)
        where = np.arange(len(letters))
        key = letters.copy()
        for order in range(min(LONGEST, KEY_BITS // self.bits)):
            if order:
                where = where[where >= order]
                key = key[len(key) - len(where) :] | letters[where - order] << self.bits * order
            wanted = key | MARK << self.bits * (order + 1)
            at = self.table[slots(wanted)]
            known = self.keys[at] == wanted
            rows[where[known]] = at[known]
            if order:
                where, key = where[known], key[known]
        return rows


def _blank_codes() -> NDArray[Any]:
    codes = np.zeros(0x10000, dtype=np.uint16)
    codes[[point for point in range(0x300, 0x10000) if combining(chr(point))]] = DROPPED
    return codes
