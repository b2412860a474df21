"""`clean rules suggest` as a person meets it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

import clean
from clean.cli.main import invoke
from clean.ruleset.load import load_pack
from tests.suggest.corpus import Page, crawl, page, write

SENTENCE = "The kitchen of our newsroom is open to readers of every age and island."
HOSTILE = "Newsroom \"kitchen\" ''' \u2063 tours"


@pytest.fixture(autouse=True)
def _in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def dated(host: str, n: int) -> Page:
    bottom = ["Newsroom kitchen tours", f"Newsroom update of {n + 1} March 2024"]
    made = page(host, n, top=["Zebra quagga okapi"] if host != "site0.example" else [], bottom=bottom)
    made["text"] = made["text"].replace(". The", f". {SENTENCE} The", 1)
    return made


@pytest.fixture
def crawled() -> str:
    return str(write(Path("crawl.jsonl"), crawl(3, 6, dated)))


def test_the_pack_passes_its_own_tests_and_loads_beside_the_others(crawled: str) -> None:
    assert invoke(["rules", "suggest", crawled, "-o", "new.toml", "-q"]) == 0
    assert invoke(["rules", "validate", "new.toml", "-q"]) == 0
    assert invoke(["rules", "test", "new.toml"]) == 0
    rules = load_pack(Path("new.toml"))
    assert rules
    assert not any(rule.safe for rule in rules)
    cleaner = clean.Cleaner(extend_packs=["new.toml"], extend_select=[rule.id for rule in rules])
    assert cleaner.clean_text("Newsroom update of 9 May 1999").text == ""


def test_what_is_no_rule_yet_is_commented_out_with_the_reason(crawled: str) -> None:
    invoke(["rules", "suggest", crawled, "-o", "new.toml", "-q"])
    text = Path("new.toml").read_text()
    assert "# not a rule yet: no sentence of the corpus has its words; add one to keep" in text
    assert "Zebra" not in str(tomllib.loads(text))
    assert '#   "Zebra quagga okapi",' in text


def test_the_pack_goes_to_standard_output_and_the_table_to_standard_error(
    crawled: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["rules", "suggest", crawled]) == 0
    done = capsys.readouterr()
    assert tomllib.loads(done.out)["rule"]
    assert "SUG001" in done.err
    assert "Newsroom kitchen tours" in done.err


def test_json_has_the_evidence(crawled: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["rules", "suggest", crawled, "--json", "-q", "--min-hosts", "3"]) == 0
    told = json.loads(capsys.readouterr().out)
    (support,) = next(draft["support"] for draft in told if draft["match"])
    assert support["documents"] == 18
    assert support["hosts"] == 3


def test_lines_with_quotes_and_separators_can_be_written() -> None:
    def hostile(host: str, n: int) -> Page:
        made = page(host, n, bottom=["x"])
        made["text"] = made["text"].replace(". The", f". {SENTENCE} The", 1).replace("\nx", "\n" + HOSTILE)
        return made

    path = write(Path("crawl.jsonl"), crawl(6, 1, hostile))
    assert invoke(["rules", "suggest", str(path), "-o", "new.toml", "-q"]) == 0
    assert invoke(["rules", "test", "new.toml"]) == 0


def test_the_language_asked_for_is_the_only_one(crawled: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["rules", "suggest", crawled, "--json", "-q", "--language", "de"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_folder_is_the_host_of_files_without_an_address(capsys: pytest.CaptureFixture[str]) -> None:
    for n in range(6):
        for host in ("one.example", "two.example"):
            path = Path("crawl", host, f"{n}.txt")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dated(host, n)["text"])
    assert invoke(["rules", "suggest", "crawl", "--json", "-q"]) == 0
    assert {s["hosts"] for draft in json.loads(capsys.readouterr().out) for s in draft["support"]} == {2}


@pytest.mark.parametrize("option", [["--prefix", "Sug"], ["--min-documents", "0"], ["--max-rules", "1000"]])
def test_wrong_options_are_refused(crawled: str, option: list[str]) -> None:
    assert invoke(["rules", "suggest", crawled, *option]) == 2


def test_an_output_that_exists_is_left_alone(crawled: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("new.toml").write_text("mine")
    assert invoke(["rules", "suggest", crawled, "-o", "new.toml"]) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert Path("new.toml").read_text() == "mine"


def test_an_output_that_is_an_input_is_refused(crawled: str) -> None:
    before = Path(crawled).read_bytes()
    assert invoke(["rules", "suggest", crawled, "-o", crawled, "--overwrite"]) == 2
    assert Path(crawled).read_bytes() == before


def test_a_document_that_cannot_be_read_costs_only_itself(crawled: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("broken.jsonl").write_text("{\n")
    assert invoke(["rules", "suggest", "broken.jsonl", crawled, "-o", "new.toml"]) == 1
    assert "broken.jsonl:1: malformed JSON" in capsys.readouterr().err
    assert load_pack(Path("new.toml"))


def test_no_document_at_all_is_an_error() -> None:
    Path("broken.jsonl").write_text("{\n")
    assert invoke(["rules", "suggest", "broken.jsonl", "-o", "new.toml"]) == 2
    assert not Path("new.toml").exists()


def test_nothing_to_suggest_is_said_and_fine(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text("A harbour.")
    assert invoke(["rules", "suggest", "a.txt"]) == 0
    assert "0 rules suggested" in capsys.readouterr().err
