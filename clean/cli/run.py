"""`clean run`: documents in, records out, nothing lost on the way."""

from __future__ import annotations

import os
import re
import stat
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clean.cli.help import Verb
from clean.cli.log import Log
from clean.cli.settings import Settings, global_options
from clean.cli.summary import summary
from clean.engines import targets
from clean.engines.direct import Direct
from clean.engines.local import Limits
from clean.engines.runner import Runner, cores
from clean.engines.targets import Target
from clean.errors import CleanError
from clean.io import Input, find
from clean.io.formats import NAMES, Format, format_for
from clean.io.media import COMPRESSED
from clean.io.readers import check_packages
from clean.io.writers import AtomicFile, Stdout, quarantine_path

if TYPE_CHECKING:
    from clean.config import Config
    from clean.engines.journal import Journal, Outputs
    from clean.engines.plan import Plan
    from clean.engines.ray import RayRunner

STDOUT = "-"
UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def _size(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """A number of bytes: 500MB, 2G, 1000000."""
    if value is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)B?", value.upper())
    size = int(float(found[1]) * UNITS[found[2]]) if found else 0
    if size < 1:
        raise click.BadParameter(f"{value!r} is no size; write 500MB, or 2GB")
    return size


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
        from clean.engines.journal import Outputs

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


@click.command("run", cls=Verb)
@click.argument("paths", nargs=-1, required=True)
@click.option("-o", "--output", default=STDOUT, metavar="OUT", help="Output file; - (the default) is standard output.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(NAMES),
    help="Format of the output. [default: what OUT's name says: .jsonl, .jsonl.gz, .jsonl.zst, .parquet; else jsonl]",
)
@click.option("--overwrite", is_flag=True, help="Replace an output that exists.")
@click.option("--resume", is_flag=True, help="Go on where a run that was interrupted stopped.")
@click.option(
    "--jobs", "-j", type=click.IntRange(min=0), metavar="N", help="Worker processes; 0 is one per core. [default: 1]"
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    metavar="S",
    help="Seconds that a document may take; 0 is any time. [default: 60, for large ones 10 per MB]",
)
@click.option(
    "--memory-limit", type=click.IntRange(min=1), metavar="MB", help="Memory that a worker may have. [default: any]"
)
@click.option(
    "--engine", type=click.Choice(["local", "ray"]), default="local", show_default=True, help="Where the work is done."
)
@click.option("--ray-address", metavar="A", help="The Ray cluster to use. [default: a Ray of its own, on this machine]")
@click.option("--shard-size", callback=_size, metavar="SIZE", help="Begin a new file after so much JSON: 500MB.")
@click.option("--removed", metavar="FILE", help="Write the removed text to a file of its own, and not to OUT.")
@click.option(
    "--on-error",
    type=click.Choice(["quarantine", "skip", "fail"]),
    default="quarantine",
    show_default=True,
    help="What to do with a document that cannot be cleaned: set it aside, leave it out, or stop and write nothing.",
)
@click.option(
    "--quarantine",
    "quarantine_file",
    metavar="FILE",
    help="Where to set documents aside. [default: OUT's name with .quarantine.jsonl; with standard output, nowhere]",
)
@click.option("--dry-run", is_flag=True, help="Do everything, and write nothing.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What standard error gets: lines for people, or a JSON object a line.",
)
@global_options
@click.pass_obj
def command(
    settings: Settings,
    paths: tuple[str, ...],
    output: str,
    format_: str | None,
    overwrite: bool,
    resume: bool,
    jobs: int | None,
    timeout: float | None,
    memory_limit: int | None,
    engine: str,
    ray_address: str | None,
    shard_size: int | None,
    removed: str | None,
    on_error: str,
    quarantine_file: str | None,
    dry_run: bool,
    log_format: str,
) -> int:
    """Clean documents into JSON Lines or Parquet.

    PATHS are files, directories, patterns in quotes, URLs, or - for standard input. Data goes to OUT, everything else
    to standard error; beside OUT stands a manifest of the run. A run that was interrupted, in whatever way, goes on
    with --resume; the output is then the same as without the interruption. It is also the same for any number of
    --jobs.

    \b
    Exit codes:
      0  everything was cleaned
      1  some documents could not be cleaned; they are set aside, with the reason
      2  there is no output: wrong usage or configuration, no input, a full disk, or an internal error

    \b
    Examples:
      clean run article.txt
      clean run corpus/ -o clean.jsonl
      clean run "crawl/*.warc.gz" -o clean.jsonl.zst --jobs 0
      clean run "crawl/*.warc.gz" -o clean.jsonl.zst --jobs 0 --resume
      clean run pages.parquet --html-field content -o clean.parquet
      clean run clean.quarantine.jsonl -o again.jsonl
    """
    settings.log_format = log_format
    out = None if output == STDOUT else targets.target(output)
    aside: Target | None = None
    if on_error == "quarantine":
        if quarantine_file:
            aside = targets.target(quarantine_file)
        elif out is not None:
            aside = targets.beside(out, quarantine_path(Path(targets.base(out))).name)
    elif quarantine_file:
        raise click.UsageError(f"--quarantine is of no use with --on-error {on_error}")
    if resume and overwrite:
        raise click.UsageError("--resume goes on with a run, --overwrite starts it anew: give one of them")
    if out is None:
        for name, given in (("--resume", resume), ("--shard-size", shard_size), ("--removed", removed)):
            if given:
                raise click.UsageError(f"{name} needs an output file: name it with -o")
        if format_ not in (None, "jsonl"):
            raise click.UsageError(f"--format {format_} needs an output file: name it with -o")
    if ray_address is not None and engine != "ray":
        raise click.UsageError("--ray-address is of no use without --engine ray")
    by_size = engine == "local" and not resume and timeout is None and memory_limit is None
    options = Options(
        out=out,
        format=format_for(out or "", format_),
        removed=None if removed is None else targets.target(removed),
        removed_format=None if removed is None else format_for(removed, "jsonl"),
        quarantine=aside,
        shard_size=shard_size,
        on_error=on_error,
        overwrite=overwrite,
        resume=resume,
        dry_run=dry_run,
        jobs=jobs or None if engine == "ray" else _jobs(jobs, not by_size),
        limits=Limits(timeout, memory_limit),
        ray=engine == "ray",
        ray_address=ray_address,
    )
    inputs = [entry for entry in find(paths) if not (resume and options.makes(entry))]
    check_packages(inputs)
    _check_outputs(options, inputs)
    return _Run(settings, options, settings.load_config(), inputs).run()


