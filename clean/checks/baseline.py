"""Baseline and ignore file: which findings are known, and to be left in peace.

A baseline is written by the tool: all findings of the day it was written, by fingerprint and number, so that a check
fails for new ones only. An ignore file is written by people, one fingerprint a line, with a comment that says why.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clean.checks.finding import Checked, Finding
from clean.errors import ConfigError

VERSION = 1
IGNORE_FILE = ".clean-ignore"
FINGERPRINT = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Known:
    """A finding of a baseline; equal ones are counted."""

    file: str
    rule: str
    fingerprint: str


class Baseline:
    """Findings by fingerprint, with how often each was there.

    Args:
        excerpts: for whoever reads the file; it decides nothing.
    """

    def __init__(self, counts: Counter[Known] | None = None, excerpts: dict[Known, str] | None = None) -> None:
        self.counts: Counter[Known] = Counter() if counts is None else counts
        self.excerpts: dict[Known, str] = {} if excerpts is None else excerpts
        self._left = self.counts.copy()

    def add(self, document: Checked) -> None:
        """Count the findings of a document in."""
        for finding in document.findings:
            key = _key(finding)
            self.counts[key] += 1
            self.excerpts.setdefault(key, finding.excerpt.text)

    def unknown(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings that the baseline does not cover; of more equal ones than it has, the last."""
        out: list[Finding] = []
        for finding in findings:
            key = _key(finding)
            if self._left[key] > 0:
                self._left[key] -= 1
            else:
                out.append(finding)
        return out

    def stale(self, files: Collection[str], root: Path, rules: Collection[str]) -> dict[str, int]:
        """How many entries each file has that nothing was found for.

        Args:
            files: those that were checked; entries of a file that is gone are stale as well.
            rules: those that were looked for; of others nothing can be said.
        """
        out: Counter[str] = Counter()
        for key, count in (+self._left).items():
            if key.rule in rules and (key.file in files or not (root / key.file).exists()):
                out[key.file] += count
        return dict(sorted(out.items()))

    def dumped(self) -> str:
        """The baseline as a JSON document that diffs well."""
        files: dict[str, list[dict[str, Any]]] = {}
        for key in sorted(self.counts, key=lambda key: (key.file, key.rule, key.fingerprint)):
            entry = {
                "rule": key.rule,
                "fingerprint": key.fingerprint,
                "count": self.counts[key],
                "excerpt": self.excerpts.get(key, ""),
            }
            files.setdefault(key.file, []).append(entry)
        return json.dumps({"version": VERSION, "files": files}, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def load(cls, path: Path) -> Baseline:
        """The baseline in a file.

        Raises:
            ConfigError: it cannot be read, or is none.
        """
        try:
            table = json.loads(_text(path))
            if table["version"] != VERSION:
                raise ConfigError(f"{path}: a baseline of version {table['version']!r}, not {VERSION}: write it anew")
            counts: Counter[Known] = Counter()
            for file, entries in table["files"].items():
                for entry in entries:
                    counts[Known(file, str(entry["rule"]), str(entry["fingerprint"]))] += int(entry["count"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise ConfigError(f"{path}: not a baseline; --write-baseline {path} writes one") from None
        return cls(counts)


def load_ignored(path: Path) -> frozenset[str]:
    """The fingerprints in an ignore file; `#` begins a comment.

    Raises:
        ConfigError: it cannot be read, or a line is no fingerprint.
    """
    found: set[str] = set()
    for number, line in enumerate(_text(path).splitlines(), 1):
        entry = line.partition("#")[0].strip()
        if not entry:
            continue
        if not FINGERPRINT.fullmatch(entry):
            raise ConfigError(
                f"{path}:{number}: {entry[:40]!r} is no fingerprint: 16 hex digits, as `clean check -v` shows them"
            )
        found.add(entry)
    return frozenset(found)


def _key(finding: Finding) -> Known:
    return Known(finding.file, finding.rule, finding.fingerprint)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at byte {error.start}") from None
