"""The reports of `clean check`, read back as their readers would."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest
import xmlschema

from clean.checks.catalogue import Catalogue
from clean.checks.finding import Checked, Finding, fingerprint
from clean.checks.formats import FORMATS, Context, load
from clean.checks.formats import sarif as sarif_format
from clean.checks.location import Excerpt
from clean.cli import check as check_verb
from clean.cli.main import invoke

SCHEMAS = Path(__file__).parent / "schemas"
CONTEXT = Context(Catalogue([]))


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with something of everything; the working directory is a folder in it."""
    (tmp_path / ".git").mkdir()
    here = tmp_path / "corpus"
    here.mkdir()
    monkeypatch.chdir(here)
    chrome = "The river rose again in the night, and the village moved its animals.\n\nRelated Articles\n"
    (here / "a b,c:d%.txt").write_text(chrome + "\nRelated Articles\n")
    (here / 'odd\x01<&">.txt').write_text(chrome)
    (here / "pages.jsonl").write_text(json.dumps({"text": chrome}) + '\n{"text"\n{"text": "Fine."}\n')
    (here / "bad.txt").write_bytes(b"Words \x1b[1m and cafe\xcc\x81 & \xc3\x83\xc2\xa9\x07 ]]> <b>\n")
    (here / "fine.txt").write_text("Nothing wrong here.\n")
    return here


def report(format_: str, capsys: pytest.CaptureFixture[str], *paths: str) -> str:
    capsys.readouterr()
    assert invoke(["check", "-q", *(paths or (".", "missing.txt")), "--output-format", format_]) == 1
    return capsys.readouterr().out


def finding(n: int, severity: str = "warning", path: str = "a.txt") -> Finding:
    return Finding(
        path=path, file=path, record=None, line=n, column=1, end_line=n, end_column=5, rule="DOC001", name="unreadable",
        severity=severity, message="Words", excerpt=Excerpt("text", 0, 4), fingerprint=fingerprint(path, "X", str(n)),
        text_line=n, text_column=1,
    )  # fmt: skip


def rendered(format_: str, findings: list[Finding], context: Context = CONTEXT) -> str:
    return "".join(load(format_)([Checked("a.txt", "a.txt", None, findings)], context))


def validate_sarif(log: dict) -> None:
    jsonschema.Draft4Validator(json.loads((SCHEMAS / "sarif-2.1.0.json").read_text())).validate(log)


def test_the_verb_offers_every_format() -> None:
    assert tuple(FORMATS) == check_verb.FORMATS


@pytest.mark.parametrize("format_", FORMATS)
def test_nothing_found_is_a_valid_report(format_: str) -> None:
    out = rendered(format_, [])
    if format_ == "sarif":
        validate_sarif(json.loads(out))
    elif format_ == "junit":
        xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd").validate(out)
    elif format_ in ("json", "gitlab"):
        assert json.loads(out) == []
    else:
        assert out == ""


