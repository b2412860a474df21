#!/usr/bin/env python3
"""Build clean/languages/letters.npz from the n-gram frequencies that lingua and langdetect publish.

    pip install lingua-language-detector==1.4.2 brotli langdetect==1.0.9
    python bench/build_letters.py [--lingua FOLDER] [--out FILE]

Both are Apache-2.0. lingua has, for each language, the frequency of a letter after its one to four predecessors
in a word; langdetect has what begins and ends words. From these come letter models, one a language, with
interpolated probabilities; of all languages' n-grams those stay that tell languages apart, until the file is small
enough. clean/languages/LETTERS.md is the model card.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import defaultdict
from fractions import Fraction
from importlib import resources
from pathlib import Path

import numpy as np

from clean.languages.letters import GROUPS, MARK, SCALE, slots
from clean.languages.scripts import code_points, scripts_of

ORDERS = ("unigrams", "bigrams", "trigrams", "quadrigrams", "fivegrams")
LINGUA_NAMES = {"no": "nb"}
HAN_PROFILES = {"zh": ("zh-cn", "zh-tw"), "ja": ("ja",)}
WITH_SIGNS = ("hi", "mr")
"""lingua counts letters alone; in these languages vowel signs are half of a word, and langdetect has them."""
WITHOUT_BLANKS = ("han",)
"""Scripts that do not part words: what stands next to a blank says nothing there."""
ROWS = {"latin": 250_000, "cyrillic": 70_000, "arabic": 60_000, "devanagari": 40_000, "han": 12_000}
"""n-grams kept for each script: what brings the file under 5 MB."""
RAREST_LETTER = {"han": 1e-7}
"""Share of a language's letters below which one is not in the alphabet; 2e-6 unless stated."""
FLOOR = 1e-7
END_FLOOR = 0.003
"""Probability that a word ends after a letter that langdetect never saw at the end of one."""

Counts = list[dict[str, tuple[int, int]]]
"""For each order the grams with how often the last letter followed the others, and how often anything did."""


def from_lingua(folder: Path, language: str) -> Counts:
    import brotli

    orders: Counts = []
    for name in ORDERS:
        path = folder / LINGUA_NAMES.get(language, language) / f"{name}.json.br"
        grams: dict[str, tuple[int, int]] = {}
        shares: dict[str, Fraction] = {}
        if path.exists():
            for share, found in json.loads(brotli.decompress(path.read_bytes()))["ngrams"].items():
                shares.update(dict.fromkeys(found.split(), Fraction(share)))
        # The shares are reduced fractions of one count for each context: their least common multiple.
        context: dict[str, int] = defaultdict(lambda: 1)
        for gram, share in shares.items():
            context[gram[:-1]] = min(math.lcm(context[gram[:-1]], share.denominator), 10**9)
        for gram, share in shares.items():
            grams[gram] = round(share * context[gram[:-1]]), context[gram[:-1]]
        orders.append(grams)
    return orders


def from_langdetect(profile: dict[str, int]) -> Counts:
    orders: Counts = [{}, {}, {}, {}, {}]
    for order in range(3):
        context: dict[str, int] = defaultdict(int)
        own = {gram: n for gram, n in profile.items() if len(gram) == order + 1 and " " not in gram}
        for gram, n in own.items():
            context[gram[:-1]] += n
        orders[order] = {gram: (n, context[gram[:-1]]) for gram, n in own.items()}
    return orders


def langdetect_profile(language: str) -> dict[str, int]:
    path = resources.files("langdetect") / "profiles" / language
    counts: dict[str, int] = defaultdict(int)
    for gram, n in json.loads(path.read_text(encoding="utf-8"))["freq"].items():
        counts[gram.lower()] += n
    return counts


