"""Help that reads like a page of a manual: what a verb is for, how it ends, examples, its options, then everyone's."""

from __future__ import annotations

import click


class Global(click.Option):
    """An option that every verb has."""


class _Sections(click.Command):
    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        for title, common in (("Options", False), ("Options of every verb", True)):
            records = [option.get_help_record(ctx) for option in options if isinstance(option, Global) == common]
            if rows := [record for record in records if record]:
                with formatter.section(title):
                    formatter.write_dl(rows)


class Verb(_Sections):
    """A verb, or one of a group of them."""


class VerbGroup(_Sections, click.Group):
    """A verb that has others below it."""

    command_class = Verb
