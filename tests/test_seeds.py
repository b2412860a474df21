"""The five seed documents, as a person would clean them: what goes, what is captured, and that all else stays."""

from __future__ import annotations

import json
import re

import pytest

from clean import Cleaner
from tests.golden import SEEDS, path_of, record_of

GONE = {
    "000": [
        "Posted on",
        "guan youfei_0",
        "welcome By: Elena Grace Flores",
        "We are compliant to EU’s Cookie Policy:",
        "Facebook Comments",
    ],
    "001": [
        "Visit us:",
        "Follow us on Social Media:",
        "Articles Par :",
        "Avis de",
        "Le Centre",
        "Pour publier",
        "Contact",
    ],
    "002": [
        "in #ww38 years ago (edited)",
        "18 AUGUST 2016 • 11:13AM",
        "Coin Marketplace",
        "STEEM",
        "TRX",
        "JST",
        "BTC",
        "ETH",
        "USDT",
        "SBD",
    ],
    "003": ["China Increases Military Cooperation with Syria", "Wed Aug 17, 2016 12:16:52", 'string(1158) "[{'],
    "004": ["By Jafar Razi Khan", "Related Articles", "Back to top button", "Adblock Detected", "Please consider"],
}
"""How the lines to remove begin, in order. Of the title of 003, which stands twice, the second goes."""

METADATA = {
    "000": (
        "China-Russia venture in Syria shows the start of their alliance against the US",
        "Elena Grace Flores",
        None,
    ),
    "001": ("Video: China Increases Its Involvement in the Syrian War", "South Front", None),
    "002": (None, None, "2016-08-18"),
    "003": ("China Increases Military Cooperation with Syria", None, "2016-08-17"),
    "004": ("China’s military role in Syria, step forward in fighting terror", "Jafar Razi Khan", None),
}

NAMES = {path.name[:3]: path.name for path in sorted(SEEDS.glob("*.txt"))}
CLEANER = Cleaner()


def lines_left(number: str) -> list[str]:
    """The seed's lines without those to remove, inner blanks single."""
    lines = [" ".join(line.split()) for line in (SEEDS / NAMES[number]).read_text(encoding="utf-8").splitlines()]
    lines = [line for line in lines if line]
    for start in reversed(GONE[number]):
        lines.pop(max(i for i, line in enumerate(lines) if line.startswith(start)))
    return lines


def test_there_are_five_seeds() -> None:
    assert sorted(NAMES) == sorted(GONE)


@pytest.mark.parametrize("number", GONE)
def test_what_is_left_of_a_seed_is_its_content_line_for_line(number: str) -> None:
    (record,) = CLEANER.clean_files([SEEDS / NAMES[number]])
    assert re.split("\n+", record.text) == lines_left(number)


@pytest.mark.parametrize("number", GONE)
def test_what_goes_from_a_seed_is_what_should(number: str) -> None:
    (record,) = CLEANER.clean_files([SEEDS / NAMES[number]])
    assert len(record.removed) == len(GONE[number])
    for removal, start in zip(record.removed, GONE[number], strict=True):
        assert removal.text.startswith(start)


@pytest.mark.parametrize("number", GONE)
def test_a_seeds_metadata_is_captured_and_traced(number: str) -> None:
    (record,) = CLEANER.clean_files([SEEDS / NAMES[number]])
    source = (SEEDS / NAMES[number]).read_text(encoding="utf-8")
    for field, expected in zip(("title", "author", "date"), METADATA[number], strict=True):
        found = record.metadata[field]
        assert (found and found.value) == expected
        if found:
            written = source[slice(*found.source)]
            assert re.search("2016", written) if field == "date" else written == found.value


@pytest.mark.parametrize("number", GONE)
def test_a_seed_is_english_and_so_is_all_that_is_kept(number: str) -> None:
    (record,) = CLEANER.clean_files([SEEDS / NAMES[number]])
    assert record.language == "en"
    assert {segment.language for segment in record.segments} == {"en"}


def test_the_french_block_is_labelled_french() -> None:
    (record,) = CLEANER.clean_files([SEEDS / NAMES["001"]])
    assert [removal.language for removal in record.removed] == ["en", "en", "fr", "fr", "fr", "fr", "fr"]


@pytest.mark.parametrize("number", GONE)
def test_a_seeds_record_is_the_one_that_was_reviewed(number: str) -> None:
    assert record_of(NAMES[number]) == json.loads(path_of(NAMES[number]).read_text(encoding="utf-8"))


@pytest.mark.parametrize("number", GONE)
def test_no_rule_names_a_seeds_own_words(number: str) -> None:
    """Rules must be general: none may hold a run of five words of a seed's text."""
    words = re.findall(r"\w+", (SEEDS / NAMES[number]).read_text(encoding="utf-8").casefold())
    runs = {" ".join(words[i : i + 5]) for i in range(len(words) - 4)}
    for rule in CLEANER.ruleset.rules:
        said = " ".join(re.findall(r"\w+", f"{rule.match or ''} {' '.join(rule.phrases)}".casefold()))
        assert not [run for run in runs if run in said], rule.id
