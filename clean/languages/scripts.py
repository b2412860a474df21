"""Scripts: which alphabet a text is mostly in, and which languages write it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

# fmt: off
RANGES = (
    ("latin", "az"), ("latin", "AZ"), ("latin", "ªª"), ("latin", "ºº"), ("latin", "ÀÖ"), ("latin", "Øö"),
    ("latin", "øɏ"), ("latin", "Ḁỿ"), ("latin", "Ａｚ"),
    ("greek", "Ͱϡ"), ("greek", "ἀ῾"),
    ("cyrillic", "ЀӾ"),
    ("armenian", "Աև"), ("hebrew", "אײ"),
    ("arabic", "ؠٟ"), ("arabic", "ٮۓ"), ("arabic", "ۺۿ"), ("arabic", "ݐݿ"), ("arabic", "ﭐﻼ"),
    ("devanagari", "ऀॣ"), ("bengali", "ঀৣ"), ("gurmukhi", "ਁੵ"), ("gujarati", "ઁૣ"), ("oriya", "ଁୣ"), ("tamil", "ஂௗ"),
    ("telugu", "ఀౣ"), ("kannada", "ಀೣ"), ("malayalam", "ഀൣ"), ("sinhala", "ංෳ"), ("thai", "กฺ"), ("thai", "เ๎"),
    ("lao", "ກໟ"), ("georgian", "Ⴀჿ"), ("hangul", "ᄀᇿ"), ("hangul", "ㄱㆎ"), ("hangul", "가힣"), ("ethiopic", "ሀፚ"),
    ("khmer", "ក៓"), ("burmese", "က၉"),
    ("kana", "ぁゟ"), ("kana", "ァヿ"), ("kana", "ｦﾟ"),
    ("han", "々〇"), ("han", "㐀䶿"), ("han", "一鿿"), ("han", "\uf900\ufaff"),
)
"""The letters of each script, from first to last, in the basic plane."""

WRITERS = {
    "greek": ("el",), "armenian": ("hy",), "hebrew": ("he",), "bengali": ("bn",), "gurmukhi": ("pa",),
    "gujarati": ("gu",), "oriya": ("or",), "tamil": ("ta",), "telugu": ("te",), "kannada": ("kn",),
    "malayalam": ("ml",), "sinhala": ("si",), "thai": ("th",), "lao": ("lo",), "georgian": ("ka",), "hangul": ("ko",),
    "ethiopic": ("am",), "khmer": ("km",), "burmese": ("my",), "kana": ("ja",), "han": ("ja", "zh"),
    "arabic": ("ar", "fa", "ur"), "devanagari": ("hi", "mr", "ne"), "cyrillic": ("bg", "mk", "ru", "uk", "sr"),
}
"""The languages of a script other than Latin, in which all others are written."""
# fmt: on

NAMES = ("", "latin", *WRITERS)
"""Scripts by their number; 0 is no letter."""

WORTH = tuple({"": 0.0, "han": 2.0, "kana": 2.0, "hangul": 2.0}.get(name, 1.0) for name in NAMES)
"""How many letters one of each script is worth: a syllable or a word where others need several."""


def code_points(text: str) -> NDArray[Any]:
    """The code points of a text, those beyond the basic plane as U+FFFF."""
    return np.minimum(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32), 0xFFFF)


@lru_cache(maxsize=1)
def _numbers() -> NDArray[Any]:
    table = np.zeros(0x10000, dtype=np.uint8)
    for name, borders in RANGES:
        table[ord(borders[0]) : ord(borders[1]) + 1] = NAMES.index(name)
    table[[ord("×"), ord("÷")]] = 0
    return table


def scripts_of(points: NDArray[Any]) -> set[str]:
    """The scripts that some code points belong to."""
    return {NAMES[number] for number in np.flatnonzero(np.bincount(_numbers()[points], minlength=len(NAMES)))}


KANA_SHARE = 0.05
"""Kana for each Han character from which a text is Japanese: Chinese text quotes a kana now and then."""


def dominant(texts: Sequence[str]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The number of the script of most of each text's letters (0 without any), and how many letters that is.

    Japanese is kana among Han characters: some kana make a text `kana` whatever the number of the others.
    """
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    numbers = _numbers()[code_points("".join(texts))]
    owner = np.repeat(np.arange(len(texts)) * len(NAMES), lengths)
    counts = np.bincount(owner + numbers, minlength=len(texts) * len(NAMES)).reshape(len(texts), len(NAMES)) * WORTH
    han, kana = NAMES.index("han"), NAMES.index("kana")
    japanese = counts[:, kana] > KANA_SHARE * counts[:, han]
    counts[japanese, kana] += counts[japanese, han]
    counts[japanese, han] = 0
    best = counts.argmax(axis=1)
    return np.where(counts.any(axis=1), best, 0), counts[np.arange(len(texts)), best]


def chinese_script(text: str) -> str | None:
    """`Hans` or `Hant`, by the characters that only one of GB 2312 and Big5 has; None where they do not say."""
    simplified = traditional = 0
    for char in text:
        if "\u4e00" <= char <= "\u9fff":
            gb, big = _encodes("gb2312", char), _encodes("big5", char)
            simplified += gb and not big
            traditional += big and not gb
    if simplified == traditional:
        return None
    return "Hans" if simplified > traditional else "Hant"


def _encodes(codec: str, char: str) -> bool:
    try:
        char.encode(codec)
    except UnicodeEncodeError:
        return False
    return True
