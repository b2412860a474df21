"""`clean schema`: the JSON Schema of a record, on standard output."""

from __future__ import annotations

import click

from clean.cli.help import Verb
from clean.cli.settings import global_options
from clean.schema import record_schema


@click.command("schema", cls=Verb)
@global_options
def command() -> None:
    """Print the JSON Schema (draft 2020-12) of one line of what `clean run` writes.

    \b
    Exit codes:
      0  printed
      2  wrong usage, or an internal error

    \b
    Examples:
      clean schema > record.schema.json
    """
    click.echo(record_schema(), nl=False)
