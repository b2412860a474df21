"""Help is a page of a manual: it says how a verb ends, and shows it at work."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from clean.cli.main import cli, invoke


def verbs(command: click.Command, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield names, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from verbs(below, *names, name)


ALL = dict(verbs(cli))


def examples(command: click.Command) -> list[str]:
    text = (command.help or "").partition("Examples:")[2]
    return re.findall(r"^\s+(clean .*)$", text, re.MULTILINE)


@pytest.mark.parametrize("names", ALL, ids=" ".join)
def test_every_help_has_exit_codes_and_examples(names: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke([*names, "--help"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"Exit codes?:", shown)
    assert examples(ALL[names])


@pytest.mark.parametrize("names", ALL, ids=" ".join)
def test_every_line_of_an_example_can_be_typed(names: tuple[str, ...]) -> None:
    for line in examples(ALL[names]):
        used = [part for part in shlex.split(re.split(r" [|<>] ?", line)[0])[1:] if part != "-"]
        path: tuple[str, ...] = ()
        for part in used:
            if (*path, part) in ALL:
                path = (*path, part)
        assert path[: len(names)] == names, line
        known = {name for command in (cli, ALL[path]) for param in command.params for name in param.opts}
        assert {part.partition("=")[0] for part in used if part.startswith("-")} <= known, line
