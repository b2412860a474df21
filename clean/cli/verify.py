"""`clean verify`: does an output add up, against itself and against its sources?"""

from __future__ import annotations

from pathlib import Path

import click

from clean.cli.help import Verb
from clean.cli.settings import Settings, global_options


@click.command("verify", cls=Verb)
@click.argument("output", metavar="OUT")
@click.option("--source", metavar="DIR", help="Where the sources lie; without it, their paths are taken as they stand.")
@global_options
@click.pass_obj
def command(settings: Settings, output: str, source: str | None) -> int:
    """Check every record of OUT against itself and against its source, read again.

    A record from standard input has no source to read again: it is checked against itself and counted as unchecked,
    which is no failure. Problems go to standard output, one a line.

    \b
    Exit codes:
      0  all that could be checked adds up
      1  something does not add up
      2  OUT cannot be read, wrong usage, or an internal error

    \b
    Examples:
      clean verify clean.jsonl
      clean verify clean.jsonl --source corpus/
    """
    from clean.verify import verify

    bad = 0
    records = unchecked = 0
    for result in verify(Path(output), None if source is None else Path(source)):
        records += 1
        unchecked += not result.source_read and not result.problems
        bad += bool(result.problems)
        for problem in result.problems:
            click.echo(" ".join(f"{output}:{result.line}: {result.id}: {problem}".splitlines()))
    parts = [f"{records - bad - unchecked:,} of {records:,} records verified"]
    if unchecked:
        parts.append(f"{unchecked:,} consistent in themselves, with no source to read again")
    if bad:
        parts.append(f"{bad:,} that do not add up")
    settings.note("; ".join(parts))
    return 1 if bad else 0
