"""Detectors: what each finds and leaves, on cases kept as data; and that hostile text stays cheap."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from clean.document import Segment
from clean.offsets import Alignment
from clean.ruleset.detectors import DETECTORS, LineDetector, json_dump, php_dump
from clean.ruleset.pattern import compile_pattern
from clean.ruleset.view import View

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