def han_shares(folder: Path, language: str) -> Counts:
    """Shares of Han characters among themselves, half by lingua and half by langdetect.

    lingua's Chinese is traditional alone. langdetect has simplified too, but counts classes of characters: a class's
    share is divided among its members.
    """
    from langdetect.utils.ngram import NGram

    members: dict[str, int] = defaultdict(int)
    for char, name in NGram.CJK_MAP.items():
        members[name] += _is_han(char)
    sources = [{char: n / total for char, (n, total) in from_lingua(folder, language)[0].items() if _is_han(char)}]
    for name in HAN_PROFILES[language]:
        counts = langdetect_profile(name)
        own = {char: counts[of] / members[of] for char, of in NGram.CJK_MAP.items() if counts.get(of) and _is_han(char)}
        sources.append(own)
    weights = (0.5, *(0.5 / len(HAN_PROFILES[language]) for _ in HAN_PROFILES[language]))
    shares: dict[str, float] = defaultdict(float)
    for source, weight in zip(sources, weights, strict=True):
        total = sum(source.values())
        for char, share in source.items():
            shares[char] += weight * share / total
    return [{char: (round(share * 10**9), 10**9) for char, share in shares.items()}, {}, {}, {}, {}]


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


class Table:
    """Letter models of the languages of one script, as rows of log-probabilities by n-gram."""

    def __init__(self, group: str, lingua: Path) -> None:
        self.group = group
        self.languages = GROUPS[group]
        counts = {language: self._counts(lingua, language) for language in self.languages}
        rarest = RAREST_LETTER.get(group, 2e-6)
        letters = {g for c in counts.values() for g, (n, total) in c[0].items() if n > rarest * total and len(g) == 1}
        # A stray letter of another script would make a text's evidence depend on what else is in its batch.
        own = (letter for letter in letters if ord(letter) < 0x10000 and scripts_of(code_points(letter)) == {group})
        self.letters = "".join(sorted(own))
        self.code = {letter: i + 1 for i, letter in enumerate(self.letters)}
        self.bits = len(self.letters).bit_length()
        self.keys: list[np.ndarray] = []
        self.p: list[np.ndarray] = []
        for order in range(5):
            self._add_order(order, {language: c[order] for language, c in counts.items()})
        if group not in WITHOUT_BLANKS:
            self._add_borders()

    def _counts(self, lingua: Path, language: str) -> Counts:
        if self.group in WITHOUT_BLANKS:
            return han_shares(lingua, language)
        if language in WITH_SIGNS:
            return from_langdetect(langdetect_profile(language))
        return from_lingua(lingua, language)

    def key(self, gram: str) -> int:
        """The n-gram as a number, 0 for a blank, with a mark before the first letter; -1 with a letter unknown."""
        key = MARK
        for char in gram:
            code = 0 if char == " " else self.code.get(char, -1)
            if code < 0:
                return -1
            key = key << self.bits | code
        return key

    def _suffix(self, keys: np.ndarray, order: int) -> np.ndarray:
        mask = (1 << self.bits * order) - 1
        return (keys & mask) | (MARK << self.bits * order)

    def _add_order(self, order: int, counts: dict[str, dict[str, tuple[int, int]]]) -> None:
        found: list[tuple[int, int, float, float]] = []
        kinds: list[int] = []
        for column, language in enumerate(self.languages):
            followers: dict[str, int] = defaultdict(int)
            for gram in counts[language]:
                followers[gram[:-1]] += 1
            for gram, (n, total) in counts[language].items():
                if (key := self.key(gram)) >= 0:
                    found.append((key, column, n, total))
                    kinds.append(followers[gram[:-1]])
        if not found:
            self.keys.append(np.zeros(0, np.int64))
            self.p.append(np.zeros((0, len(self.languages)), np.float32))
            return
        data = np.array(found, dtype=np.float64)
        column = data[:, 1].astype(int)
        keys, row = np.unique(np.array([f[0] for f in found], dtype=np.int64), return_inverse=True)
        n = np.zeros((len(keys), len(self.languages)), np.float32)
        n[row, column] = data[:, 2]
        contexts, context = np.unique(keys >> self.bits, return_inverse=True)
        total = np.zeros((len(contexts), len(self.languages)), np.float32)
        types = np.zeros_like(total)
        total[context[row], column] = data[:, 3]
        types[context[row], column] = kinds
        if order == 0:
            p = n / np.maximum(total[context], 1)
        else:
            back = self._lookup(order - 1, self._suffix(keys, order))
            # Witten-Bell: the more different letters followed a context, the more an unseen one may.
            seen, kinds_ = total[context], types[context]
            p = np.where(seen > 0, (n + kinds_ * back) / np.maximum(seen + kinds_, 1e-30), back)
        self.keys.append(keys)
        self.p.append(np.maximum(p, FLOOR).astype(np.float32))

    def _lookup(self, order: int, keys: np.ndarray) -> np.ndarray:
        at = _find(self.keys[order], keys)
        if not len(self.keys[order]):
            return np.full((len(keys), len(self.languages)), FLOOR)
        return np.where((at >= 0)[:, None], self.p[order][at], FLOOR)

    def _add_borders(self) -> None:
        """Add what begins and ends words, which lingua leaves out: " x", " xy", "x ", "xy "."""
        width = len(self.languages)
        rows: dict[str, np.ndarray] = {}
        for column, language in enumerate(self.languages):
            counts = langdetect_profile(language)
            known = {g: n for g, n in counts.items() if all(c == " " or c in self.code for c in g)}
            starts = sum(n for g, n in known.items() if len(g) == 2 and g[0] == " ")
            for gram, n in known.items():
                if len(gram) == 2 and gram[0] == " ":
                    rows.setdefault(gram, np.zeros(width))[column] = n / starts
                elif len(gram) == 3 and gram[0] == " " and gram[2] != " ":
                    rows.setdefault(gram, np.zeros(width))[column] = n / max(known.get(gram[:2], 0), n)
                elif len(gram) == 2 and gram[1] == " ":
                    rows.setdefault(gram, np.zeros(width))[column] = min(1.0, n / max(known.get(gram[0], 0), n))
                elif len(gram) == 3 and gram[2] == " " and gram[0] != " ":
                    rows.setdefault(gram, np.zeros(width))[column] = n / max(known.get(gram[:2], 0), n)
        smooth: dict[str, np.ndarray] = {}
        for gram in sorted(rows, key=len):
            if len(gram) == 2 and gram[0] == " ":
                smooth[gram] = 0.98 * rows[gram] + 0.02 * self._lookup(0, np.array([self.key(gram[1])]))[0]
            elif len(gram) == 2:
                smooth[gram] = np.maximum(rows[gram], END_FLOOR)
            elif gram[0] == " ":
                smooth[gram] = 0.9 * rows[gram] + 0.1 * self._lookup(1, np.array([self.key(gram[1:])]))[0]
            else:
                smooth[gram] = 0.9 * rows[gram] + 0.1 * smooth.get(gram[1:], np.full(width, END_FLOOR))
        for order in (1, 2):
            extra = [gram for gram in smooth if len(gram) == order + 1]
            if not extra:
                continue
            keys = np.concatenate((self.keys[order], np.array([self.key(g) for g in extra], dtype=np.int64)))
            p = np.concatenate((self.p[order], np.array([smooth[g] for g in extra], dtype=np.float32)))
            sort = np.argsort(keys, kind="stable")
            self.keys[order], self.p[order] = keys[sort], np.maximum(p[sort], FLOOR)

    def pruned(self, limit: int) -> tuple[np.ndarray, np.ndarray]:
        """Keys and quantised rows of the n-grams that tell languages apart best, at most `limit`."""
        logs = [np.log(p) for p in self.p]
        joint = [logs[0]]
        weights = [np.full(len(self.keys[0]), np.inf)]
        for order in range(1, 5):
            keys = self.keys[order]
            if not len(keys):
                joint.append(logs[order])
                weights.append(np.zeros(0))
                continue
            prefix = _find(self.keys[order - 1], keys >> self.bits)
            suffix = _find(self.keys[order - 1], self._suffix(keys, order))
            before = np.where((prefix >= 0)[:, None], joint[order - 1][prefix], math.log(1 / 6))
            joint.append(before + logs[order])
            change = logs[order] - np.where((suffix >= 0)[:, None], logs[order - 1][suffix], math.log(1 / 30))
            change -= change.mean(axis=1, keepdims=True)
            weights.append((np.exp(joint[order]) * np.abs(change)).sum(axis=1))
        # An n-gram stays with its suffixes, so that the longest is found by growing.
        for order in range(4, 0, -1):
            if not len(self.keys[order]):
                continue
            suffix = _find(self.keys[order - 1], self._suffix(self.keys[order], order))
            has = suffix >= 0
            np.maximum.at(weights[order - 1], suffix[has], weights[order][has])
        weight = np.concatenate(weights)
        keys = np.concatenate(self.keys)
        rows = np.concatenate(logs)
        best = np.argsort(-weight, kind="stable")[:limit]
        # A slot holds one n-gram, the weightiest.
        _, first = np.unique(slots(keys[best]), return_index=True)
        best = best[np.sort(first)]
        best = best[np.argsort(keys[best])]
        best = best[self._reachable(keys[best])]
        return keys[best], np.clip(np.rint(-SCALE * rows[best]), 0, 255).astype(np.uint8)

    def _reachable(self, keys: np.ndarray) -> np.ndarray:
        """Which of some sorted n-grams have all their suffixes of two letters and more among them."""
        there = np.ones(len(keys), dtype=bool)
        for order in range(2, 5):
            own = np.flatnonzero(keys >> self.bits * (order + 1) == MARK)
            at = _find(keys, self._suffix(keys[own], order))
            there[own] = (at >= 0) & there[at]
        return there


