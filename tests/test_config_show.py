"""`clean config show`: the effective values, each with its origin."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from clean.cleaner import Cleaner
from clean.cli.main import invoke
from clean.config import Config


@pytest.fixture(autouse=True)
def _in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def shown(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, str]:
    """The printed lines by key."""
    assert invoke(["config", "show", *args]) == 0
    lines = capsys.readouterr().out.splitlines()
    return {line.split(" = ")[0]: line for line in lines}


def test_what_nobody_set_is_a_default(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys)
    assert lines["select"].endswith("# default")
    assert lines["fix-encoding"].endswith('# profile "standard"')
    assert "# file: none found" in lines


def test_a_value_of_a_file_names_file_and_key(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    Path("pyproject.toml").write_text('[tool.clean]\nignore = ["MET"]\n[tool.clean.repair]\nprofile = "full"\n')
    lines = shown(capsys)
    assert lines["ignore"].endswith(f"# {tmp_path}/pyproject.toml: tool.clean.ignore")
    assert lines["profile"].endswith(f"# {tmp_path}/pyproject.toml: tool.clean.repair.profile")


def test_the_command_line_is_named_where_it_had_a_say(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    Path("clean.toml").write_text('select = ["SOC"]\nignore = ["SOC003"]\n')
    lines = shown(capsys, "--select", "TIC,SOC", "--ignore", "SOC001")
    assert lines["select"].startswith('select = ["TIC", "SOC"]')
    assert lines["select"].endswith("# --select")
    assert lines["ignore"].startswith('ignore = ["SOC003", "SOC001"]')
    assert lines["ignore"].endswith("clean.toml: ignore and --ignore")


def test_names_of_fields_come_from_the_file_or_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("clean.toml").write_text('[input]\ntext-field = "body"\nid-field = "doc"\n')
    lines = shown(capsys, "--id-field", "key")
    assert lines["text-field"].startswith('text-field = "body"')
    assert lines["text-field"].endswith("clean.toml: input.text-field")
    assert lines["id-field"].startswith('id-field = "key"')
    assert lines["id-field"].endswith("# --id-field")
    assert lines["url-field"].endswith("# default")


def test_a_path_is_told_what_is_off_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    Path("clean.toml").write_text('per-file-ignores = { "forum/*" = ["COM"] }\n')
    assert any(line.startswith("#   off for it: COM001") for line in shown(capsys, "forum/a.txt"))
    assert "#   no rule is off for it that is on for others" in shown(capsys, "news/a.txt")


def test_what_is_shown_is_a_configuration_that_does_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    Path("clean.toml").write_text(
        'ignore = ["MET"]\nper-file-ignores = { "a b/*" = ["COM"] }\n'
        '[repair]\nprofile = "full"\nuncurl-quotes = false\n'
        "[rules.TIC001]\nmin_rows = 4\n"
    )
    assert invoke(["config", "show"]) == 0
    again = Config.from_mapping(tomllib.loads(capsys.readouterr().out))
    before = Config.load()
    assert again.repair == before.repair.resolved()
    assert (again.select, again.ignore, again.rules) == (before.select, before.ignore, before.rules)
    assert (again.per_file_ignores, again.language) == (before.per_file_ignores, before.language)


def test_an_unknown_rule_in_it_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    Path("clean.toml").write_text('ignore = ["MTE"]\n')
    assert invoke(["config", "show"]) == 2
    assert "no rule 'MTE'" in capsys.readouterr().err


@pytest.mark.parametrize("where", ["forum/a.txt", "../top/forum/a.txt"])
def test_patterns_are_relative_to_the_configuration_file(where: str, tmp_path: Path) -> None:
    top = tmp_path / "top"
    top.mkdir()
    (top / "clean.toml").write_text('per-file-ignores = { "forum/*" = ["COM"] }\n')
    config = Config.load(top / "clean.toml")
    assert config.means("forum/*", str(top / where))
    assert not config.means("forum/*", str(top / "news" / where))
    assert config.means("a.txt", str(top / where))
    assert "COM001" in Cleaner(config).ruleset.ignored(str(top / where))


def test_where_a_configuration_lies_does_not_change_what_it_does(tmp_path: Path) -> None:
    prints = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "clean.toml").write_text('per-file-ignores = { "forum/*" = ["COM"] }\n')
        prints.add(Cleaner(Config.load(tmp_path / name / "clean.toml")).fingerprint)
    assert len(prints) == 1


def test_the_nearest_name_is_told_whatever_its_case(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["rules", "show", "soc001"]) == 2
    assert "did you mean 'SOC001'?" in capsys.readouterr().err
