"""The pre-commit hook and the GitHub action, as far as they can be run without a network."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from clean.cli.check import command
from clean.cli.main import invoke
from clean.io.media import TYPES
from clean.ruleset.builtin import BUILTINS

ROOT = Path(__file__).resolve().parent.parent
[HOOK] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
[CHECK_STEP] = [step for step in ACTION["runs"]["steps"] if step.get("id") == "check"]


def shim(folder: Path) -> Path:
    """A `clean` on disk that runs this checkout, where installing one would need a network."""
    folder.mkdir(parents=True)
    path = folder / "clean"
    path.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m clean "$@"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return folder


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fine.txt").write_text("The river rose again in the night.\n")
    (tmp_path / "with blank.txt").write_text("The river rose again in the night.\n\nRelated Articles\n")
    return tmp_path


def test_the_hook_takes_every_type_of_input() -> None:
    for suffix in TYPES:
        assert re.search(HOOK["files"], f"corpus/page{suffix}")
        assert re.search(HOOK["files"], f"corpus/page{suffix.upper()}.gz")
    assert not re.search(HOOK["files"], "clean/page.py")


def test_the_hook_fails_on_findings_and_passes_without(corpus: Path) -> None:
    path = shim(corpus / "bin")

    def hook(*files: str) -> subprocess.CompletedProcess[bytes]:
        env = {**os.environ, "PATH": f"{path}{os.pathsep}{os.environ['PATH']}"}
        return subprocess.run([*HOOK["entry"].split(), *files], capture_output=True, env=env, cwd=corpus)

    assert hook("fine.txt").returncode == 0
    failed = hook("fine.txt", "with blank.txt")
    assert failed.returncode == 1
    assert b"with blank.txt:3:1: REL001" in failed.stdout


def git(*args: str, cwd: Path) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "core.hooksPath=none")
    subprocess.run(["git", *who, *args], check=True, capture_output=True, cwd=cwd)


def pre_commit(corpus: Path, args: list[str]) -> subprocess.CompletedProcess[str]:
    """Run the real pre-commit on a repository with this hook, as installed: a network would be needed to install it."""
    hooks = corpus / "hooks"
    if not hooks.exists():
        hooks.mkdir()
        text = (ROOT / ".pre-commit-hooks.yaml").read_text()
        (hooks / ".pre-commit-hooks.yaml").write_text(text.replace("language: python", "language: system"))
        git("init", "-q", cwd=hooks)
        git("add", "-A", cwd=hooks)
        git("commit", "-qm", "Hooks", cwd=hooks)
    head = subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True, cwd=hooks)
    hook = {"id": HOOK["id"], "files": "^corpus/", "args": args}
    repository = corpus / "repository"
    config = {"repos": [{"repo": str(hooks), "rev": head.stdout.strip(), "hooks": [hook]}]}
    (repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    git("add", "-A", cwd=repository)
    path = corpus / "bin" if (corpus / "bin").exists() else shim(corpus / "bin")
    env = {
        **os.environ,
        "PATH": f"{path}{os.pathsep}{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(corpus / "home"),
    }
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color", "never"]
    return subprocess.run(command, capture_output=True, text=True, cwd=repository, env=env)


def test_pre_commit_runs_the_hook_on_the_corpus_alone(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = corpus / "repository" / "corpus"
    folder.mkdir(parents=True)
    git("init", "-q", cwd=folder.parent)
    (folder.parent / "README.md").write_text("Related Articles\n")
    (folder / "fine.txt").write_text("The river rose again in the night.\n")
    passed = pre_commit(corpus, [])
    assert (passed.returncode, passed.stderr) == (0, ""), passed.stdout

    (folder / "with blank.txt").write_text("Related Articles\n")
    failed = pre_commit(corpus, [])
    assert failed.returncode == 1
    assert "corpus/with blank.txt:1:1: REL001" in failed.stdout
    assert "README" not in failed.stdout

    monkeypatch.chdir(folder.parent)
    assert invoke(["check", "corpus", "--write-baseline", "baseline.json"]) == 0
    known = pre_commit(corpus, ["--baseline=baseline.json"])
    assert known.returncode == 0, known.stdout


def act(corpus: Path, **inputs: str) -> tuple[subprocess.CompletedProcess[bytes], str]:
    """Run the action's check step as a runner would: inputs in the environment, the script by bash -e -o pipefail."""
    if not (corpus / "tmp").exists():
        shim(corpus / "tmp" / "clean-check" / "bin")
    given = {name: str(spec.get("default", "")) for name, spec in ACTION["inputs"].items()} | inputs
    env = {
        name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda m: given[m.group(1)], value)
        for name, value in CHECK_STEP["env"].items()
    }
    output = corpus / "tmp" / "output"
    output.write_text("")
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", CHECK_STEP["run"]],
        capture_output=True,
        cwd=corpus,
        env={**os.environ, **env, "RUNNER_TEMP": str(corpus / "tmp"), "GITHUB_OUTPUT": str(output)},
    )
    return done, output.read_text()


def test_the_action_annotates_and_fails_on_findings(corpus: Path) -> None:
    done, output = act(corpus, paths="with blank.txt\nfine.txt")
    assert (done.returncode, output) == (1, "exit-code=1\n")
    assert done.stdout.startswith(b"::warning file=with blank.txt,line=3")


def test_the_action_passes_a_clean_corpus(corpus: Path) -> None:
    done, output = act(corpus, paths="fine.txt")
    assert (done.returncode, output) == (0, "exit-code=0\n")


def test_the_action_writes_sarif_and_takes_options(corpus: Path) -> None:
    args = {"paths": "with blank.txt", "args": "--select\nREL", "sarif-file": "clean.sarif"}
    done, _ = act(corpus, **args)
    assert done.returncode == 1
    assert '"REL001"' in (corpus / "clean.sarif").read_text()
    assert b"REL001 related-articles" in done.stderr


def test_the_action_never_runs_its_inputs(corpus: Path) -> None:
    done, output = act(corpus, paths='$(touch hacked)\n"; touch hacked; "\n--output-file=hacked')
    assert (done.returncode, output) == (2, "exit-code=2\n")
    assert not (corpus / "hacked").exists()
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_every_option_of_the_recipes_exists() -> None:
    known = {name for parameter in command.params for name in parameter.opts}
    for name in ("ci.md", "check.md"):
        lines = (ROOT / "docs" / name).read_text().splitlines()
        used = {
            option
            for line in lines
            if "clean check" in line or "--" in line
            for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", line)
        }
        assert used <= known | {"--all-files", "--help", "--quiet"}


def test_the_documentation_lists_every_kind_of_finding() -> None:
    rows = re.findall(
        r"^\| ([A-Z]{3}\d{3}) \| ([a-z-]+) \| (\w+) \| (.*) \|$", (ROOT / "docs" / "check.md").read_text(), re.M
    )
    assert sorted((id, name, severity, "**off**" not in what) for id, name, severity, what in rows) == sorted(
        (kind.id, kind.name, kind.severity, kind.on) for kind in BUILTINS
    )
