"""Outputs: what a run writes, where it stands until it is whole, and the manifest that says so."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clean.engines import manifest, targets
from clean.engines.checkpoint import State
from clean.engines.manifest import Digests
from clean.engines.plan import Plan
from clean.engines.targets import Target
from clean.io import remote
from clean.io.formats import Format

LOG, DIGESTS, QUARANTINE, STAGED = "log.jsonl", "digests", "quarantine.jsonl", "staged"
"""What stands in the directory of a run that is not finished."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a run writes.

    Args:
        out: where the records go; a URL goes there file by file, as each is finished.
        removed: where the removed text goes, if to a file of its own.
        quarantine: where documents go that could not be cleaned, if they are kept.
        shard_size: bytes of JSON Lines after which the next file begins; None for a single file.
    """

    out: Target
    format: Format
    removed: Target | None = None
    removed_format: Format | None = None
    quarantine: Target | None = None
    shard_size: int | None = None

    @property
    def folder(self) -> Path:
        """Where the journal stands."""
        return targets.partial(self.out)

    def file(self, target: Target, shard: int) -> Target:
        """The file of a shard."""
        return target if self.shard_size is None else targets.shard(target, shard)

    def targets(self) -> Iterator[tuple[str, Target, Format]]:
        """The kinds of files that are written in shards: what they hold, where they go, and how."""
        yield "records", self.out, self.format
        if self.removed is not None and self.removed_format is not None:
            yield "removed", self.removed, self.removed_format

    def staged(self, target: Target) -> Path:
        """The file to write: what goes to a URL is made here first, and stays until a checkpoint has it behind it."""
        if isinstance(target, Path):
            return target
        (self.folder / STAGED).mkdir(exist_ok=True)
        return self.folder / STAGED / targets.local_name(target)

    def unstage(self) -> None:
        """Drop what has been brought to its URL."""
        shutil.rmtree(self.folder / STAGED, ignore_errors=True)

    def remove_stale(self, shards: int) -> None:
        """Remove what an earlier run, of more shards, has left beyond the last one."""
        if self.shard_size is None:
            return
        for _, target, _ in self.targets():
            shard = shards
            while targets.exists(path := self.file(target, shard)):
                targets.remove(path)
                shard += 1


def write_manifest(outputs: Outputs, plan: Plan, state: State, seconds: float, run: Mapping[str, Any]) -> None:
    """Write the manifest of a run whose other outputs are there, from what stands in its directory."""
    path = manifest.manifest_path(outputs.out)
    tally = state.tally
    entries = [json.loads(line) for line in _logged(outputs) if b'"output"' in line]
    summary = {
        "documents": {"cleaned": tally.documents, "quarantined": state.failures.total(), "bytes": tally.size},
        "left_out": dict(sorted(state.left_out.items())),
        "characters": {"in": tally.chars_in, "kept": tally.chars_kept, "removed": tally.chars_removed},
        "rules": {
            rule: {"hits": hits, "characters": tally.rule_chars[rule]} for rule, hits in sorted(tally.rule_hits.items())
        },
        "languages": dict(sorted(tally.language_chars.items())),
        "failures": dict(sorted(state.failures.items())),
        "quarantine": _quarantined(outputs, path, state),
        "outputs": entries,
    }
    rates = {"documents_per_second": state.documents / seconds, "mb_per_second": tally.size / 1e6 / seconds}
    measured = {"seconds": seconds, **rates}
    run = {**run, "starts": state.starts, **{name: round(value, 3) for name, value in measured.items()}}
    local = outputs.staged(path)
    manifest.write(local, plan, summary, _read_inputs(outputs, plan), run, outputs.folder / "manifest.new")
    upload(local, path)


def _quarantined(outputs: Outputs, path: Target, state: State) -> dict[str, Any] | None:
    target = outputs.quarantine
    if target is None or not state.lengths.get("quarantine"):
        return None
    local = outputs.folder / QUARANTINE if isinstance(target, str) else target
    return {
        "output": targets.relative(target, path),
        "records": state.failures.total(),
        "bytes": local.stat().st_size,
        "sha256": manifest.sha256(local),
    }


def _read_inputs(outputs: Outputs, plan: Plan) -> Iterator[dict[str, Any]]:
    counts = (json.loads(line) for line in _logged(outputs) if b'"output"' not in line)
    digests = Digests.read(outputs.folder / DIGESTS)
    for source, digest, count in zip(plan.sources, digests, counts, strict=True):
        yield {
            "path": source.name,
            "bytes": source.size,
            "sha256": digest,
            "documents": count["documents"],
            "quarantined": count["failures"],
            "left_out": count["left_out"],
        }


def _logged(outputs: Outputs) -> Iterator[bytes]:
    with open(outputs.folder / LOG, "rb") as file:
        yield from file


def remove_folder(folder: Path) -> None:
    """Remove a journal. It is gone at once, and what is left of it, if that is interrupted, is in nobody's way."""
    gone = folder.with_suffix(".removed")
    shutil.rmtree(gone, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        os.replace(folder, gone)
    shutil.rmtree(gone, ignore_errors=True)


def upload(local: Path, target: Target) -> None:
    """Bring a file to its URL. To do it again does no harm."""
    if isinstance(target, str):
        remote.upload(local, target)
