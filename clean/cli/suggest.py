"""`clean rules suggest`: candidate rules, mined from a corpus, as a pack to review."""

from __future__ import annotations

import json
import re
import sys
import traceback
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clean.cli.progress import Progress
from clean.cli.settings import Settings, global_options
from clean.errors import CleanError, ConfigError
from clean.io import Input, find, read
from clean.io.item import Item
from clean.io.writers import AtomicFile, Stdout

if TYPE_CHECKING:
    from clean.suggest import Draft, Miner

PREFIX = re.compile(r"[A-Z]{3}")
ERRORS_SHOWN = 20


@click.command("suggest")
@click.argument("paths", nargs=-1, required=True)
@click.option("-o", "--output", default="-", metavar="OUT", help="Output file; - (the default) is standard output.")
@click.option("--overwrite", is_flag=True, help="Replace an output that exists.")
@click.option(
    "--min-documents",
    type=click.IntRange(2),
    default=5,
    show_default=True,
    help="Documents with different texts that must carry a line.",
)
@click.option(
    "--min-hosts",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Hosts that it must stand on; with 1, chrome of single sites is suggested as well.",
)
@click.option(
    "--max-rules", type=click.IntRange(1, 999), default=100, show_default=True, help="Rules at most, the best first."
)
@click.option(
    "--min-score",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="How sure it must be that a line is chrome; .45 finds more, of which more is wrong.",
)
@click.option("--language", metavar="CODE", help="Only lines in this language, such as en.")
@click.option("--prefix", default="SUG", show_default=True, metavar="ABC", help="What the ids of the rules begin with.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON with all evidence instead of TOML.")
@global_options
@click.pass_obj
def command(
    settings: Settings,
    paths: tuple[str, ...],
    output: str,
    overwrite: bool,
    min_documents: int,
    min_hosts: int,
    max_rules: int,
    min_score: float,
    language: str | None,
    prefix: str,
    as_json: bool,
) -> int:
    """Mine lines that recur across documents, and write candidate rules for review.

    PATHS are what `clean run` takes. The documents are cleaned first, so that what the rules remove is not suggested
    again. The pack goes to OUT, a table of it to standard error. Every rule is unsafe: it is on only when named, and a
    person should read it before it is.

    Exit code: 0 fine, 1 some documents could not be read, 2 nothing was written.

    \b
    Examples:
      clean rules suggest crawl/ -o candidates.toml
      clean rules suggest crawl.jsonl --min-hosts 3 --language en > candidates.toml
    """
    if not PREFIX.fullmatch(prefix):
        raise ConfigError(f"--prefix is three capitals, such as SUG, not {prefix!r}")
    out = None if output == "-" else Path(output)
    inputs = list(find(paths))
    if out is not None:
        _check(out, inputs, overwrite)
    # Imported here: it brings the rules and models in, which a usage error need not wait for.
    from clean.cleaner import Cleaner
    from clean.suggest import Miner, Options

    with ExitStack() as stack:
        options = Options(min_documents, min_hosts, max_rules, min_score, language, prefix)
        miner = stack.enter_context(Miner(Cleaner(settings.load_config()), options))
        failures = _read(settings, miner, inputs)
        if not miner.documents:
            raise CleanError("no document could be read; nothing was written")
        drafts = miner.drafts()
        writer = Stdout() if out is None else stack.enter_context(AtomicFile(out))
        writer.write((_json(drafts) if as_json else _toml(drafts, miner)).encode("utf-8", "backslashreplace"))
        writer.commit()
        if not settings.quiet:
            _tell(settings, drafts, miner.documents, out)
    return 1 if failures else 0


def _check(out: Path, inputs: list[Input], overwrite: bool) -> None:
    if out.is_dir():
        raise CleanError(f"{out}: is a directory; name a file in it")
    if not out.parent.is_dir():
        raise CleanError(f"{out}: there is no directory {out.parent}; make it first")
    if not out.is_file():
        return
    for entry in inputs:
        if entry.path is not None and entry.readable and entry.path.samefile(out):
            raise CleanError(f"{out}: is also an input; write somewhere else")
    if not overwrite:
        raise CleanError(f"{out}: exists already; give --overwrite to replace it")


def _read(settings: Settings, miner: Miner, inputs: list[Input]) -> int:
    """Feed all documents to the miner; how many could not be read."""
    progress = Progress(sys.stderr, sum(entry.size for entry in inputs), enabled=not settings.quiet)
    failures = 0
    for item in read(inputs, settings.note):
        problem = _add(settings, miner, item)
        if problem:
            failures += 1
            progress.clear()
            if settings.verbose or failures <= ERRORS_SHOWN:
                settings.error(problem)
            elif failures == ERRORS_SHOWN + 1:
                settings.note("more errors follow; -v tells all of them")
        progress.update(item.position, miner.documents + failures)
    progress.clear()
    return failures


def _add(settings: Settings, miner: Miner, item: Item) -> str | None:
    """Why a document could not be read, or None."""
    if item.error is not None:
        return str(item.located(item.error))
    try:
        miner.add(item.document())
    except ConfigError:
        raise  # no document is to blame
    except CleanError as error:
        return str(item.located(error))
    except Exception as error:  # a defect must cost its document, not the work on all others
        if settings.verbose:
            click.echo(traceback.format_exc(), err=True, nl=False)
        return f"{item.where}: internal error: {type(error).__name__}: {error}"
    return None


def _toml(drafts: list[Draft], miner: Miner) -> str:
    from clean.suggest import pack

    asked = miner.options
    heading = [
        f"Candidate rules from {miner.documents} documents, the best first. Lines of at least {asked.min_documents}",
        f"documents with different texts, on {asked.min_hosts} hosts or more. None is safe yet: read each, try it with",
        "`clean rules test` and `clean diff --extend-select ID`, and take what is right into a pack of yours.",
    ]
    return pack(drafts, heading)


def _json(drafts: list[Draft]) -> str:
    return json.dumps([draft.told() for draft in drafts], ensure_ascii=False, indent=2) + "\n"


def _tell(settings: Settings, drafts: list[Draft], documents: int, out: Path | None) -> None:
    from clean.suggest import excerpt

    rows = [("id", "documents", "hosts", "lines", "damage", "score", "languages", "lines such as")]
    for draft in drafts:
        first = draft.members[0].evidence
        rows.append(
            (
                "-" if draft.wrong else draft.id,
                str(max(member.evidence.documents for member in draft.members)),
                first.owner or str(draft.members[0].hosts),
                str(sum(member.evidence.places for member in draft.members)),
                f"{draft.damage:.1%}",
                f"{min(member.evidence.score for member in draft.members):.2f}",
                " ".join(draft.languages) or "any",
                excerpt(draft),
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    color = settings.colored(sys.stderr)
    for n, row in enumerate(rows if drafts else []):
        line = "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        click.secho(line, err=True, color=color, bold=n == 0, dim=row[0] == "-")
    usable = sum(not draft.wrong for draft in drafts)
    aside = f", {len(drafts) - usable} more commented out" if usable < len(drafts) else ""
    settings.note(f"{documents} documents: {usable} rules suggested{aside}" + (f", in {out}" if out else ""))
