"""`clean run`: documents in, records out, nothing lost on the way."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import click

from clean.cli.progress import Progress
from clean.cli.settings import Settings, global_options
from clean.cli.summary import summary
from clean.engines.local import Failure, Outcome, Tally, clean_items
from clean.errors import CleanError
from clean.io import Input, find, read
from clean.io.media import COMPRESSED
from clean.io.writers import AtomicFile, Quarantine, Stdout, quarantine_path

STDOUT = "-"
ERRORS_SHOWN = 20
"""Errors told one by one; the quarantine file has them all."""


@dataclass(slots=True)
class Failures:
    """What could not be cleaned, told as it comes up."""

    settings: Settings
    count: int = 0

    def tell(self, outcome: Outcome, failure: Failure) -> None:
        self.count += 1
        if self.settings.verbose or self.count <= ERRORS_SHOWN:
            self.settings.error(f"{outcome.item.where}: {failure.message}")
            if self.settings.verbose and failure.trace is not None:
                click.echo(failure.trace, err=True, nl=False)
        elif self.count == ERRORS_SHOWN + 1:
            self.settings.note("more errors follow; -v tells all of them")


@click.command("run")
@click.argument("paths", nargs=-1, required=True)
@click.option("-o", "--output", default=STDOUT, metavar="OUT", help="Output file; - (the default) is standard output.")
@click.option("--format", "format_", type=click.Choice(["jsonl"]), default="jsonl", help="Format of the output.")
@click.option("--overwrite", is_flag=True, help="Replace an output that exists.")
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
@global_options
@click.pass_obj
def command(
    settings: Settings,
    paths: tuple[str, ...],
    output: str,
    format_: str,
    overwrite: bool,
    on_error: str,
    quarantine_file: str | None,
    dry_run: bool,
) -> int:
    """Clean documents into JSON Lines.

    PATHS are text, HTML or JSON Lines files, also compressed (.gz, .bz2, .xz), directories with such files, or - for
    standard input. Data goes to OUT, everything else to standard error. Exit code 1 says that some documents could not
    be cleaned, 2 that nothing was written.
    """
    out = None if output == STDOUT else Path(output)
    aside: Path | None = None
    if on_error == "quarantine":
        aside = Path(quarantine_file) if quarantine_file else (quarantine_path(out) if out else None)
    elif quarantine_file:
        raise click.UsageError(f"--quarantine is of no use with --on-error {on_error}")
    if aside is not None and out is not None and aside.resolve() == out.resolve():
        raise click.UsageError("--quarantine and --output name the same file")
    inputs = list(find(paths))
    _check_outputs([p for p in (out, aside) if p is not None], inputs, overwrite)
    # Imported here: it brings the rules and models in, which a usage error need not wait for.
    from clean.cleaner import Cleaner

    cleaner = Cleaner(settings.load_config())

    started = time.monotonic()
    total = Tally()
    failures = Failures(settings)
    with ExitStack() as stack:
        writer: AtomicFile | Stdout | None = None
        if not dry_run:
            writer = Stdout() if out is None else stack.enter_context(AtomicFile(out))
        quarantine = None if aside is None or dry_run else stack.enter_context(Quarantine(aside))
        progress = Progress(sys.stderr, sum(entry.size for entry in inputs), enabled=not settings.quiet)
        for outcome in clean_items(cleaner, read(inputs, settings.note)):
            if outcome.failure is None:
                total.add(outcome.tally)
                if writer is not None:
                    writer.write(outcome.line)
            else:
                progress.clear()
                failures.tell(outcome, outcome.failure)
                if on_error == "fail":
                    raise CleanError("stopped at the first error, as --on-error fail says")
                if quarantine is not None:
                    quarantine.add(outcome.item, outcome.failure.kind, outcome.failure.message)
            progress.update(outcome.item.position, total.documents + failures.count)
        progress.clear()
        if not total.documents and all(entry.error is not None for entry in inputs):
            raise CleanError("no input could be read; nothing was written")
        if quarantine is not None:
            quarantine.commit()
        if writer is not None:
            writer.commit()

    if not settings.quiet:
        names = getattr(cleaner.ruleset, "names", {})
        aside_text = str(aside) if quarantine is not None and failures.count else None
        elapsed = time.monotonic() - started
        text = summary(total, failures.count, aside_text, elapsed, names, settings.colored(sys.stderr))
        click.echo(text, err=True, color=True)
    return 1 if failures.count else 0


def _check_outputs(outputs: list[Path], inputs: list[Input], overwrite: bool) -> None:
    """Refuse, before any work, what would lose data.

    Raises:
        CleanError: an output is an input, exists already, or has nowhere to go.
    """
    for path in outputs:
        if path.suffix in COMPRESSED:
            raise CleanError(f"{path}: this version writes plain JSON Lines: leave {path.suffix} out of the name")
        if path.is_dir():
            raise CleanError(f"{path}: is a directory; name a file in it")
        if not path.parent.is_dir():
            raise CleanError(f"{path}: there is no directory {path.parent}; make it first")
        if not path.is_file():
            continue
        for entry in inputs:
            if entry.path is not None and entry.error is None and entry.regular and entry.path.samefile(path):
                raise CleanError(f"{path}: is also an input ({entry.name}); write somewhere else")
        if not overwrite:
            raise CleanError(f"{path}: exists already; give --overwrite to replace it")
