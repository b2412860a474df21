"""Tables of prices: runs of lines that are a symbol and numbers.

Structure comes first, so that an unknown coin in a run is caught; the list of known symbols decides whether a run is
about prices at all, since medal tables and league standings have the same shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from clean.ruleset.detectors.base import DocumentDetector, Match, Options, read_data
from clean.ruleset.view import View, normalised

SYMBOL = re.compile(r"[A-Z][A-Z0-9]{1,9}(?:[./-][A-Z0-9]{1,9})?")
NUMBER = re.compile(r"[-+]?[$€£¥₿]?\d[\d.,\u00a0']*[$€£¥₿%]?")
DIGIT = re.compile(r"\d")
PRICE = re.compile(r"\d[.,]\d")
CHANGE = re.compile(r"\(?[-+−]?\d[\d.,]*%\)?|[▲▼△▽↑↓⬆⬇+−-]")
MAX_LINE = 80
MAX_NAME_WORDS = 3


def ticker(line: str) -> tuple[str, bool] | None:
    """The symbol of a line such as `BTC 61963.30` or `Bitcoin (BTC) $61,963.30 +1.2%`, and whether it has decimals."""
    if len(line) > MAX_LINE or not DIGIT.search(line):
        return None
    symbol: str | None = None
    numbers = 0
    names = 0
    decimals = False
    for token in line.split():
        bare = token.strip("():|,")
        if not bare or CHANGE.fullmatch(bare):
            continue
        if symbol is None and SYMBOL.fullmatch(bare):
            symbol = bare
        elif NUMBER.fullmatch(bare):
            numbers += 1
            decimals |= PRICE.search(bare) is not None
        elif (numbers == 0 and bare[0].isupper()) or SYMBOL.fullmatch(bare):
            names += 1
        else:
            return None
    if symbol is None or not numbers or names > MAX_NAME_WORDS:
        return None
    return symbol, decimals


def find(view: View, options: Options) -> Iterator[Match]:
    data = read_data("tickers")
    known, headings = frozenset(data["symbols"]), frozenset(data["headings"])
    texts = [segment.text for segment in view.segments]
    step = max(options["min_rows"], 1)
    end = 0
    # So many rows in succession have one at a place that is a multiple of their number: others need not be read.
    for probe in range(step - 1, len(texts), step):
        if probe < end or ticker(texts[probe]) is None:
            continue
        first, rows = probe, []
        while first > end and ticker(texts[first - 1]) is not None:
            first -= 1
        end = first
        while end < len(texts) and (row := ticker(texts[end])) is not None:
            rows.append(row)
            end += 1
        familiar = sum(any(part in known for part in re.split("[./-]", symbol)) for symbol, _ in rows)
        priced = sum(decimals for _, decimals in rows)
        if len(rows) < options["min_rows"] or familiar < options["min_known"] or 2 * priced < len(rows):
            continue
        if first > 0 and _is_heading(texts[first - 1], headings):
            first -= 1
        yield Match(view.starts[first], view.starts[end - 1] + len(texts[end - 1]))


def _is_heading(line: str, words: frozenset[str]) -> bool:
    tokens = normalised(line).split() if len(line) <= MAX_LINE else []
    return 0 < len(tokens) <= 5 and not words.isdisjoint(tokens)


TICKER_TABLE = DocumentDetector(find, defaults={"min_rows": 3, "min_known": 2}, data_files=("tickers",))
