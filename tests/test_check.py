"""`clean check` as a person and a script meet it: findings, places, exit codes."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from clean.cli.main import invoke

CHROME = (
    "The river rose again in the night, and the village moved its animals to the higher meadows.\n\nRelated Articles\n"
)
PROSE = "The river rose again in the night, and the village moved its animals to the higher meadows.\n"


@pytest.fixture(autouse=True)
def _in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def check(*args: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    capsys.readouterr()
    code = invoke(["check", *args])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def findings(*args: str, capsys: pytest.CaptureFixture[str]) -> list[dict]:
    _, out, _ = check(*args, "--output-format", "jsonl", capsys=capsys)
    return [json.loads(line) for line in out.splitlines()]


def test_a_finding_names_place_rule_and_excerpt(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text(CHROME)
    code, out, err = check("a.txt", capsys=capsys)
    assert code == 1
    head, excerpt = out.splitlines()
    assert head.startswith("a.txt:3:1: REL001 related-articles: ")
    assert excerpt == "    | Related Articles"
    assert "1 finding (1 warning) in 1 of 1 document" in err


def test_a_clean_text_has_no_findings(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text(PROSE)
    code, out, err = check("a.txt", capsys=capsys)
    assert (code, out) == (0, "")
    assert "no findings in 1 document" in err


def test_what_run_wrote_passes(capsys: pytest.CaptureFixture[str]) -> None:
    seeds = Path(__file__).resolve().parent.parent / "seeds"
    Path("bad.txt").write_bytes(
        "Tr\u00e8s caf\u00e9 \u00c3\u00a9t\u00c3\u00a9 &amp; b\u200bcc\x07".encode() + b" \xff\n" + CHROME.encode()
    )
    assert invoke(["run", str(seeds), "bad.txt", "-o", "out.jsonl", "-q"]) == 0
    code, out, _ = check("out.jsonl", capsys=capsys)
    assert (code, out) == (0, "")


def test_a_captured_title_that_stays_is_no_finding(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text("A river rises in the night\n\n" + PROSE * 3)
    assert check("a.txt", capsys=capsys)[0] == 0


def test_columns_count_code_points(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text("𝒳 é and cafÃ© here.\n")
    [found] = findings("a.txt", capsys=capsys)
    assert (found["rule"], found["line"], found["column"], found["end_column"]) == ("ENC003", 1, 12, 14)
    assert found["message"] == '"Ã©" should be "é"'


def test_repairs_of_one_kind_on_one_line_are_one_finding(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text("One \u200b two \u200b three \u200b four.\nAnd \u200b more.\n")
    assert [(f["line"], f["places"]) for f in findings("a.txt", capsys=capsys)] == [(1, 3), (2, 1)]


def test_much_damage_of_one_kind_is_one_finding_that_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text("".join(f"Line {i} \u200b of \u200b text.\n" for i in range(500)))
    [found] = findings("a.txt", capsys=capsys)
    assert found["places"] == 1000
    assert found["message"].startswith("zero-width in 500 lines, 1,000 places; the first: ")


def test_lines_that_a_block_rule_takes_are_one_finding_with_a_range(capsys: pytest.CaptureFixture[str]) -> None:
    seeds = Path(__file__).resolve().parent.parent / "seeds"
    found = {f["rule"]: f for f in findings(str(seeds / "001_cbdb81bf6f0622d6.txt"), capsys=capsys)}
    assert found["LEG001"]["end_line"] > found["LEG001"]["line"]


def test_a_json_lines_finding_stands_at_its_record_and_names_the_line_of_the_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("a.jsonl").write_text(json.dumps({"text": PROSE}) + "\n\n" + json.dumps({"text": CHROME}) + "\n")
    [found] = findings("a.jsonl", capsys=capsys)
    assert (found["line"], found["record"], found["text_line"]) == (3, 3, 3)
    assert found["message"].endswith("(line 3 of the text)")


def test_lines_end_where_editors_end_them(capsys: pytest.CaptureFixture[str]) -> None:
    Path("crlf.txt").write_bytes(CHROME.replace("\n", "\r\n").encode())
    Path("mac.txt").write_bytes(CHROME.replace("\n", "\r").encode())
    assert [f["line"] for f in findings("crlf.txt", "mac.txt", capsys=capsys)] == [3, 3]


def test_undecodable_bytes_are_an_error_that_shows_them(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_bytes("Très bien, dit-il, été comme hiver, ça ira, mes élèves".encode() + b" \xff ok.\n")
    [found] = [f for f in findings("a.txt", capsys=capsys) if f["rule"] == "ENC001"]
    assert found["severity"] == "error"
    assert found["message"].startswith("byte ff at offset 61")


def test_a_bad_document_is_a_finding_beside_good_ones(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.bin").write_bytes(bytes(range(256)) * 40)
    Path("b.txt").write_text(CHROME)
    Path("c.jsonl").write_text('{"text": \n')
    found = findings("a.bin", "b.txt", "c.jsonl", capsys=capsys)
    assert [(f["path"], f["rule"], f["severity"]) for f in found] == [
        ("a.bin", "DOC001", "error"),
        ("b.txt", "REL001", "warning"),
        ("c.jsonl", "DOC001", "error"),
    ]


def test_a_missing_file_beside_others_is_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text(PROSE)
    code, out, _ = check("missing.txt", "a.txt", "--output-format", "concise", capsys=capsys)
    assert code == 1
    assert out == "missing.txt:1:1: DOC001 unreadable: No such file or directory\n"


def test_when_no_input_can_be_read_the_exit_code_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = check("missing.txt", "--exit-zero", "--output-format", "json", capsys=capsys)
    assert code == 2
    assert json.loads(out)[0]["rule"] == "DOC001"
    assert "error: no input could be read" in err


@pytest.mark.parametrize("args", [["--select", "SOC99"], ["--ignore", "ENC004"], ["--extend-select", "REL999"]])
def test_an_unknown_id_is_an_error(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text(PROSE)
    code, out, err = check("a.txt", *args, capsys=capsys)
    assert (code, out) == (2, "")
    assert args[1] in err


def test_a_defect_is_no_finding_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from clean.cleaner import Cleaner

    real = Cleaner.run

    def breaks(self: Cleaner, document, to=None):
        if document.raw == "boom":
            raise ValueError("no way")
        return real(self, document, to)

    monkeypatch.setattr(Cleaner, "run", breaks)
    Path("a.jsonl").write_text('{"text": "boom"}\n' + json.dumps({"text": CHROME}) + "\n")
    code, out, err = check("a.jsonl", "--output-format", "concise", capsys=capsys)
    assert code == 2
    assert out.startswith("a.jsonl:2:1: REL001")
    assert "error: a.jsonl:1: internal error: ValueError: no way" in err
    assert "Traceback" not in err


def test_kinds_beside_rules_obey_selection(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text("Some cafÃ© here.\n\nRelated Articles\n")
    assert {f["rule"] for f in findings("a.txt", "--select", "ENC", capsys=capsys)} == {"ENC003"}
    assert {f["rule"] for f in findings("a.txt", "--ignore", "ENC", capsys=capsys)} == {"REL001"}
    Path("clean.toml").write_text('per-file-ignores = { "a.*" = ["ENC003"] }')
    assert {f["rule"] for f in findings("a.txt", capsys=capsys)} == {"REL001"}


def test_white_space_and_foreign_lines_are_found_when_named(capsys: pytest.CaptureFixture[str]) -> None:
    english = "The river rose again in the night, and the village moved its animals to the meadows.\n\n" * 4
    german = "Der Fluss stieg in der Nacht wieder an, und das Dorf brachte seine Tiere auf die höheren Wiesen.\n"
    Path("a.txt").write_text(english + "Two  blanks in this one line of the text.\n\n" + german)
    assert check("a.txt", capsys=capsys)[0] == 0
    found = findings("a.txt", "--extend-select", "CHR007,LAN001", capsys=capsys)
    assert [(f["rule"], f["line"]) for f in found] == [("CHR007", 9), ("LAN001", 11)]
    assert found[1]["message"] == "de in a document in en"


def test_a_document_that_would_lose_too_much_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text(CHROME)
    assert [f["rule"] for f in findings("a.txt", "--max-removed-ratio", "0.5", capsys=capsys)] == ["REL001"]
    found = findings("a.txt", "--max-removed-ratio", "0.1", capsys=capsys)
    assert (found[0]["rule"], found[0]["severity"]) == ("DOC002", "error")
    assert "14.9% of the text would go, more than 10.0%; characters by rule: REL001 16" in found[0]["message"]


def test_a_ratio_is_a_number_from_0_to_1(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text(PROSE)
    assert check("a.txt", "--max-removed-ratio", "50", capsys=capsys)[0] == 2


def test_fail_on_error_lets_warnings_pass(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text(CHROME)
    assert check("a.txt", "--fail-on", "error", capsys=capsys)[0] == 0
    assert check("a.txt", "--fail-on", "error", "--max-removed-ratio", "0", capsys=capsys)[0] == 1
    assert check("a.txt", "--exit-zero", capsys=capsys)[0] == 0


def test_statistics_are_a_table_in_place_of_the_findings(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text(CHROME)
    Path("b.txt").write_text(CHROME)
    code, out, _ = check(".", "--statistics", capsys=capsys)
    assert code == 1
    assert [line.split() for line in out.splitlines()] == [
        ["findings", "documents", "characters", "severity", "rule"],
        ["2", "2", "32", "warning", "REL001", "related-articles"],
    ]
    _, out, _ = check(".", "--statistics", "--output-format", "json", capsys=capsys)
    assert json.loads(out)[0]["findings"] == 2


def test_the_table_goes_beside_a_report_for_a_service(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text(CHROME)
    _, out, err = check("a.txt", "--statistics", "--output-format", "gitlab", capsys=capsys)
    assert len(json.loads(out)) == 1
    assert "REL001 related-articles" in err


def test_an_output_file_takes_the_findings(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text(CHROME)
    code, out, err = check("a.txt", "--output-file", "report.txt", capsys=capsys)
    assert (code, out) == (1, "")
    assert Path("report.txt").read_text().startswith("a.txt:3:1: REL001")
    assert "written to report.txt" in err


@pytest.mark.parametrize("option", ["--output-file", "--write-baseline"])
def test_an_input_is_never_the_output(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text(CHROME)
    assert check("a.txt", option, "./a.txt", capsys=capsys)[0] == 2
    assert Path("a.txt").read_text() == CHROME


def test_standard_input_takes_the_name_it_is_given(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def piped(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    piped(CHROME)
    assert findings("-", capsys=capsys)[0]["path"] == "-"
    piped(CHROME)
    assert findings("-", "--stdin-filename", "pages/a.txt", capsys=capsys)[0]["path"] == "pages/a.txt"
    piped('{"text": ')
    [found] = findings("-", "--stdin-filename", "a.jsonl", capsys=capsys)
    assert (found["path"], found["rule"]) == ("a.jsonl", "DOC001")
    Path("clean.toml").write_text('per-file-ignores = { "pages/*" = ["REL"] }')
    piped(CHROME)
    assert findings("-", "--stdin-filename", "pages/a.txt", capsys=capsys) == []


def test_a_name_for_standard_input_needs_standard_input(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text(PROSE)
    assert check("a.txt", "--stdin-filename", "b.txt", capsys=capsys)[0] == 2


def test_an_excerpt_cannot_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text("Red \x1b[31m text \x07 and \u202e more words.\n")
    _, out, _ = check("a.txt", capsys=capsys)
    assert "\x1b" not in out
    assert "\x07" not in out
    assert "\u202e" not in out
    assert "Red \\x1b[31m text" in out


def test_colour_is_for_terminals_or_on_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.txt").write_text(CHROME)
    assert "\x1b" not in check("a.txt", capsys=capsys)[1]
    assert "\x1b" in check("a.txt", "--color", "always", capsys=capsys)[1]
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b" in check("a.txt", capsys=capsys)[1]
    monkeypatch.setenv("NO_COLOR", "1")
    out = check("a.txt", capsys=capsys)[1]
    assert "\x1b" not in out


def test_an_id_of_a_finding_cannot_be_a_rules(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text(PROSE)
    Path("own.toml").write_text(
        '[[rule]]\nid = "ENC001"\nname = "mine"\nsummary = "x"\nscope = "line"\nmatch = "x"\naction = "drop"\n'
        'drop = ["x"]\nkeep = ["y"]\n'
    )
    Path("clean.toml").write_text('extend-packs = ["own.toml"]')
    code, _, err = check("a.txt", capsys=capsys)
    assert code == 2
    assert "ENC001" in err


def test_a_file_named_twice_is_checked_once(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_text(CHROME)
    assert len(findings("a.txt", ".", str(Path("a.txt").resolve()), capsys=capsys)) == 1


def test_what_is_said_of_a_whole_record_names_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.jsonl").write_text(json.dumps({"text": CHROME}) + "\n{}\n")
    found = findings("a.jsonl", "--max-removed-ratio", "0", "--select", "ENC", capsys=capsys)
    assert [f["rule"] for f in found] == ["DOC001"]
    found = findings("a.jsonl", "--max-removed-ratio", "0", capsys=capsys)
    assert [(f["rule"], "of the text)" in f["message"]) for f in found] == [
        ("DOC002", False),
        ("REL001", True),
        ("DOC001", False),
    ]
