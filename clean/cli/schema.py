"""`clean schema`: the JSON Schema of a record, on standard output."""

from __future__ import annotations

import click

from clean.cli.settings import global_options
from clean.schema import record_schema


@click.command("schema")
@global_options
def command() -> None:
    """Print the JSON Schema (draft 2020-12) of one line of output."""
    click.echo(record_schema(), nl=False)
