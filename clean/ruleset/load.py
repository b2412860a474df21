"""Reads rule packs: TOML in, validated rules out; whatever is wrong is one error with file, line and rule id."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from clean.config import nearest
from clean.errors import ConfigError, RuleError
from clean.ruleset import builtin
from clean.ruleset.detectors import DETECTORS
from clean.ruleset.pattern import compile_pattern
from clean.ruleset.rule import ACTIONS, BLOCKS, SCOPES, Example, Rule, Where

ID = re.compile(r"[A-Z]{3}\d{3}")
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
FIELD = re.compile(r"[a-z][a-z0-9_]*")
HEADER = re.compile(r"^[ \t]*\[\[[ \t]*rule[ \t]*\]\]", re.MULTILINE)

TOML_LINE = re.compile(r"at line (\d+)")

KEYS = {f.name.replace("_", "-"): f for f in fields(Rule) if f.name not in ("pack", "line")}
MATCHERS = ("match", "phrases", "detector")


def packs_folder() -> Path:
    """Where the packs of this package stand: inside it when installed, beside it in a source tree."""
    inside = Path(str(resources.files("clean"))) / "rules"
    return inside if inside.is_dir() else inside.parent.parent / "rules"


def load_packs(extra: Iterable[str | Path] = ()) -> list[Rule]:
    """The rules of all packs, this package's first, in the order of file name and then of the file.

    Raises:
        RuleError: a pack cannot be read, a rule is not valid, or two rules share an id or a name.
    """
    rules, problems = read_packs(extra)
    if problems:
        raise problems[0]
    return rules


def read_packs(extra: Iterable[str | Path] = (), strict: bool = False) -> tuple[list[Rule], list[RuleError]]:
    """The rules of all packs that can be used, and all that is wrong with the others.

    The patterns of the package's own packs are compiled when first used, all in one; to compile each on its own
    as well would double the time that every start takes. `strict` does, and reads all packs anew.
    """
    rules: list[Rule] = []
    problems: list[RuleError] = []
    if strict:
        _own_packs.cache_clear()
    for found, wrong in (_own_packs(packs_folder(), strict), *(read_pack(Path(path)) for path in extra)):
        rules += found
        problems += wrong
    return rules, [*problems, *_taken_twice(rules)]


@lru_cache(maxsize=1)
def _own_packs(folder: Path, strict: bool) -> tuple[list[Rule], list[RuleError]]:
    """The packs of this package, read once in a process: they are part of the program."""
    read = [read_pack(path, strict) for path in sorted(folder.glob("*.toml"))]
    return [rule for rules, _ in read for rule in rules], [problem for _, wrong in read for problem in wrong]


def _taken_twice(rules: Iterable[Rule]) -> Iterator[RuleError]:
    seen: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in builtin.IDS:
            raise RuleError(f"{rule.pack}:{rule.line}: {rule.id}: the id of a finding that is no rule; take another")
        for key in (rule.id, rule.name):
            if key in seen:
                other = seen[key]
                yield RuleError(
                    f"{rule.pack}:{rule.line}: {rule.id}: {key!r} is taken already by {other.id} in "
                    f"{other.pack}:{other.line}"
                )
            seen.setdefault(key, rule)


def read_pack(path: Path, strict: bool = True) -> tuple[list[Rule], list[RuleError]]:
    """The rules of one file that can be used, and all that is wrong with the others."""
    try:
        entries = _entries(path, strict)
    except RuleError as error:
        return [], [error]
    rules: list[Rule] = []
    problems: list[RuleError] = []
    for entry, reader in entries:
        rule, wrong = reader.read(entry)
        if rule is not None and not wrong:
            rules.append(rule)
        problems += wrong
    return rules, problems


def load_pack(path: Path) -> list[Rule]:
    """The rules of one file. Raises RuleError, with the first thing that is wrong."""
    rules, problems = read_pack(path)
    if problems:
        raise problems[0]
    return rules


def _entries(path: Path, strict: bool) -> list[tuple[Mapping[str, Any], _Reader]]:
    """The [[rule]] tables of a file, each with what reads it. Raises RuleError."""
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        raise RuleError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise RuleError(f"{path}: not UTF-8 at byte {error.start}") from None
    except tomllib.TOMLDecodeError as error:
        found = TOML_LINE.search(str(error))
        line = int(found[1]) if found else len(text.splitlines()) or 1
        raise RuleError(f"{path}:{line}: not TOML: {error}") from None
    for key in table:
        if key != "rule":
            raise RuleError(f"{path}:{_line_of(text, key)}: unknown key {key!r}; a pack is a list of [[rule]] tables")
    entries = table.get("rule", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise RuleError(f"{path}: rules are written as [[rule]] tables")
    if not entries:
        raise RuleError(f"{path}: the pack has no [[rule]]")
    starts = [match.start() for match in HEADER.finditer(text)]
    if len(starts) != len(entries):  # a multi-line string that holds "[[rule]]", or an inline array
        starts = [0] * len(entries)
    ends = [*starts[1:], len(text)]
    return [(e, _Reader(path, text, start, end, strict)) for e, start, end in zip(entries, starts, ends, strict=True)]


class _Reader:
    """Validates one [[rule]] table; knows where it stands, to name the line of what is wrong."""

    def __init__(self, path: Path, text: str, start: int, end: int, strict: bool) -> None:
        self.strict = strict
        self.path = path
        self.text = text
        self.start = start
        self.end = end
        self.id = "rule without id"

    def read(self, entry: Mapping[str, Any]) -> tuple[Rule | None, list[RuleError]]:
        """The rule of a table and all that is wrong with it; how values go together only when each is right."""
        if isinstance(entry.get("id"), str):
            self.id = entry["id"]
        wrong = [self.error(key, f"unknown key {key!r}{nearest(key, KEYS)}") for key in entry if key not in KEYS]
        for key, f in KEYS.items():
            if f.default is MISSING and f.default_factory is MISSING and key not in entry:
                wrong.append(self.error(None, f"{key!r} is missing"))
        values: dict[str, Any] = {}
        for key, value in entry.items():
            if key in KEYS:
                try:
                    values[key.replace("-", "_")] = self.value(key, value)
                except RuleError as error:
                    wrong.append(error)
        if wrong:
            return None, wrong
        rule = Rule(**values, pack=str(self.path), line=self.line(None))
        return rule, list(self.check(rule, entry))

    def value(self, key: str, value: Any) -> Any:
        if key == "where":
            return self.where(value)
        if key in ("drop", "keep"):
            return self.examples(key, value)
        if key in ("languages", "phrases"):
            return self.strings(key, value)
        if key == "options":
            if not isinstance(value, dict):
                raise self.error(key, "options is a table")
            return value
        wanted: type = bool if key in ("safe", "keep-text") else str
        if not isinstance(value, wanted):
            raise self.error(key, f"{key} is a {'true or false' if wanted is bool else 'string'}, not {value!r}")
        choices = {"scope": SCOPES, "action": ACTIONS, "block": BLOCKS}.get(key)
        if choices and value not in choices:
            raise self.error(key, f"{key} is one of {', '.join(choices)}, not {value!r}{nearest(str(value), choices)}")
        return value

    def where(self, table: Any) -> Where:
        if not isinstance(table, dict):
            raise self.error("where", "where is a table of conditions")
        known = {f.name: str(f.type) for f in fields(Where)}
        values: dict[str, Any] = {}
        for key, value in table.items():
            name = key.replace("-", "_")
            if name not in known:
                raise self.error("where", f"unknown condition {key!r}{nearest(name, known)}")
            if name in Where.CHOICES and value not in Where.CHOICES[name]:
                raise self.error("where", f"{key} is one of {', '.join(Where.CHOICES[name])}, not {value!r}")
            kind = known[name].split()[0]
            if kind == "int" and (type(value) is not int or value < 0):
                raise self.error("where", f"{key} is a number of 0 or more, not {value!r}")
            if kind == "bool" and type(value) is not bool:
                raise self.error("where", f"{key} is true or false, not {value!r}")
            values[name] = self.strings("where", value) if kind.startswith("tuple") else value
        return Where(**values)

    def examples(self, key: str, value: Any) -> tuple[Example, ...]:
        if not isinstance(value, list) or not value:
            raise self.error(key, f"{key} is a list of examples with at least one in it")
        return tuple(self.example(key, item) for item in value)

    def example(self, key: str, item: Any) -> Example:
        if isinstance(item, str):
            item = {"text": item}
        if not isinstance(item, dict) or not isinstance(item.get("text"), str):
            raise self.error(key, "an example is a string, or a table with a text")
        known = ("text", "removes", "becomes", "value", "with")
        for name, value in item.items():
            if name not in known or (key == "keep" and name not in ("text", "with")):
                raise self.error(key, f"unknown key {name!r} in an example{nearest(name, known)}")
            if name in ("becomes", "value") and not isinstance(value, str):
                raise self.error(key, f"{name} is a string, not {value!r}")
        return Example(
            text=item["text"],
            removes=self.strings(key, item["removes"]) if "removes" in item else None,
            becomes=item.get("becomes"),
            value=item.get("value"),
            others=self.strings(key, item.get("with", [])),
        )

    def strings(self, key: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(key, f"{key}: a list of strings is needed, not {value!r}")
        return tuple(value)

    def check(self, rule: Rule, entry: Mapping[str, Any]) -> Iterator[RuleError]:
        if not ID.fullmatch(rule.id):
            yield self.error("id", "an id is three capitals and three digits, such as SOC002")
        if not NAME.fullmatch(rule.name):
            yield self.error("name", f"a name is lower case with hyphens, not {rule.name!r}")
        given = [key for key in MATCHERS if key in entry]
        if len(given) != 1:
            yield self.error(given[1] if given else None, "exactly one of match, phrases and detector is needed")
        if rule.match is not None and self.strict:
            try:
                compile_pattern(rule.match)
            except ValueError as error:
                yield self.error("match", f"not a regular expression that RE2 reads: {error}")
        if "phrases" in entry and not rule.phrases:
            yield self.error("phrases", "phrases is empty")
        if rule.phrases and rule.scope != "line":
            yield self.error("phrases", "phrases are whole lines: the scope is line")
        yield from self.check_detector(rule)
        yield from self.check_action(rule, entry)
        for key, only in (
            ("block", "block"),
            ("replacement", "replace"),
            ("field", "capture"),
            ("keep-text", "capture"),
        ):
            if key in entry and only not in (rule.scope, rule.action):
                yield self.error(key, f"{key} goes with {only}")
        if rule.where.min_hits is not None and rule.scope != "block":
            yield self.error("where", "min_hits goes with scope block")
        if rule.where.max_hits is not None and rule.scope == "block":
            yield self.error("where", "max_hits goes with scope line or span")

    def check_detector(self, rule: Rule) -> Iterator[RuleError]:
        if rule.detector is None:
            if rule.options:
                yield self.error("options", "options are a detector's; this rule has none")
            return
        if rule.detector not in DETECTORS:
            yield self.error("detector", f"unknown detector {rule.detector!r}{nearest(rule.detector, DETECTORS)}")
            return
        try:
            DETECTORS[rule.detector].checked(rule.options)
        except ConfigError as error:
            yield self.error("options", str(error))
        if rule.scope == "block":
            yield self.error("scope", "a detector finds its own extent: the scope is line or span")

    def check_action(self, rule: Rule, entry: Mapping[str, Any]) -> Iterator[RuleError]:
        if rule.action == "capture" and (rule.field is None or not FIELD.fullmatch(rule.field)):
            yield self.error("field" if "field" in entry else "action", "capture needs a field, such as author")
        if rule.action == "replace" and ("replacement" not in entry or rule.scope != "span"):
            yield self.error("action", "replace needs a replacement, and scope span")
        if rule.action in ("capture", "flag") and rule.scope == "block":
            yield self.error("action", f"{rule.action} works on a line or a span")

    def error(self, key: str | None, message: str) -> RuleError:
        return RuleError(f"{self.path}:{self.line(key)}: {self.id}: {message}")

    def line(self, key: str | None) -> int:
        return _line_of(self.text, key, self.start, self.end)


def _line_of(text: str, key: str | None, start: int = 0, end: int | None = None) -> int:
    end = len(text) if end is None else end
    at = start
    if key is not None:
        found = re.compile(
            rf"^\s*(?:\"{re.escape(key)}\"|{re.escape(key)}|rule\.{re.escape(key)})\s*[=.]", re.M
        ).search(text, start, end) or re.compile(rf"^\s*\[+\s*(?:rule\.)?{re.escape(key)}\b", re.M).search(
            text, start, end
        )
        if found:
            at = found.start() + len(found.group()) - len(found.group().lstrip())
    elif match := HEADER.search(text, start, end):
        at = match.end()
    return text.count("\n", 0, at) + 1
