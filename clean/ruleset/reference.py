"""The reference of rules, in Markdown, from the rules themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import groupby
from pathlib import Path

from clean.ruleset.rule import Example, Rule, Where

HEAD = """\
# Rule reference

Written by `clean rules reference` from the rule packs: change those, not this.
[writing-rules.md](writing-rules.md) says what it all means.
"""


def reference(rules: Iterable[Rule]) -> str:
    """All rules: a table to find one by, then each with its rationale, what it looks for, and its examples."""
    listed = sorted(rules, key=lambda rule: rule.id)
    parts = [HEAD, "| id | name | languages | takes | what |", "|---|---|---|---|---|"]
    parts += [
        f"| [{rule.id}](#{rule.id.lower()}-{rule.name}) | {rule.name} | {' '.join(rule.languages) or 'any'} "
        f"| {_takes(rule)} | {_cell(rule.summary)}{'' if rule.safe else ' (off by default)'} |"
        for rule in listed
    ]
    for pack, members in groupby(sorted(listed, key=_pack), key=_pack):
        parts += ["", f"## {pack}"]
        for rule in members:
            parts += ["", *_rule(rule)]
    return "\n".join(parts) + "\n"


def _pack(rule: Rule) -> str:
    return Path(rule.pack).name


def _rule(rule: Rule) -> Iterator[str]:
    yield f"### {rule.id} {rule.name}"
    yield ""
    yield f"{_prose(rule.summary)}.{'' if rule.safe else ' Not safe: on only when it is named.'}"
    if rule.why:
        yield ""
        yield _prose(" ".join(rule.why.split()))
    yield ""
    yield from _facts(rule)
    for label, examples in (("Acts on", rule.drop), ("Leaves alone", rule.keep)):
        yield ""
        yield f"{label}:"
        texts = [_example(example) for example in examples]
        for block in ([line for text in texts if len(text) == 1 for line in text], *(t for t in texts if len(t) > 1)):
            if block:
                yield ""
                yield from _fenced(block)


def _facts(rule: Rule) -> Iterator[str]:
    yield f"- takes: {_takes(rule)}"
    yield f"- languages: {', '.join(rule.languages) or 'any'}"
    if rule.match is not None:
        yield f"- matches: {_code(rule.match)}"
    if rule.phrases:
        yield "- phrases: " + ", ".join(map(_code, rule.phrases))
    if rule.detector is not None:
        options = ", ".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in rule.options.items())
        yield f"- detector: `{rule.detector}`" + (f", with {_code(options)}" if options else "")
    default = Where()
    conditions = [
        _code(f"{f.name} = {json.dumps(value, ensure_ascii=False)}")
        for f in fields(Where)
        if (value := getattr(rule.where, f.name)) != getattr(default, f.name)
    ]
    if conditions:
        yield f"- where: {', '.join(conditions)}"


def _takes(rule: Rule) -> str:
    what = rule.scope if rule.scope != "block" else f"{rule.block} block"
    if rule.action == "replace":
        return f"{what}, replaced by {_code(rule.replacement)}" if rule.replacement else f"{what}, replaced by nothing"
    if rule.action == "capture":
        return f"{what} as `{rule.field}`" + (", which stays" if rule.keep_text else "")
    return what if rule.action == "drop" else f"{what}, flagged"


def _example(example: Example) -> list[str]:
    lines = example.text.strip("\n").splitlines() or [""]
    if example.value is not None:
        lines.append(f"→ {example.value}")
    if example.becomes is not None:
        lines += [f"→ {line}" for line in example.becomes.strip("\n").splitlines() or ["nothing"]]
    if example.removes is not None:
        lines += [f"− {line}" for removed in example.removes for line in removed.splitlines()]
    return lines


def _fenced(lines: Sequence[str]) -> Iterator[str]:
    fence = "`" * max(3, 1 + max((len(run) for line in lines for run in re.findall("`+", line)), default=0))
    yield f"{fence}text"
    yield from lines
    yield fence


def _code(text: str) -> str:
    """A code span, whatever backquotes the text holds."""
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}".replace("\n", " ")


def _prose(text: str) -> str:
    return re.sub(r"([\\*_<>\[\]`|])", r"\\\1", text)


def _cell(text: str) -> str:
    return _prose(text)
