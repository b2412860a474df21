"""`clean rules`: what rules there are, what each does, whether its examples hold, and which are missing."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from textwrap import fill, indent
from typing import Any

import click

from clean.cleaner import Cleaner
from clean.cli.help import VerbGroup
from clean.cli.settings import Settings, complete_paths, complete_rules, global_options
from clean.cli.suggest import command as suggest
from clean.cli.words import count
from clean.errors import RuleError
from clean.ruleset import Rule, Ruleset, builtin
from clean.ruleset.rule import Example
from clean.ruleset.select import reason

WIDTH = 100
LABEL = 12


@click.group("rules", cls=VerbGroup)
@global_options
def command() -> None:
    """List, show, test, validate and suggest rules.

    Rules are data: TOML files, one pack a topic. Those of this package are on where they are safe; `extend-packs` in
    the configuration adds your own.

    \b
    Exit codes:
      0  fine
      1  an example of a rule does not hold
      2  no such rule, a pack that cannot be used, wrong usage or configuration, or an internal error

    \b
    Examples:
      clean rules list
      clean rules show SOC002
      clean rules test our-site.toml
      clean rules validate our-site.toml
      clean rules suggest crawl/ -o candidates.toml
    """


command.add_command(suggest)


@command.command("list")
@global_options
@click.option("--json", "as_json", is_flag=True, help="Print the rules as JSON.")
@click.pass_obj
def list_rules(settings: Settings, as_json: bool) -> None:
    """Print a table of all rules, with what turns each on or off in this configuration.

    An unsafe rule is off unless the configuration names it: it may take content. On a terminal lines are cut at its
    width.

    \b
    Exit codes:
      0  fine
      2  wrong usage or configuration, a pack that cannot be used, or an internal error

    \b
    Examples:
      clean rules list
      clean rules list --select SOC,NAV
      clean rules list --json | jq -r ".[].id"
    """
    config = settings.load_config()
    ruleset = Ruleset.load(config)
    on = {rule.id for rule in ruleset.active}
    if as_json:
        told = [_plain(rule) | {"on": rule.id in on, "because": reason(rule, config)[1]} for rule in ruleset.rules]
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    rows = [("id", "name", "languages", "scope", "action", "safe", "state", "summary")]
    for rule in ruleset.rules:
        state = f"{'on' if rule.id in on else 'off'}: {reason(rule, config)[1]}"
        safe = "safe" if rule.safe else "unsafe"
        languages = " ".join(rule.languages) or "any"
        rows.append((rule.id, rule.name, languages, rule.scope, rule.action, safe, state, rule.summary))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for n, row in enumerate(rows):
        line = "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        if room is not None and len(line) > room:
            line = line[: room - 1] + "…"
        _print(settings, line, bold=n == 0, dim=n > 0 and row[0] not in on)


@command.command()
@global_options
@click.argument("rule_id", metavar="ID", shell_complete=complete_rules)
@click.option("--json", "as_json", is_flag=True, help="Print the rule as JSON.")
@click.pass_obj
def show(settings: Settings, rule_id: str, as_json: bool) -> None:
    """Print one rule, by id or name, with its rationale and its examples.

    What is found beside the rules, such as DOC001 or ENC003 in a report of `clean check`, is told as well.

    \b
    Exit codes:
      0  fine
      2  no such rule, wrong usage or configuration, or an internal error

    \b
    Examples:
      clean rules show SOC002
      clean rules show follow-us --json
    """
    ruleset = Ruleset.load(settings.load_config())
    if kind := builtin.named(rule_id):
        _show_builtin(settings, kind, as_json)
        return
    rule = ruleset[rule_id]
    on = rule in ruleset.active
    if as_json:
        click.echo(json.dumps(_plain(rule) | {"on": on}, ensure_ascii=False, indent=2))
        return
    _print_head(settings, rule.id, rule.name, rule.summary, rule.why)
    click.echo()
    for label, value in _facts(rule, on):
        click.echo(_hanging(label, value))
    for label, examples in (("acts on", rule.drop), ("leaves alone", rule.keep)):
        click.echo()
        _print(settings, f"{label}:", bold=True)
        for example in examples:
            click.echo(indent(_shown(example), "  "))


@command.command()
@global_options
@click.argument("pack", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def test(settings: Settings, pack: Path | None) -> int:
    """Run the examples of all rules, or of one PACK (a TOML file).

    Each example is cleaned with its rule alone, or with the rules that it names beside it. PACK need not be named in
    the configuration.

    \b
    Exit codes:
      0  all examples hold
      1  an example does not hold
      2  a pack cannot be used, wrong usage or configuration, or an internal error

    \b
    Examples:
      clean rules test
      clean rules test our-site.toml
    """
    from clean.checks.examples import check

    config = settings.load_config()
    if pack is not None and not _is_loaded(pack, config.extend_packs):
        config = config.with_overrides(extend_packs=[*config.extend_packs, str(pack)])
    cleaner = Cleaner(config)
    chosen = [r for r in cleaner.ruleset.rules if pack is None or Path(r.pack).resolve() == pack.resolve()]
    failures = examples = 0
    for rule in chosen:
        examples += len(rule.drop) + len(rule.keep)
        for failure in check(rule, cleaner):
            failures += 1
            click.echo(str(failure))
    total = f"{count(len(chosen), 'rule')}, {count(examples, 'example')}"
    settings.note(f"{total}: {examples - failures:,} passed, {failures:,} failed")
    return 1 if failures else 0


@command.command(short_help="Load all packs, and print all that is wrong with them.")
@global_options
@click.argument("packs", nargs=-1, metavar="[PACK]...", shell_complete=complete_paths)
@click.pass_obj
def validate(settings: Settings, packs: tuple[str, ...]) -> int:
    """Load all packs, those that the configuration names, and each PACK; print all that is wrong, with file and line.

    Every other verb stops at the first thing that is wrong with a pack. Names in the configuration that no rule has are
    reported as well.

    \b
    Exit codes:
      0  nothing is wrong
      2  a pack or a name cannot be used, or an internal error

    \b
    Examples:
      clean rules validate
      clean rules validate our-site.toml
    """
    from clean.ruleset.load import packs_folder, read_packs
    from clean.ruleset.select import check

    config = settings.load_config()
    for pack in packs:
        _must_be_file(Path(pack))
    extra = [*config.extend_packs, *(pack for pack in packs if not _is_loaded(Path(pack), config.extend_packs))]
    rules, problems = read_packs(extra, strict=True)
    messages = [str(problem) for problem in problems]
    if not problems:  # a rule that could not be read is no unknown one
        messages += check(rules, config)
    for message in messages:
        click.echo(message)
    packs_read = len({*packs_folder().glob("*.toml")}) + len(extra)
    told = count(len(messages), "problem") if messages else "nothing wrong"
    settings.note(f"{count(packs_read, 'pack')}, {count(len(rules), 'rule')}: {told}")
    return 2 if messages else 0


@command.command(short_help="Print the reference of the rules, in Markdown.")
def reference() -> None:
    """Print the reference of the rules of this package, in Markdown; docs/rules.md is that.

    \b
    Exit codes:
      0  fine
      2  a pack that cannot be used, or an internal error

    \b
    Examples:
      clean rules reference > docs/rules.md
    """
    from clean.ruleset.load import load_packs
    from clean.ruleset.reference import reference as written

    click.echo(written(load_packs()), nl=False)


def _print(settings: Settings, line: str, bold: bool = False, dim: bool = False) -> None:
    # What click is told not to be dim, it tells not to be bold either.
    click.secho(line, color=settings.colored(sys.stdout), bold=bold or None, dim=dim or None)


def _is_loaded(pack: Path, extra: tuple[str, ...]) -> bool:
    from clean.ruleset.load import packs_folder

    _must_be_file(pack)
    known = [*packs_folder().glob("*.toml"), *map(Path, extra)]
    return pack.resolve() in {path.resolve() for path in known}


def _print_head(settings: Settings, id: str, name: str, summary: str, why: str) -> None:
    _print(settings, f"{id} {name}", bold=True)
    click.echo(fill(summary, WIDTH))
    if why:
        click.echo("\n" + fill(" ".join(why.split()), WIDTH))


def _show_builtin(settings: Settings, kind: builtin.Builtin, as_json: bool) -> None:
    if as_json:
        told = {"id": kind.id, "name": kind.name, "summary": kind.summary, "why": kind.why}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    _print_head(settings, kind.id, kind.name, kind.summary, kind.why)
    by = "what reads pages does it" if kind in builtin.MODELS else "found beside the rules by `clean check`"
    click.echo(f"\nNo rule of a pack: {by}")


def _hanging(label: str, value: str) -> str:
    """A fact beside its label; on a terminal, long ones are broken where it ends."""
    if not sys.stdout.isatty():
        return f"{label:<{LABEL}}{value}"
    room = max(shutil.get_terminal_size().columns - LABEL, 20)
    pieces = [value[at : at + room] for at in range(0, len(value), room)] or [""]
    return f"{label:<{LABEL}}" + f"\n{' ' * LABEL}".join(pieces)


def _must_be_file(pack: Path) -> None:
    if not pack.is_file():
        raise RuleError(f"{pack}: {'is a directory; name a pack in it' if pack.is_dir() else 'no such file'}")


def _plain(rule: Rule) -> dict[str, Any]:
    plain = asdict(rule)
    plain["where"] = {key: value for key, value in plain["where"].items() if value not in (None, ())}
    for key in ("drop", "keep"):
        plain[key] = [_example(example) for example in getattr(rule, key)]
    del plain["line"]
    plain["pack"] = Path(rule.pack).name
    return {key.replace("_", "-"): value for key, value in plain.items() if value not in (None, "")}


def _example(example: Example) -> str | dict[str, Any]:
    full = {"text": example.text, "removes": example.removes, "becomes": example.becomes, "value": example.value}
    given = {key: value for key, value in full.items() if value is not None}
    if example.others:
        given["with"] = example.others
    return example.text if len(given) == 1 else given


def _facts(rule: Rule, on: bool) -> list[tuple[str, str]]:
    plain = _plain(rule)
    facts = [
        (key, plain[key])
        for key in ("scope", "block", "match", "detector", "options", "where", "action", "field", "replacement")
        if plain.get(key) and (key != "block" or rule.scope == "block")
    ]
    shown = [(key, _inline(value) if isinstance(value, dict) else str(value)) for key, value in facts]
    if rule.phrases:
        shown.append(("phrases", " | ".join(rule.phrases)))
    shown.append(("languages", " ".join(rule.languages) or "any"))
    shown.append(("state", ("on" if on else "off") + ("" if rule.safe else ", not safe: on only when named")))
    shown.append(("pack", Path(rule.pack).name))
    return shown


def _inline(table: dict[str, Any]) -> str:
    return ", ".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items())


def _shown(example: Example) -> str:
    lines = example.text.strip("\n").splitlines() or [""]
    text = "\n".join([f"- {lines[0]}", *(f"  {line}" for line in lines[1:])])
    if example.value is not None:
        text += f"\n  → {example.value}"
    if example.becomes is not None:
        text += f"\n  → {example.becomes!r}"
    return text
