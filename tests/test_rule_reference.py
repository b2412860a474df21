"""The generated reference is current; packs are validated to the last problem; the table says why a rule is on."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from clean.cli.main import invoke
from clean.config import Config
from clean.ruleset import Ruleset
from clean.ruleset.load import load_packs
from clean.ruleset.reference import reference
from clean.ruleset.select import reason

DOCS = Path(__file__).resolve().parent.parent / "docs"

BROKEN = """\
[[rule]]
id = "TST001"
name = "one"
summary = "x"
scope = "lines"
match = "x"
action = "drop"
colour = 1
drop = []
keep = ["x"]

[[rule]]
id = "TST2"
name = "Two"
summary = "x"
scope = "line"
match = '(?=x)'
action = "drop"
drop = ["a"]
keep = ["x"]

[[rule]]
id = "SOC001"
name = "three"
summary = "x"
scope = "line"
match = "x"
action = "drop"
drop = ["a"]
keep = ["x"]
"""


@pytest.fixture(autouse=True)
def _in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_rule_reference_is_current() -> None:
    written = (DOCS / "rules.md").read_text(encoding="utf-8")
    assert written == reference(load_packs()), "run: clean rules reference > docs/rules.md"


def test_the_packs_of_this_package_are_valid() -> None:
    assert invoke(["rules", "validate", "--isolated"]) == 0


def test_all_problems_are_reported_with_file_and_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("p.toml").write_text(BROKEN)
    Path("q.toml").write_text("[[rule]]\nx = [\n")
    assert invoke(["rules", "validate", "p.toml", "q.toml"]) == 2
    told = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[:2] for line in told[:-2]] == [
        ["p.toml:8", "TST001"],
        ["p.toml:5", "TST001"],
        ["p.toml:9", "TST001"],
        ["p.toml:13", "TST2"],
        ["p.toml:14", "TST2"],
        ["p.toml:17", "TST2"],
    ]
    assert told[-2].startswith("q.toml:2: not TOML")
    assert told[-1].startswith("p.toml:22: SOC001: 'SOC001' is taken already")


def test_names_in_the_configuration_that_no_rule_has_are_reported_all(capsys: pytest.CaptureFixture[str]) -> None:
    Path("clean.toml").write_text('ignore = ["MTE", "SCO001", "ENC003"]\n[rules.TIC9]\nx = 1\n')
    assert invoke(["rules", "validate"]) == 2
    told = capsys.readouterr().out
    assert len(told.splitlines()) == 3
    assert "'MTE'" in told
    assert "'SCO001'; did you mean 'SOC001'?" in told
    assert "'TIC9'" in told


def test_a_pack_that_is_not_there_is_an_error_of_usage() -> None:
    assert invoke(["rules", "validate", "none.toml"]) == 2


def test_a_broken_pack_ends_a_run_with_file_line_and_rule(capsys: pytest.CaptureFixture[str]) -> None:
    Path("p.toml").write_text(BROKEN)
    Path("clean.toml").write_text('extend-packs = ["p.toml"]\n')
    Path("a.txt").write_text("words")
    assert invoke(["diff", "a.txt"]) == 2
    assert "p.toml:8: TST001: unknown key 'colour'" in capsys.readouterr().err


def test_the_table_says_why_a_rule_is_on_or_off(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["rules", "list", "--json", "--select", "SOC,TIC001", "--ignore", "SOC00"]) == 0
    told = {rule["id"]: (rule["on"], rule["because"]) for rule in json.loads(capsys.readouterr().out)}
    assert told["SOC001"] == (False, "ignore SOC00")
    assert told["TIC001"] == (True, "select TIC001")
    assert told["MET001"] == (False, "not selected")


@pytest.mark.parametrize(
    "config",
    [
        Config(),
        Config(select=("SOC", "MET002")),
        Config(select=(), extend_select=("TRK",)),
        Config(ignore=("SOC", "ALL")),
        Config(select=("S",), ignore=("SOC001",)),
    ],
)
def test_the_reason_agrees_with_the_selection(config: Config) -> None:
    ruleset = Ruleset.load(config)
    on = {rule.id for rule in ruleset.active}
    assert {rule.id for rule in ruleset.rules if reason(rule, config)[0]} == on


def test_every_link_of_the_documentation_leads_to_a_file() -> None:
    root = DOCS.parent
    for page in [*root.glob("*.md"), *DOCS.rglob("*.md")]:
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.S)):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_what_is_found_beside_the_rules_is_shown_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    for key in ("DOC001", "not-content", "EXT002", "repeated-block"):
        assert invoke(["rules", "show", key]) == 0
        assert "No rule of a pack" in capsys.readouterr().out
    assert invoke(["rules", "show", "EXT001", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "not-content"


def test_a_folder_is_no_pack(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert invoke(["rules", "test", str(tmp_path)]) == 2
    assert "is a directory" in capsys.readouterr().err
