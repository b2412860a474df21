"""Detectors: what each finds and leaves, on cases kept as data; and that hostile text stays cheap."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean.document import Segment
from clean.offsets import Alignment
from clean.ruleset.detectors import DETECTORS, LineDetector, json_dump, php_dump, tickers
from clean.ruleset.matcher import Matcher
from clean.ruleset.pattern import compile_pattern
from clean.ruleset.rule import Rule
from clean.ruleset.view import View, normalised

CASES = tomllib.loads((Path(__file__).parent / "cases" / "detectors.toml").read_text(encoding="utf-8"))


def view(text: str) -> View:
    return View([Segment(line, Alignment.identity(0, len(line)), 0) for line in text.split("\n") if line])


@pytest.mark.parametrize(
    ("name", "case"), [(name, case) for name, cases in CASES.items() for case in cases], ids=lambda x: str(x)[:60]
)
def test_a_detector_finds_what_it_is_for_and_no_more(name: str, case: dict[str, Any]) -> None:
    detector = DETECTORS[name]
    options = detector.checked(case.get("options", {}))
    if isinstance(detector, LineDetector):
        text = case["text"]
        found = list(detector.find(text, options))
        prefilter = detector.prefilter if isinstance(detector.prefilter, str) else detector.prefilter(options)
        assert not found or compile_pattern(prefilter).search(text), "the prefilter hides what the detector finds"
    else:
        seen = view(case["text"])
        text = seen.text
        found = list(detector.find(seen, options))
    pieces = [text[match.start : match.end] for match in found]
    assert pieces == [re.sub("\n+", "\n", piece) for piece in case["found"]]
    if found:
        assert found[0].value == case.get("value")


def test_every_detector_has_cases_or_rule_examples() -> None:
    assert set(DETECTORS) - set(CASES) == {"title", "repeated_title", "line_model"}  # their examples stand in the packs


@pytest.mark.parametrize("unit", ['{"a":', '[{"a":1,', '{"a":"', '{"', "[", '{"a": 1, "b": [', '{"k": "v" "k": "v"'])
def test_json_is_read_once_however_it_is_broken(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts the characters that are tokenised: a text of n characters may cost a small multiple of n."""
    text = unit * (20_000 // len(unit))
    read = 0
    parse = json_dump.parse

    def counting(source: str, start: int) -> tuple[int, int, bool]:
        nonlocal read
        end, keys, closed = parse(source, start)
        read += end - start
        return end, keys, closed

    monkeypatch.setattr(json_dump, "parse", counting)
    detector = DETECTORS["json_dump"]
    list(detector.find(view(text), detector.checked({})))  # type: ignore[arg-type]  # not a line detector
    assert read <= 2 * len(text)


def test_claimed_string_lengths_are_not_believed_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = 0

    def counting(text: str, start: int, count: int) -> int | None:
        nonlocal tries
        tries += 1
        return None

    monkeypatch.setattr(php_dump, "_after_bytes", counting)
    detector = DETECTORS["php_dump"]
    list(detector.find(view('string(9999) "' * 5_000), detector.checked({})))  # type: ignore[arg-type]  # as above
    assert tries <= php_dump.MAX_FAILURES


@given(st.lists(st.sampled_from(["BTC 1.5", "ETH 2.5", "Some prose here", "Prices"]), max_size=30), st.integers(1, 5))
def test_every_long_enough_run_of_ticker_rows_is_found_wherever_it_begins(lines: list[str], min_rows: int) -> None:
    seen = view("\n".join(lines))
    found = list(tickers.find(seen, {"min_rows": min_rows, "min_known": 1}))
    runs = list(re.finditer(r"r+", "".join("r" if tickers.ticker(line) else "." for line in lines)))
    wanted = [seen.starts[run.end() - 1] + len(lines[run.end() - 1]) for run in runs if len(run[0]) >= min_rows]
    assert [match.end for match in found] == wanted


PHRASES = ("Share", "Follow us", "İzmir ve İstanbul", "#", "Read the full story here", "50 % off")


@given(
    st.sampled_from(PHRASES),
    st.lists(st.sampled_from([" ", "…", "«", "\u00a0", "-", " and"]), max_size=3),
    st.booleans(),
)
def test_a_phrase_is_a_line_of_the_same_words_whatever_stands_around_them(
    phrase: str, around: list[str], loud: bool
) -> None:
    text = "".join((*around, phrase.upper() if loud else phrase, *around))
    rule = Rule("TST001", "test", "A test", "line", "drop", (), (), phrases=PHRASES)
    hits = Matcher((rule,)).find(view(text))
    same = normalised(text) in {normalised(known) for known in PHRASES}
    assert [hit.segment for hit in hits] == ([0] if same else [])