def _find(keys: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    if not len(keys):
        return np.full(len(wanted), -1)
    at = np.searchsorted(keys, wanted)
    at[at == len(keys)] = 0
    return np.where(keys[at] == wanted, at, -1)


def packed(table: Table) -> dict[str, np.ndarray]:
    """The arrays of one script, so that they compress: keys as steps, rows as differences from the suffix's row."""
    keys, rows = table.pruned(ROWS[table.group])
    change = rows.copy()
    for order in range(4, 0, -1):
        own = np.flatnonzero(keys >> table.bits * (order + 1) == MARK)
        suffix = _find(keys, table._suffix(keys[own], order))
        own, suffix = own[suffix >= 0], suffix[suffix >= 0]
        change[own] = rows[own] - rows[suffix]
    steps = np.diff(keys, prepend=0).astype(np.uint64)
    print(f"{table.group:12}{len(table.languages):4} languages {len(table.letters):6} letters {len(keys):8} n-grams")
    return {
        f"{table.group}_letters": np.array([ord(letter) for letter in table.letters], dtype=np.uint16),
        f"{table.group}_steps": np.stack([(steps >> 8 * byte & 255).astype(np.uint8) for byte in range(8)]),
        f"{table.group}_rows": np.ascontiguousarray(change.T),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--lingua", type=Path, help="folder of lingua's language models; the installed package's if not"
    )
    parser.add_argument("--out", type=Path, default=Path("clean/languages/letters.npz"))
    options = parser.parse_args()
    lingua = options.lingua or Path(str(resources.files("lingua") / "language-models"))
    arrays: dict[str, np.ndarray] = {}
    import os

    if os.environ.get("ONLY"):
        arrays.update({k: v for k, v in np.load(options.out).items() if not k.startswith(os.environ["ONLY"])})
    for group in GROUPS:
        if os.environ.get("ONLY", group) != group:
            continue
        arrays |= packed(Table(group, lingua))
    np.savez_compressed(options.out, **arrays)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
