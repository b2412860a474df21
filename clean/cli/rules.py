"""`clean rules`: what rules there are, what each does, whether its examples hold, and which are missing."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from textwrap import fill, indent
from typing import Any

import click

from clean.cleaner import Cleaner
from clean.cli.settings import Settings, global_options
from clean.cli.suggest import command as suggest
from clean.errors import RuleError
from clean.ruleset import Rule, Ruleset
from clean.ruleset.rule import Example
from clean.ruleset.select import reason

WIDTH = 100


@click.group("rules")
@global_options
def command() -> None:
    """List, show, test, validate and suggest rules.

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
    """Print a table of all rules: id, name, languages, scope, action, whether each is safe, and on or off and why."""
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
    for n, row in enumerate(rows):
        line = "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        _print(settings, line, bold=n == 0, dim=n > 0 and row[0] not in on)


@command.command()
@global_options
@click.argument("rule_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print the rule as JSON.")
@click.pass_obj
def show(settings: Settings, rule_id: str, as_json: bool) -> None:
    """Print one rule, by id or name, with its rationale and its examples."""
    ruleset = Ruleset.load(settings.load_config())
    rule = ruleset[rule_id]
    on = rule in ruleset.active
    if as_json:
        click.echo(json.dumps(_plain(rule) | {"on": on}, ensure_ascii=False, indent=2))
        return
    _print(settings, f"{rule.id} {rule.name}", bold=True)
    click.echo(fill(rule.summary, WIDTH))
    if rule.why:
        click.echo("\n" + fill(" ".join(rule.why.split()), WIDTH))
    click.echo()
    for label, value in _facts(rule, on):
        click.echo(f"{label:<12}{value}")
    for label, examples in (("drop", rule.drop), ("keep", rule.keep)):
        _print(settings, f"\n{label}:", bold=True)
        for example in examples:
            click.echo(indent(_shown(example), "  "))


@command.command()
@global_options
@click.argument("pack", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def test(settings: Settings, pack: Path | None) -> None:
    """Run the examples of all rules, or of one PACK (a TOML file); exit 1 if one does not hold."""
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
    click.echo(f"{len(chosen)} rules, {examples} examples: {examples - failures} passed, {failures} failed", err=True)
    if failures:
        sys.exit(1)


@command.command()
@global_options
@click.argument("packs", nargs=-1, metavar="[PACK]...")
@click.pass_obj
def validate(settings: Settings, packs: tuple[str, ...]) -> int:
    """Load all packs, those that the configuration names, and each PACK; report all that is wrong, with file and line.

    Exit code: 0 nothing is wrong, 1 something is, 2 a PACK or the configuration cannot be read.
    """
    from clean.ruleset.load import packs_folder, read_packs
    from clean.ruleset.select import check

    config = settings.load_config()
    for pack in packs:
        if not Path(pack).is_file():
            raise RuleError(f"{pack}: no such file")
    extra = [*config.extend_packs, *(pack for pack in packs if not _is_loaded(Path(pack), config.extend_packs))]
    rules, problems = read_packs(extra, strict=True)
    messages = [str(problem) for problem in problems]
    if not problems:  # a rule that could not be read is no unknown one
        messages += check(rules, config)
    for message in messages:
        click.echo(message)
    count = len({*packs_folder().glob("*.toml")}) + len(extra)
    told = f"{len(messages)} problem{'s' if len(messages) != 1 else ''}" if messages else "nothing wrong"
    settings.note(f"{count} packs, {len(rules)} rules: {told}")
    return 1 if messages else 0


@command.command()
def reference() -> None:
    """Print the reference of the rules of this package, in Markdown; docs/rule-reference.md is that."""
    from clean.ruleset.load import load_packs
    from clean.ruleset.reference import reference as written

    click.echo(written(load_packs()), nl=False)


def _print(settings: Settings, line: str, **style: Any) -> None:
    click.secho(line, color=settings.colored(sys.stdout), **style)


def _is_loaded(pack: Path, extra: tuple[str, ...]) -> bool:
    from clean.ruleset.load import packs_folder

    if not pack.is_file():
        raise RuleError(f"{pack}: no such file")
    known = [*packs_folder().glob("*.toml"), *map(Path, extra)]
    return pack.resolve() in {path.resolve() for path in known}


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