def _jobs(asked: int | None, workers: bool) -> int | None:
    """How many worker processes; None where the size of the inputs may say."""
    if asked is None:
        return 1 if workers else None
    return asked or cores()


@dataclass(slots=True)
class _Run:
    """One run of the command."""

    settings: Settings
    options: Options
    config: Config
    inputs: list[Input]

    def run(self) -> int:
        """The exit code."""
        options, settings = self.options, self.settings
        began = time.time()
        total = sum(entry.size for entry in self.inputs)
        with self._runner(total) as runner:
            sink: Journal | Direct
            if options.out is None or options.dry_run or _is_special(options.out):
                sink = self._direct()
            else:
                from clean.engines.plan import Plan

                plan = Plan.of(runner.fingerprint, self.config, options.decisive, self.inputs)
                if (failures := self._complete(plan)) is not None:
                    return 1 if failures else 0
                sink = self._journal(plan)
            try:
                self._clean(runner, sink, total)
                sink.finish({"jobs": runner.jobs, "began": _utc(began), "ended": _utc(time.time())})
            except _Refused:
                sink.discard()
                raise
            except BaseException:
                if sink.stop():
                    settings.note(f"{options.out}: what is done is kept; give --resume to go on")
                raise
        for name in sink.changed:
            settings.note(f"{name}: was written to while it was read; its records may be of either state")
        self._conclude(sink, runner.names, time.time() - began)
        return 1 if sink.failures else 0

    def _runner(self, total: int) -> Runner | RayRunner:
        options = self.options
        split = options.removed is not None
        if not options.ray:
            return Runner(self.config, options.jobs, total, options.limits, split)
        from clean.engines.ray import RayRunner

        return RayRunner(self.config, options.ray_address, options.jobs, options.limits, split)

    def _clean(self, runner: Runner | RayRunner, sink: Journal | Direct, total: int) -> None:
        """Take all documents through."""
        settings, options = self.settings, self.options
        if resumed := sink.tally.documents + sink.failures.total():
            settings.note(f"{options.out}: going on after {resumed:,} documents")
        log = Log(settings, total, sink.behind, options.quarantine is not None)
        if settings.log_format == "json" and not settings.quiet:
            from clean._version import __version__

            settings.event(
                "start",
                version=__version__,
                ruleset=runner.fingerprint,
                inputs=len(self.inputs),
                bytes=total or None,
                jobs=runner.jobs,
                output=None if options.out is None else str(options.out),
                resumed=resumed,
            )
        try:
            for outcome in runner.through(sink, log.note):
                sink.add(outcome)
                log.tell(outcome, sink.tally, sink.failures)
                if outcome.failure is not None and options.on_error == "fail":
                    raise _Refused("stopped at the first error, as --on-error fail says")
        finally:
            log.clear()
        if not sink.tally.documents and all(entry.error is not None for entry in self.inputs):
            raise _Refused("no input could be read; nothing was written")

    def _conclude(self, sink: Journal | Direct, names: Mapping[str, str], elapsed: float) -> None:
        settings, options = self.settings, self.options
        if settings.quiet:
            return
        failed = sink.failures.total()
        aside = str(options.quarantine) if options.quarantine and failed and not options.dry_run else None
        if settings.log_format == "json":
            tally = sink.tally
            settings.event(
                "done",
                seconds=round(elapsed, 3),
                documents=tally.documents,
                quarantined=failed,
                bytes=tally.size,
                characters={"in": tally.chars_in, "kept": tally.chars_kept, "removed": tally.chars_removed},
                output=None if options.out is None or options.dry_run else str(options.out),
                quarantine=aside,
            )
            return
        text = summary(sink.tally, failed, aside, elapsed, names, settings.colored(sys.stderr))
        click.echo(text, err=True, color=True)

    def _direct(self) -> Direct:
        options = self.options
        if options.dry_run:
            return Direct(None, None, self.inputs, self.config.input)
        writer = Stdout() if options.out is None else AtomicFile(Path(options.out))
        if isinstance(options.quarantine, str):
            raise CleanError(f"{options.quarantine}: documents are set aside at a URL only beside an output at one")
        return Direct(writer, options.quarantine, self.inputs, self.config.input)

    def _journal(self, plan: Plan) -> Journal:
        from clean.engines.journal import Journal

        return Journal(self.options.outputs, plan, self.inputs, self.config.input, self.options.resume)

    def _complete(self, plan: Plan) -> int | None:
        """The failures of a run that --resume finds complete; None if there is something to do."""
        options = self.options
        if not options.resume or options.outputs.folder.exists() or not targets.exists(options.files[0]):
            return None
        from clean.engines.journal import remove_folder
        from clean.engines.manifest import check_complete

        assert options.out is not None
        failures = check_complete(options.out, plan)
        remove_folder(options.outputs.folder)
        self.settings.note(f"{options.out}: complete already")
        return failures


class _Refused(CleanError):
    """The run ends, and nothing of it is to stay."""


def _check_outputs(options: Options, inputs: list[Input]) -> None:
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
            if entry.path is not None and entry.error is None and entry.regular and entry.path.samefile(path):
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


def _is_special(path: Target) -> bool:
    """Whether a path is a pipe or a device, which can only be written to."""
    return isinstance(path, Path) and path.exists() and not stat.S_ISREG(os.stat(path).st_mode)


def _utc(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
