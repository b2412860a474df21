"""`clean run`: documents in, records out, nothing lost on the way."""

from __future__ import annotations

import re
from pathlib import Path

import click

from clean.cli.help import Verb
from clean.cli.run_options import Options, check_outputs
from clean.cli.running import Run
from clean.cli.settings import Settings, global_options
from clean.engines import targets
from clean.engines.local import Limits
from clean.engines.runner import cores
from clean.engines.targets import Target
from clean.io import find
from clean.io.formats import NAMES, format_for
from clean.io.readers import check_packages
from clean.io.writers import quarantine_path

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
    by_size = engine == "local" and memory_limit is None
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
    check_outputs(options, inputs)
    return Run(settings, options, settings.load_config(), inputs).run()


def _jobs(asked: int | None, workers: bool) -> int | None:
    """How many worker processes; None where the size of the inputs may say."""
    if asked is None:
        return 1 if workers else None
    return asked or cores()
