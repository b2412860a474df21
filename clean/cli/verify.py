"""`clean verify`: does an output add up, against itself and against its sources?"""

from __future__ import annotations

from pathlib import Path

import click

from clean.cli.help import Verb
from clean.cli.settings import Settings, global_options


@click.command("verify", cls=Verb)
@click.argument("outputs", metavar="OUT...", nargs=-1, required=True)
@click.option("--source", metavar="DIR", help="Where the sources lie; without it, their paths are taken as they stand.")
@click.option("--removed", metavar="FILE", help="The file with the removed text, where OUT does not have it.")
@global_options
@click.pass_obj
def command(settings: Settings, outputs: tuple[str, ...], source: str | None, removed: str | None) -> int:
    """Check every record of OUT against itself and against its source, read again.

    OUT is what `clean run` wrote, in any of its formats. A record from standard input has no source to read again: it
    is checked against itself and counted as unchecked, which is no failure. Problems go to standard output, one a line.

    \b
    Exit codes:
      0  all that could be checked adds up
      1  something does not add up
      2  OUT cannot be read, wrong usage, or an internal error

    \b
    Examples:
      clean verify clean.jsonl
      clean verify clean.jsonl --source corpus/
      clean verify clean.parquet --removed removed.jsonl
      clean verify clean-*.jsonl.zst
    """
    from clean.verify import verify

    if removed is not None and len(outputs) > 1:
        raise click.UsageError("--removed belongs to one output; verify each with its own")
    fields = settings.load_config().input
    bad = 0
    records = unchecked = elsewhere = 0
    for output in outputs:
        checked = verify(
            Path(output),
            None if source is None else Path(source),
            (fields.text_field, fields.html_field),
            None if removed is None else Path(removed),
        )
        for result in checked:
            records += 1
            unchecked += not result.source_read and not result.problems
            elsewhere += result.text_elsewhere
            bad += bool(result.problems)
            for problem in result.problems:
                click.echo(" ".join(f"{output}:{result.line}: {result.id}: {problem}".splitlines()))
    parts = [f"{records - bad - unchecked:,} of {records:,} records verified"]
    if unchecked:
        parts.append(f"{unchecked:,} consistent in themselves, with no source to read again")
    if elsewhere:
        parts.append(f"{elsewhere:,} have their removed text in another file: --removed FILE checks that too")
    if bad:
        parts.append(f"{bad:,} that do not add up")
    settings.note("; ".join(parts))
    return 1 if bad else 0
