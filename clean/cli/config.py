"""`clean config`: the effective configuration, and where each value comes from."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import click

from clean.cli.settings import Settings, global_options
from clean.config import Config, ExtractConfig, InputConfig, LanguageConfig, RepairConfig, find, read_table

DEFAULT = "default"
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


@click.group("config")
@global_options
def command() -> None:
    """Show the configuration.

    \b
    Examples:
      clean config show
      clean config show forum/page.txt
      clean --select SOC,ADS config show
    """


@command.command()
@global_options
@click.argument("path", required=False)
@click.pass_obj
def show(settings: Settings, path: str | None) -> None:
    """Print the effective configuration as TOML, with the origin of each value beside it.

    For PATH, which need not exist, also what `per-file-ignores` turns off.
    """
    from clean.ruleset import Ruleset

    config = settings.load_config()
    ruleset = Ruleset.load(config)
    origins = Origins.of(settings)
    color = settings.colored(sys.stdout)
    rows = list(_values(config, origins))
    size = min(max((len(text) for text, origin in rows if origin), default=0), 60)
    _comment(f"file: {origins.file or 'none found'}", color)
    for text, origin in rows:
        if origin:
            text = f"{text:<{size}}  "
            click.echo(text + (click.style(f"# {origin}", dim=True) if color else f"# {origin}"), color=color)
        else:
            click.echo(click.style(text, bold=True) if color and text else text, color=color)
    click.echo()
    _comment(f"{len(ruleset.active)} of {len(ruleset.rules)} rules are on; `clean rules list` names them", color)
    if path is not None:
        for line in _ignores(config, ruleset, Path(path).as_posix()):
            _comment(line, color)


@dataclass(frozen=True)
class Origins:
    """Where values come from: keys of the configuration file, and options of the command line."""

    file: Path | None
    prefix: str
    table: Mapping[str, Any]
    options: Mapping[str, str]

    @classmethod
    def of(cls, settings: Settings) -> Origins:
        """Those of an invocation whose configuration has been loaded."""
        file = None if settings.isolated else Path(settings.config) if settings.config else find(Path.cwd())
        table = read_table(file) if file is not None else {}
        nested = file is not None and table is not None and file.name == "pyproject.toml"
        options = {
            "select": "--select" if settings.select else "",
            "ignore": "--ignore" if settings.ignore else "",
            "extend_select": "--extend-select" if settings.extend_select else "",
            **{f"input.{name}": f"--{name.replace('_', '-')}" for name in settings.fields()},
        }
        return cls(
            file, "tool.clean." if nested else "", table, {key: value for key, value in options.items() if value}
        )

    def top(self, name: str) -> str:
        """The origin of a value at the top of the file."""
        found = [self._in_file(name)] if _given(self.table, name) else []
        option = self.options.get(name)
        if option == "--select":  # it takes the file's place; the others add to it
            found = []
        return " and ".join([*found, *([option] if option else [])]) or DEFAULT

    def within(self, section: str, name: str) -> str | None:
        """The origin of a value in a section; None when neither the file nor the command line gives it."""
        if option := self.options.get(f"{section}.{name}"):
            return option
        return self._in_file(f"{section}.{name}") if _given(self.table.get(section, {}), name) else None

    def _in_file(self, key: str) -> str:
        return f"{self.file}: {self.prefix}{key.replace('_', '-')}"


def _given(table: Mapping[str, Any], name: str) -> bool:
    return name in table or name.replace("_", "-") in table


def _values(config: Config, origins: Origins) -> Iterator[tuple[str, str]]:
    """Lines of TOML, each with its origin; headings and blank lines have none."""
    for name in ("select", "ignore", "extend_select", "extend_packs", "per_file_ignores"):
        yield f"{name.replace('_', '-')} = {toml(getattr(config, name))}", origins.top(name)
    sections: tuple[tuple[str, InputConfig | RepairConfig | LanguageConfig | ExtractConfig], ...] = (
        ("input", config.input),
        ("repair", config.repair.resolved()),
        ("language", config.language),
        ("extract", config.extract),
    )
    for section, values in sections:
        yield "", ""
        yield f"[{section}]", ""
        for f in fields(values):
            origin = origins.within(section, f.name)
            if origin is None:
                of_profile = section == "repair" and f.name != "profile"
                origin = f'profile "{config.repair.profile}"' if of_profile else DEFAULT
            yield f"{f.name.replace('_', '-')} = {toml(getattr(values, f.name))}", origin
    for rule, options in config.rules.items():
        yield "", ""
        yield f"[rules.{rule}]", ""
        for name, value in options.items():
            yield f"{_key(name)} = {toml(value)}", f"{origins.file}: {origins.prefix}rules.{rule}.{name}"


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {toml(v)}" for k, v in value.items()) + " }" if value else "{}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, (str, bool, int, float)):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(str(value), ensure_ascii=False)


def _key(key: str) -> str:
    return key if BARE_KEY.fullmatch(key) else toml(key)


def _ignores(config: Config, ruleset: Any, path: str) -> Iterator[str]:
    yield f"{path}:"
    for pattern, ids in config.per_file_ignores.items():
        if fnmatch(path, pattern):
            yield f"  per-file-ignores {pattern!r} matches and turns off {', '.join(ids)}"
    off = sorted(rule.id for rule in ruleset.active if rule.id in ruleset.ignored(path))
    yield f"  off for it: {', '.join(off)}" if off else "  no rule is off for it that is on for others"


def _comment(text: str, color: bool) -> None:
    click.echo(click.style(f"# {text}", dim=True) if color else f"# {text}", color=color)
