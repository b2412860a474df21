"""What `clean run` is asked for, and whether its outputs can be written without losing something."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clean.engines import targets
from clean.engines.local import Limits
from clean.engines.targets import Target
from clean.errors import CleanError
from clean.io import Input
from clean.io.formats import Format
from clean.io.media import COMPRESSED

if TYPE_CHECKING:
    from clean.engines.outputs import Outputs


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for, beside the global options."""

    out: Target | None
    format: Format
    removed: Target | None
    removed_format: Format | None
    quarantine: Target | None
    shard_size: int | None
    on_error: str
    overwrite: bool
    resume: bool
    dry_run: bool
    jobs: int | None
    limits: Limits
    ray: bool
    ray_address: str | None

    @property
    def outputs(self) -> Outputs:
        """What a journal has to make."""
        from clean.engines.outputs import Outputs

        assert self.out is not None
        return Outputs(self.out, self.format, self.removed, self.removed_format, self.quarantine, self.shard_size)

    @property
    def files(self) -> list[Target]:
        """The files to write; of shards the first."""
        named = [path for path in (self.out, self.removed) if path is not None]
        if self.shard_size is not None:
            named = [targets.shard(path, 0) for path in named]
        return [*named, *([self.quarantine] if self.quarantine is not None else [])]

    def makes(self, entry: Input) -> bool:
        """Whether a file that was found in a directory is one of those that this run writes.

        For a run that goes on: when it began there was none of them, or it would not have begun.
        """
        if entry.folder is None or entry.path is None:
            return False
        from clean.engines.manifest import manifest_path

        assert self.out is not None
        found = re.search(r"-(\d{5,})\.", entry.path.name)
        records = [path for path in (self.out, self.removed) if path is not None]
        if self.shard_size is not None:
            records = [targets.shard(path, int(found[1])) for path in records] if found else []
        written = [*records, manifest_path(self.out), *([self.quarantine] if self.quarantine is not None else [])]
        return os.path.realpath(entry.path) in {os.path.realpath(path) for path in written}

    @property
    def decisive(self) -> dict[str, Any]:
        """What decides how the output looks, by the names of the options."""
        return {
            "--format": self.format.name,
            "--removed": None if self.removed is None else str(self.removed),
            "--shard-size": self.shard_size,
            "--on-error": self.on_error,
            "--quarantine": None if self.quarantine is None else str(self.quarantine),
        }


def check_outputs(options: Options, inputs: list[Input]) -> None:
    """Refuse, before any work, what would lose data.

    Raises:
        CleanError: an output is an input, exists already, or has nowhere to go.
    """
    files = options.files
    if len({os.path.realpath(path) for path in files}) < len(files):
        raise click.UsageError("--output, --quarantine and --removed have to name different files")
    if options.quarantine is not None and (suffix := Path(options.quarantine).suffix) in COMPRESSED:
        raise CleanError(f"{options.quarantine}: documents are set aside as plain JSON Lines: leave {suffix} out")
    for form in (options.format, options.removed_format):
        if form is not None:
            form.check()
    for path in files:
        if not isinstance(path, Path):
            if any(entry.url == path for entry in inputs):
                raise CleanError(f"{path}: is also an input; write somewhere else")
            if not options.overwrite and not options.resume and targets.exists(path):
                raise CleanError(f"{path}: exists already; give --overwrite to replace it")
            continue
        if path.is_dir():
            raise CleanError(f"{path}: is a directory; name a file in it")
        if not path.parent.is_dir():
            raise CleanError(f"{path}: there is no directory {path.parent}; make it first")
        if not path.is_file():
            continue
        for entry in inputs:
            if entry.path is not None and entry.lasting and entry.path.samefile(path):
                raise CleanError(f"{path}: is also an input ({entry.name}); write somewhere else")
        if not options.overwrite and not options.resume:
            raise CleanError(f"{path}: exists already; give --overwrite to replace it")
    if options.out is None:
        return
    if options.resume and not all(entry.regular for entry in inputs):
        raise CleanError("--resume reads the inputs again, and standard input and pipes cannot be; name files")
    if options.outputs.folder.exists() and not (options.overwrite or options.resume or options.dry_run):
        raise CleanError(
            f"{options.out}: a run was interrupted; give --resume to go on with it, or --overwrite to start anew"
        )
