"""`clean explain`: the life of a line, told by the code that decided it."""

from __future__ import annotations

import io
import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from clean import Cleaner
from clean.cli.main import invoke
from clean.document import Document, Origin
from clean.errors import InputError
from clean.explain.life import life
from clean.explain.place import Place, parse
from clean.explain.story import told
from tests.test_diff import TEXTS

CLEANER = Cleaner()
TEXT = Origin(media_type="text/plain")


@pytest.fixture(autouse=True)
def _in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def explain(text: str | bytes, place: str, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    Path("a.txt").write_bytes(text.encode() if isinstance(text, str) else text)
    assert invoke(["explain", f"a.txt{place}", *more]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("target", "place"),
    [
        ("a.txt", Place("a.txt")),
        ("a.txt:12", Place("a.txt", line=12)),
        ("a.txt:12:3", Place("a.txt", line=12, column=3)),
        ("a.txt@7", Place("a.txt", offset=7)),
        ("a.jsonl:4#12:3", Place("a.jsonl", 4, 12, 3)),
        ("a.jsonl:4#@7", Place("a.jsonl", 4, offset=7)),
        ("C:\\a.txt:2", Place("C:\\a.txt", line=2)),
    ],
)
def test_a_place_is_read_as_people_write_it(target: str, place: Place) -> None:
    assert parse(target) == place


def test_a_file_whose_name_looks_like_a_place_is_that_file() -> None:
    Path("a.txt:2").write_text("words")
    assert parse("a.txt:2") == Place("a.txt:2")


def test_a_removed_line_names_its_rule_and_its_conditions(capsys: pytest.CaptureFixture[str]) -> None:
    told = explain("Plain words.\n\nWe are compliant to EU’s Cookie Policy:\n", ":3", capsys)
    assert "COO001 cookie-policy-line: removes the line" in told
    assert "max_words = 30 (7 here): holds" in told
    assert "removed by COO001 cookie-policy-line" in told


def test_a_condition_that_does_not_hold_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    Path("p.toml").write_text(
        '[[rule]]\nid = "TST001"\nname = "short-fox"\nsummary = "A fox"\nscope = "line"\nmatch = "fox"\n'
        'action = "drop"\nwhere = { max_words = 2, first = true }\ndrop = ["fox"]\nkeep = ["dog"]\n'
    )
    Path("clean.toml").write_text('extend-packs = ["p.toml"]\n')
    told = explain("The quick brown fox.\n", ":1", capsys)
    assert "TST001 short-fox: a condition does not hold" in told
    assert "max_words = 2 (4 here): does not hold" in told
    assert "first = true: holds" in told


def test_of_two_rules_the_loser_hears_why(capsys: pytest.CaptureFixture[str]) -> None:
    Path("p.toml").write_text(
        '[[rule]]\nid = "TST001"\nname = "any-visit"\nsummary = "A visit"\nscope = "line"\nmatch = "Visit"\n'
        'action = "drop"\ndrop = ["Visit"]\nkeep = ["dog"]\n'
    )
    Path("clean.toml").write_text('extend-packs = ["p.toml"]\n')
    told = explain("Plain words.\nVisit us:\n", ":2", capsys)
    assert "TST001 any-visit: SOC001 has it: the lower id wins" in told


def test_a_rule_that_is_off_for_the_file_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("clean.toml").write_text('per-file-ignores = { "a.*" = ["SOC"] }\n')
    told = explain("Plain words.\nVisit us:\n", ":2", capsys)
    assert "SOC001 visit-us: is off for this file by per-file-ignores" in told
    assert "kept as" in told


def test_repairs_are_told_with_their_columns(capsys: pytest.CaptureFixture[str]) -> None:
    told = explain("Itâ€™s raining.\n", ":1", capsys)
    assert "'â€™' becomes '’' at columns 3-5: fix_encoding" in told


def test_bytes_are_those_of_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    told = explain(b"\xef\xbb\xbfone line here\ncaf\xc3\xa9\n", ":2", capsys)
    assert "17 to 22: 63 61 66 c3 a9" in told
    assert "byte order mark of 3 bytes" in told


def test_an_offset_finds_its_line_and_column(capsys: pytest.CaptureFixture[str]) -> None:
    told = explain("one\ntwo\n", "@5", capsys)
    assert "a.txt: line 2 of 2" in told
    assert "column 2: U+0077 w at offset 5" in told


def test_the_language_comes_with_its_runners_up(capsys: pytest.CaptureFixture[str]) -> None:
    told = explain("Una casa nova\n", ":1", capsys)
    assert "; then " in told or "likeliest" in told


def test_without_a_place_each_line_has_its_fate(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [line.split() for line in explain("Plain words.\n\nIt  is.\nVisit us:\n", "", capsys).splitlines()[2:]]
    assert [row[:2] for row in rows] == [["1", "kept"], ["3", "changed"], ["4", "removed"]]


@pytest.mark.parametrize("place", [":9", ":0", ":1:99", "@999", ":1#2"])
def test_a_place_that_is_not_there_is_an_error(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text("one\ntwo\n")
    assert invoke(["explain", f"a.txt{place}"]) == 2
    assert capsys.readouterr().err.startswith("error: a.txt")


@pytest.mark.parametrize("place", [":2", ":1:3", "@3", ":3#9", ":3#@9"])
def test_a_place_that_is_not_in_json_lines_is_an_error(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.jsonl").write_text('{"text": "one"}\n\n{"text": "two"}\n')
    assert invoke(["explain", f"a.jsonl{place}"]) == 2
    assert capsys.readouterr().err.startswith("error: a.jsonl")


def test_a_line_of_a_record_of_json_lines_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.jsonl").write_text('{"text": "one"}\n{"text": "Plain words.\\nVisit us:"}\n')
    assert invoke(["explain", "a.jsonl:2#2"]) == 0
    assert "removed by SOC001 visit-us" in capsys.readouterr().out


@settings(max_examples=40)  # each line of each text goes through the pipeline by itself
@given(TEXTS)
def test_every_line_ends_as_the_record_says(text: str) -> None:
    record = CLEANER.clean_document(Document(text, TEXT))
    rules = {(removal.source, removal.rule) for removal in record.removed}
    told: set[tuple[tuple[int, int], str]] = set()
    for line in range(len(text.removesuffix("\n").split("\n")) if text else 0):
        found = life(CLEANER, text, TEXT, Place("-", line=line + 1))
        told |= {(removal.source, removal.rule) for removal in found.removed}
        acted = {one.rule.id for sight in found.sights for one in sight.verdicts if one.won}
        by_rules = {one.rule for one in found.removed if one not in found.repaired_away}
        assert by_rules <= acted
    assert told == rules


def test_a_document_without_lines_has_no_place() -> None:
    with pytest.raises(InputError):
        life(CLEANER, "", TEXT, Place("a", line=1))


PAGE = (
    "<nav><a href=/>Home</a> <a href=/n>News</a></nav>\n<main>\n<p>The river rose again in the night, and the people "
    "of the village moved to the hill, where they stayed until the morning of the next day.</p></main>\n"
)


def test_a_block_that_is_left_out_of_a_page_is_told_with_its_score(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.html").write_text(PAGE)
    assert invoke(["explain", "a.html:1"]) == 0
    told = capsys.readouterr().out
    assert re.search(r"extract     no content: columns 16-39, score 0\.\d+, in body > nav", told)
    assert "removed columns 16-39 by EXT001 not-content" in told
    assert invoke(["explain", "a.html:2"]) == 0
    assert "markup alone" in capsys.readouterr().out


def test_the_life_of_a_line_can_be_had_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(explain("Plain words.\n\nVisit us:\n", ":3", capsys, "--json"))
    assert (told["path"], told["line"], told["text"]) == ("a.txt", 3, "Visit us:")
    [rule] = told["passes"][0]["rules"]
    assert (rule["rule"], rule["won"], rule["outcome"]) == ("SOC001", True, "removes the line")
    assert told["result"]["removed"][0]["name"] == "visit-us"


def test_the_table_of_lines_can_be_had_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(explain("Plain words.\n\nVisit us:\n", "", capsys, "--json"))
    assert [(line["line"], line["fate"], line["rules"]) for line in told["lines"]] == [
        (1, "kept", []),
        (3, "removed", ["SOC001"]),
    ]


def test_what_weighs_evidence_tells_its_score_and_reasons() -> None:
    lived = life(CLEANER, b"Visit us:\n", TEXT, Place("a.txt", line=1))
    [sight] = lived.sights
    weighed = replace(sight.verdicts[0], score=0.87, reasons=("stands between removed lines",))
    story = "\n".join(told(replace(lived, sights=(replace(sight, verdicts=(weighed,)),)), "a.txt", {}, False))
    assert "score 0.870" in story
    assert "stands between removed lines" in story


def test_a_broken_record_does_not_hide_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.jsonl").write_text('{"text": "Visit us:"}\n{broken}\n{"text": "Words."}\n')
    assert invoke(["explain", "a.jsonl"]) == 2
    captured = capsys.readouterr()
    assert "a.jsonl:1" in captured.out
    assert "a.jsonl:3" in captured.out
    assert "a.jsonl:2: malformed JSON" in captured.err


def test_a_place_in_standard_input_is_no_option(capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Words.\n\nVisit us:\n")))
    assert invoke(["explain", "-:3"]) == 0
    assert "removed by SOC001" in capsys.readouterr().out