def test_concise_lines_can_be_parsed(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = report("concise", capsys).splitlines()
    assert lines
    for line in lines:
        assert re.fullmatch(r".+:\d+:\d+: [A-Z]{3}\d{3} [a-z-]+: .+", line)


def test_json_and_json_lines_hold_the_same(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    array = json.loads(report("json", capsys))
    assert array == [json.loads(line) for line in report("jsonl", capsys).splitlines()]
    assert {f["rule"] for f in array} >= {"REL001", "DOC001", "ENC003", "CHR001", "CHR005"}


def test_sarif_is_valid_and_names_files_from_the_repository(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = json.loads(report("sarif", capsys))
    validate_sarif(log)
    [run] = log["runs"]
    uris = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]}
    assert "corpus/a%20b%2Cc%3Ad%25.txt" in uris
    assert "corpus/missing.txt" in uris
    assert run["columnKind"] == "unicodeCodePoints"


def test_sarif_rules_carry_help_and_results_point_to_them(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [run] = json.loads(report("sarif", capsys))["runs"]
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        assert rule["help"]["text"]
        assert rule["fullDescription"]["text"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_fingerprints_are_unique_and_outlive_moved_lines(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def prints() -> list[str]:
        [run] = json.loads(report("sarif", capsys, "a b,c:d%.txt"))["runs"]
        return [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]

    before = prints()
    assert len(set(before)) == 2
    page = files / "a b,c:d%.txt"
    page.write_text("The first line is new, and says so at some length.\n\n" + page.read_text())
    assert prints() == before


def test_sarif_is_cut_at_what_github_accepts_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    notes: list[str] = []
    monkeypatch.setattr(sarif_format, "MAX_RESULTS", 5)
    many = [*(finding(n) for n in range(1, 8)), finding(9, "error")]
    log = json.loads(rendered("sarif", many, Context(Catalogue([]), note=notes.append)))
    validate_sarif(log)
    [run] = log["runs"]
    assert [r["level"] for r in run["results"]] == ["error", *["warning"] * 4]
    assert "5 of 8 findings" in notes[0]
    assert "5 of 8 findings" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_sarif_is_cut_at_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif_format, "MAX_BYTES", 2000)
    out = rendered("sarif", [finding(n) for n in range(1, 400)])
    assert 0 < len(json.loads(out)["runs"][0]["results"]) < 399
    assert sarif_format._compressed(out) <= 2000


def test_junit_is_valid_and_counts(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = report("junit", capsys)
    xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd").validate(out)
    root = ET.fromstring(out)
    assert int(root.get("failures", "")) == len(root.findall(".//failure"))
    assert int(root.get("tests", "")) == len(root.findall(".//testcase"))
    fine = root.find("./testsuite[@name='fine.txt']")
    assert fine is not None
    assert fine.get("failures") == "0"


def test_junit_tells_a_defect_from_a_pass() -> None:
    document = Checked("a.txt", "a.txt", None, [], defect="internal error: <no> way")
    out = "".join(load("junit")([document], CONTEXT))
    xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd").validate(out)
    assert ET.fromstring(out).get("errors") == "1"


def test_gitlab_entries_have_what_it_asks_for(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entries = json.loads(report("gitlab", capsys))
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)
    for entry in entries:
        assert entry["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert entry["location"]["path"].startswith("corpus/")
        assert entry["location"]["lines"]["begin"] >= 1
        assert entry["description"]
        assert entry["check_name"]


def test_github_commands_are_escaped(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = report("github", capsys, "a b,c:d%.txt", "bad.txt").splitlines()
    assert lines[0].startswith(
        "::warning file=corpus/a b%2Cc%3Ad%25.txt,line=3,endLine=3,col=1,endColumn=17,title=REL001 related-articles::"
    )
    assert all(re.match(r"::(error|warning|notice) [^:]*::", line) for line in lines)


def test_github_messages_keep_percent_signs(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page = tmp_path / "a.txt"
    page.write_text("A line.\n\nRelated Articles\n")
    out_code = invoke(["check", "-q", str(page), "--max-removed-ratio", "0.1", "--output-format", "github"])
    assert out_code == 1
    assert "69.6%25 of the text" in capsys.readouterr().out


def test_github_says_when_it_will_not_show_all() -> None:
    assert "::notice" not in rendered("github", [finding(n) for n in range(1, 11)])
    last = rendered("github", [finding(n) for n in range(1, 12)]).splitlines()[-1]
    assert last.startswith("::notice title=clean::11 warnings")


def test_at_a_terminal_findings_stand_below_their_file() -> None:
    out = rendered("full", [finding(1), finding(2)], Context(Catalogue([]), width=80))
    assert out.splitlines() == [
        "a.txt",
        "      1:1  DOC001 unreadable  Words",
        "           | text",
        "      2:1  DOC001 unreadable  Words",
        "           | text",
    ]


def test_fingerprints_are_shown_on_request() -> None:
    one = finding(1)
    assert one.fingerprint in rendered("concise", [one], Context(Catalogue([]), verbose=True))
    assert one.fingerprint not in rendered("concise", [one])
