"""`clean check`: what cleaning would find, as a linter reports it; nothing is changed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clean.cli.help import Verb
from clean.cli.progress import Progress
from clean.cli.settings import Settings, complete_paths, global_options
from clean.cli.words import count
from clean.errors import CleanError
from clean.io import Input, find, read
from clean.io.writers import AtomicFile, Stdout

if TYPE_CHECKING:
    from clean.checks.baseline import Baseline
    from clean.checks.checker import Checker
    from clean.checks.finding import Checked

FORMATS = ("full", "concise", "json", "jsonl", "github", "gitlab", "sarif", "junit")
STALE_SHOWN = 10
MANY = 100
"""Findings that nobody reads one by one."""


@click.command("check", cls=Verb)
@click.argument("paths", nargs=-1, required=True, shell_complete=complete_paths)
@click.option(
    "--output-format",
    type=click.Choice(FORMATS),
    default="full",
    show_default=True,
    help="How findings are written: for people (full, concise), programs (json, jsonl) or services.",
)
@click.option("--output-file", metavar="FILE", help="Where findings go. [default: standard output]")
@click.option("--statistics", is_flag=True, help="A table of the rules that found something, in place of the findings.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    default="warning",
    show_default=True,
    help="The least severity of a finding for which the exit code is 1.",
)
@click.option("--exit-zero", is_flag=True, help="Exit code 0 in spite of findings.")
@click.option(
    "--max-removed-ratio",
    type=click.FloatRange(0, 1),
    metavar="R",
    help="Report (DOC002) each document that would lose more than this share of its text, such as 0.5.",
)
@click.option("--baseline", metavar="FILE", help="Leave out the findings that this file knows.")
@click.option("--write-baseline", metavar="FILE", help="Write all findings to a baseline, and nothing else.")
@click.option(
    "--ignore-file",
    metavar="FILE",
    help="Fingerprints of findings to leave out, one a line; -v shows them. "
    "[default: .clean-ignore of the working directory or the repository, if any]",
)
@click.option("--stdin-filename", metavar="NAME", help="What standard input is called: in reports, and for its type.")
@global_options
@click.pass_obj
def command(
    settings: Settings,
    paths: tuple[str, ...],
    output_format: str,
    output_file: str | None,
    statistics: bool,
    fail_on: str,
    exit_zero: bool,
    max_removed_ratio: float | None,
    baseline: str | None,
    write_baseline: str | None,
    ignore_file: str | None,
    stdin_filename: str | None,
) -> int:
    """Report what cleaning would remove, repair or refuse, and change nothing.

    PATHS are files, directories, or - for standard input, as for `clean run`. Findings go to standard output,
    everything else to standard error. A text that `clean run` wrote has none.

    Warnings are what `clean run` puts right by itself; errors are what it cannot: documents that it would set aside,
    bytes that are no text, documents that lose too much. Lines and columns count from 1, columns in characters (code
    points). In JSON Lines the line is the record's, and the message says which line of its text.

    \b
    Exit codes:
      0  no findings, or none as severe as --fail-on
      1  findings
      2  wrong usage or configuration, no input that could be read, or an internal error

    \b
    Examples:
      clean check corpus/
      clean check corpus/ --statistics
      clean check corpus/ --select SOC,NAV --output-format concise
      clean check corpus/ --max-removed-ratio 0.5 --fail-on error
      clean check corpus/ --write-baseline baseline.json
      clean check corpus/ --baseline baseline.json
      clean check corpus/ --output-format sarif --output-file clean.sarif
      clean check - --stdin-filename pages/about.txt < about.txt
    """
    if baseline and write_baseline:
        raise click.UsageError("--baseline and --write-baseline contradict each other: write first, then use")
    if write_baseline and (output_file or statistics):
        raise click.UsageError("--write-baseline writes the baseline and no report; leave the other option out")
    if stdin_filename and "-" not in paths:
        raise click.UsageError("--stdin-filename is of use only with - among the paths")
    inputs = list(_once(find(paths, stdin_filename)))
    for output in (output_file, write_baseline):
        if output is not None:
            _check_output(Path(output), inputs)
    # Imported here: it brings the rules and models in, which a usage error need not wait for.
    from clean.checks import baseline as known
    from clean.checks.checker import Checker
    from clean.checks.location import root_of
    from clean.cleaner import Cleaner

    root = root_of(Path.cwd())
    run = Run(settings, inputs, Checker(Cleaner(settings.load_config()), root, max_removed_ratio))
    if baseline is not None:
        run.baseline = known.Baseline.load(Path(baseline))
    if ignore_file is not None:
        run.ignored = known.load_ignored(Path(ignore_file))
    elif not settings.isolated:
        for path in (Path(known.IGNORE_FILE), root / known.IGNORE_FILE):
            if path.is_file():
                run.ignored = known.load_ignored(path)
                break

    if write_baseline is not None:
        return _write_baseline(run, Path(write_baseline))
    _report(run, output_format, output_file, statistics)
    if run.defects or run.nothing_read:
        if run.nothing_read:
            settings.error("no input could be read")
        return 2
    failing = run.errors if fail_on == "error" else run.errors + run.warnings
    return 1 if failing and not exit_zero else 0


@dataclass(slots=True)
class Run:
    """One check of some inputs: the documents as they come, without what is known already, and what they add up to."""

    settings: Settings
    inputs: list[Input]
    checker: Checker
    baseline: Baseline | None = None
    ignored: frozenset[str] = frozenset()
    documents: int = 0
    affected: int = 0
    errors: int = 0
    warnings: int = 0
    in_baseline: int = 0
    silenced: int = 0
    defects: int = 0
    files: dict[str, None] = field(default_factory=dict)
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        total = sum(entry.size for entry in self.inputs)
        self.progress = Progress(sys.stderr, total, enabled=not self.settings.quiet)

    @property
    def nothing_read(self) -> bool:
        return not any(entry.readable for entry in self.inputs)

    def note(self, message: str) -> None:
        """Tell a person something, without leaving half a progress line before it."""
        self.progress.clear()
        self.settings.note(message)

    def every_document(self) -> Iterator[Checked]:
        """The documents with all their findings but those of the ignore file."""
        for item in read(self.inputs, self.note, self.checker.cleaner.config.input):
            document = self.checker(item)
            self.documents += 1
            if document.defect:
                self.defects += 1
                self.progress.clear()
                self.settings.error(f"{item.where}: {document.defect}")
                if self.settings.verbose:
                    click.echo(document.trace, err=True, nl=False)
            if self.ignored:
                kept = [f for f in document.findings if not {f.fingerprint, f.wide_fingerprint} & self.ignored]
                self.silenced += len(document.findings) - len(kept)
                document.findings = kept
            yield document
            self.progress.update(item.position, self.documents)

    def new_findings(self) -> Iterator[Checked]:
        """The documents with the findings that are to be reported, counted."""
        from clean.checks.finding import grouped

        for document in self.every_document():
            if self.baseline is not None:
                self.files[document.file] = None
                unknown = self.baseline.unknown(document.findings)
                self.in_baseline += len(document.findings) - len(unknown)
                document.findings = unknown
            document.findings = grouped(document.findings)
            errors = sum(finding.is_error for finding in document.findings)
            self.errors += errors
            self.warnings += len(document.findings) - errors
            self.affected += bool(document.findings)
            yield document


def _report(run: Run, output_format: str, output_file: str | None, wants_statistics: bool) -> None:
    from clean.checks.catalogue import Catalogue
    from clean.checks.formats import FOR_PEOPLE, Context, load
    from clean.checks.formats.text import Statistics, statistics

    settings = run.settings
    at_terminal = output_file is None and sys.stdout.isatty()
    context = Context(
        Catalogue(run.checker.rules.values()),
        note=settings.note,
        color=settings.color == "always" if output_file else settings.colored(sys.stdout),
        width=shutil.get_terminal_size().columns if at_terminal else None,
        verbose=settings.verbose,
    )
    found = Statistics({})
    in_place = wants_statistics and output_format in (*FOR_PEOPLE, "json", "jsonl")

    def counted(documents: Iterable[Checked]) -> Iterator[Checked]:
        for document in documents:
            found.add(document)
            yield document

    with ExitStack() as stack:
        writer: AtomicFile | Stdout = Stdout()
        if output_file is not None:
            writer = stack.enter_context(AtomicFile(Path(output_file)))
        pieces = load(output_format)(counted(run.new_findings()), context)
        if in_place:
            for _ in counted(run.new_findings()):
                pass
            pieces = iter([statistics(found, output_format, context)])
        for piece in pieces:
            run.progress.clear()
            writer.write(piece.encode("utf-8", "backslashreplace"))
        run.progress.clear()
        writer.commit()
    if wants_statistics and not in_place:
        click.echo(found.table(context), err=True, nl=False)
    if at_terminal and (run.errors or run.warnings):
        settings.note("")
    _tell_stale(run)
    settings.note(_summary(run, output_file))
    if output_format in FOR_PEOPLE and run.warnings and not settings.verbose:
        if at_terminal and not wants_statistics and run.errors + run.warnings > MANY:
            settings.note("--statistics sums them up by rule")
        settings.note(
            "`clean rules show ID` has a rule's reasons; --ignore ID turns one off; "
            "a fingerprint (-v) in .clean-ignore silences one finding"
        )


def _write_baseline(run: Run, path: Path) -> int:
    from clean.checks.baseline import Baseline

    baseline = Baseline()
    with AtomicFile(path) as file:
        for document in run.every_document():
            baseline.add(document)
        run.progress.clear()
        if run.nothing_read:
            raise CleanError("no input could be read; no baseline was written")
        if run.defects:
            raise CleanError(f"{count(run.defects, 'document')} could not be checked; no baseline was written")
        file.write(baseline.dumped().encode("utf-8", "backslashreplace"))
        file.commit()
    files = len({known.file for known in baseline.counts})
    run.settings.note(f"{path}: {count(baseline.counts.total(), 'finding')} in {count(files, 'file')} written")
    return 0


def _summary(run: Run, output_file: str | None) -> str:
    total = run.errors + run.warnings
    within = f"{run.affected:,} of {count(run.documents, 'document')}"
    if total:
        kinds = [count(n, kind) for n, kind in ((run.errors, "error"), (run.warnings, "warning")) if n]
        text = f"{count(total, 'finding')} ({', '.join(kinds)}) in {within}"
    else:
        text = f"no findings in {count(run.documents, 'document')}"
    if run.in_baseline:
        text += f"; {run.in_baseline:,} more in the baseline"
    if run.silenced:
        text += f"; {run.silenced:,} more ignored by fingerprint"
    return f"{text}; written to {output_file}" if output_file else text


def _tell_stale(run: Run) -> None:
    if run.baseline is None:
        return
    on = {rule.id for rule in run.checker.cleaner.ruleset.active} | run.checker.cleaner.ruleset.reported
    stale = run.baseline.stale(run.files, run.checker.root, on)
    for file, entries in list(stale.items())[:STALE_SHOWN]:
        run.settings.note(
            f"{file}: {count(entries, 'stale baseline entry', 'stale baseline entries')}: not found any more"
        )
    if stale:
        rest = len(stale) - STALE_SHOWN
        more = f"{count(rest, 'more file')} with stale entries; " if rest > 0 else ""
        run.settings.note(f"{more}write the baseline anew to drop what is stale")


def _once(inputs: Iterable[Input]) -> Iterator[Input]:
    """Each file once, however often the paths name it: twice found would be twice counted."""
    seen: set[Path | None] = set()
    for entry in inputs:
        key = None if entry.path is None else entry.path.absolute()
        if key not in seen:
            seen.add(key)
            yield entry


def _check_output(path: Path, inputs: list[Input]) -> None:
    """Refuse, before any work, what would lose data or could not be written.

    Raises:
        CleanError: the output is an input, or has nowhere to go.
    """
    if path.is_dir():
        raise CleanError(f"{path}: is a directory; name a file in it")
    if not path.parent.is_dir():
        raise CleanError(f"{path}: there is no directory {path.parent}; make it first")
    if not path.is_file():
        return
    for entry in inputs:
        if entry.path is not None and entry.lasting and entry.path.samefile(path):
            raise CleanError(f"{path}: is also an input ({entry.name}); write somewhere else")
