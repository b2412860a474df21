"""The global options: accepted before the verb and after it, and what they make of the configuration."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

from clean.cli.help import Global
from clean.errors import ConfigError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from clean.config import Config

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(slots=True)
class Settings:
    """The values of the global options, wherever on the command line they stood."""

    config: str | None = None
    isolated: bool = False
    select: list[str] = field(default_factory=list)
    ignore: list[str] = field(default_factory=list)
    extend_select: list[str] = field(default_factory=list)
    text_field: str | None = None
    html_field: str | None = None
    id_field: str | None = None
    url_field: str | None = None
    color: str = "auto"
    quiet: bool = False
    verbose: bool = False
    log_format: str = "text"
    """"json" where a machine reads standard error: then all that goes there is an object a line."""

    def load_config(self) -> Config:
        """The configuration file's values with the command line's over them.

        `--select` takes the place of `select`; `--ignore` and `--extend-select` add to what the file has.

        Raises:
            ConfigError: the options contradict each other, or the file cannot be used.
        """
        from clean.config import Config

        if self.isolated and self.config is not None:
            raise ConfigError("--isolated reads no configuration file, and --config names one: give one of them")
        config = Config() if self.isolated else Config.load(self.config)
        overrides: dict[str, Any] = {}
        if self.select:
            overrides["select"] = self.select
        if self.ignore:
            overrides["ignore"] = [*config.ignore, *self.ignore]
        if self.extend_select:
            overrides["extend_select"] = [*config.extend_select, *self.extend_select]
        if fields := self.fields():
            overrides["input"] = replace(config.input, **fields)
        return config.with_overrides(**overrides)

    def fields(self) -> dict[str, str]:
        """What the command line says that fields of records are called."""
        given = {name: getattr(self, name) for name in ("text_field", "html_field", "id_field", "url_field")}
        return {name: value for name, value in given.items() if value is not None}

    def colored(self, stream: IO[Any]) -> bool:
        """Whether to colour what goes to `stream`."""
        if self.color != "auto":
            return self.color == "always"
        return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def error(self, message: str) -> None:
        """Tell a person what went wrong, in one line on standard error."""
        if self.log_format == "json":
            self.event("error", message=message)
            return
        label = click.style("error:", fg="red", bold=True) if self.colored(sys.stderr) else "error:"
        click.echo(f"{label} {_one_line(message)}", err=True, color=True)

    def note(self, message: str) -> None:
        """Tell a person something in one line on standard error, unless they asked for quiet."""
        if self.quiet:
            return
        if self.log_format == "json":
            self.event("note", message=message)
        else:
            click.echo(_one_line(message), err=True)

    def event(self, name: str, **values: Any) -> None:
        """Tell a machine, as one JSON object in a line on standard error."""
        click.echo(json.dumps({"event": name, **values}, ensure_ascii=False), err=True)


def complete_paths(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Leaves it to the shell to complete a file name."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def complete_rules(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The rules whose id or name begins like that."""
    from click.shell_completion import CompletionItem

    from clean.ruleset.load import read_packs

    rules, _ = read_packs()
    done, comma, last = incomplete.rpartition(",")
    return [
        CompletionItem(f"{done}{comma}{key}", help=rule.summary)
        for rule in rules
        for key in (rule.id, rule.name)
        if key.startswith(last) and (last or key == rule.id)
    ]


def global_options(command: F) -> F:
    """Add the global options to a verb (or the group); their values land in the context's `Settings`."""

    def store(ctx: click.Context, param: click.Parameter, value: Any) -> None:
        settings = ctx.ensure_object(Settings)
        name = str(param.name)
        if isinstance(value, tuple):
            ids = (part.strip() for item in value for part in item.split(","))
            getattr(settings, name).extend(part for part in ids if part)
        elif value:
            setattr(settings, name, value)

    for option in reversed(_options(store)):
        command = option(command)
    return command


def _options(store: Callable[[click.Context, click.Parameter, Any], None]) -> list[Callable[[F], F]]:
    def option(*names: str, help: str, **more: Any) -> Callable[[F], F]:
        return click.option(*names, cls=Global, expose_value=False, callback=store, help=help, **more)

    ids = {"multiple": True, "metavar": "IDS", "shell_complete": complete_rules}
    return [
        option(
            "--config",
            metavar="FILE",
            shell_complete=complete_paths,
            help="Read this configuration file instead of the closest one.",
        ),
        option("--isolated", is_flag=True, help="Read no configuration file."),
        option("--select", **ids, help="Rules to use, by id or prefix, separated by commas."),
        option("--ignore", **ids, help="Rules not to use."),
        option("--extend-select", **ids, help="Rules to use on top of the selected ones."),
        option("--text-field", metavar="NAME", help="The field, or column, of a record with its text. [default: text]"),
        option("--html-field", metavar="NAME", help="The one with a page, where there is no text. [default: html]"),
        option("--id-field", metavar="NAME", help="The one with the record's id. [default: id]"),
        option("--url-field", metavar="NAME", help="The one with its URL. [default: url]"),
        option("--color", type=click.Choice(["auto", "always", "never"]), help="When to colour; NO_COLOR is obeyed."),
        option("-q", "--quiet", is_flag=True, help="Errors only."),
        option("-v", "--verbose", is_flag=True, help="Every error, and tracebacks of internal ones."),
    ]


def _one_line(message: str) -> str:
    return " ".join(message.splitlines())
