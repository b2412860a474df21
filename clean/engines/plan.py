"""Plan: all that decides the output of a run, so that one that was interrupted is gone on with as it began or not at
all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from clean._version import __version__
from clean.config import Config
from clean.io import Input

TOLD = 5
"""Inputs that are named one by one where many have changed."""


@dataclass(frozen=True, slots=True)
class Source:
    """An input as it lay on the disk; `size` and `modified` (in nanoseconds) are 0 where nobody can tell."""

    name: str
    size: int
    modified: int

    @classmethod
    def of(cls, entry: Input) -> Source:
        if entry.path is None or not entry.lasting:
            return cls(entry.name, entry.size, 0)
        try:
            found = os.stat(entry.path)
        except OSError:
            return cls(entry.name, entry.size, 0)
        return cls(entry.name, found.st_size, found.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Plan:
    """What decides the output.

    Args:
        ruleset: the fingerprint of the rules and the configuration.
        config: the effective configuration, as plain data.
        options: the options of the command that matter, by the names that users know.
    """

    version: str
    ruleset: str
    config: Mapping[str, Any]
    options: Mapping[str, Any]
    sources: Sequence[Source]

    @classmethod
    def of(cls, ruleset: str, config: Config, options: Mapping[str, Any], inputs: Iterable[Input]) -> Plan:
        return cls(__version__, ruleset, plain(config), options, [Source.of(entry) for entry in inputs])

    def write(self, path: Path) -> None:
        head = {name: getattr(self, name) for name in ("version", "ruleset", "config", "options")}
        with open(path, "w", encoding="utf-8") as file:
            file.write(json.dumps(head) + "\n")
            for source in self.sources:
                file.write(json.dumps([source.name, source.size, source.modified]) + "\n")

    @classmethod
    def read(cls, path: Path) -> Plan:
        """Raises ValueError, TypeError or KeyError for a file that is damaged."""
        with open(path, encoding="utf-8") as file:
            head = json.loads(next(file, ""))
            sources = [Source(*json.loads(line)) for line in file]
        return cls(head["version"], head["ruleset"], head["config"], head["options"], sources)

    def changes(self, since: Plan, hashes: Mapping[int, str | None]) -> Iterator[str]:
        """What is different now from what it was `since`, in a few words each.

        Args:
            hashes: the sha256 of inputs by index, of those that had been read to the end; one that has another time
                and the same content has not changed.
        """
        if self.version != since.version:
            yield f"clean was {since.version} and is {self.version}"
            return
        changed = [key for key in self.config if self.config[key] != since.config.get(key)]
        if changed:
            yield f"the configuration changed: {', '.join(key.replace('_', '-') for key in changed)}"
        elif self.ruleset != since.ruleset:
            yield "rules changed"
        for name in sorted({*self.options, *since.options}):
            before, now = since.options.get(name), self.options.get(name)
            if before != now:
                yield f"{name} was {_told(before)} and is {_told(now)}"
        inputs = list(self._changed_inputs(since, hashes))
        yield from inputs[:TOLD]
        if len(inputs) > TOLD:
            yield f"{len(inputs) - TOLD} more inputs changed"

    def _changed_inputs(self, since: Plan, hashes: Mapping[int, str | None]) -> Iterator[str]:
        before = [source.name for source in since.sources]
        now = [source.name for source in self.sources]
        if before != now:
            yield from (f"input {name} is gone" for name in dict.fromkeys(before) if name not in set(now))
            yield from (f"input {name} is new" for name in dict.fromkeys(now) if name not in set(before))
            if sorted(before) == sorted(now):
                yield "the inputs are in another order"
            return
        for index, (old, new) in enumerate(zip(since.sources, self.sources, strict=True)):
            if old.size != new.size:
                yield f"input {new.name} changed: size {old.size} -> {new.size}"
            elif old.modified != new.modified and not _same(Path(new.name), hashes.get(index)):
                yield f"input {new.name} changed: it was written to"


def plain(config: Config) -> dict[str, Any]:
    """A configuration as data that JSON gives back as it is."""
    data: dict[str, Any] = json.loads(json.dumps(asdict(config), default=list))
    return data


def _same(path: Path, digest: str | None) -> bool:
    from clean.engines.manifest import sha256

    return digest is not None and sha256(path) == digest


def _told(value: Any) -> str:
    return "not given" if value in (None, False) else "given" if value is True else str(value)
