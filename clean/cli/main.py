"""The command `clean`: finds the verb, and turns every way a run can end into one line and an exit code.

Exit codes: 0 fine; 1 findings, or documents that could not be cleaned; 2 usage, configuration or internal error. Verbs
are imported when they are used, so that `clean --version` in a commit hook costs next to nothing.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from types import FrameType

import click

from clean._version import __version__
from clean.cli.help import VerbGroup
from clean.cli.settings import Settings, global_options
from clean.errors import CleanError

VERBS = {
    "run": ("clean.cli.run", "Clean documents into JSON Lines."),
    "diff": ("clean.cli.diff", "Show what cleaning would change."),
    "explain": ("clean.cli.explain", "Tell why a line was kept, dropped or changed."),
    "check": ("clean.cli.check", "Report what cleaning would remove, repair or refuse."),
    "verify": ("clean.cli.verify", "Check an output, record by record, against its sources."),
    "rules": ("clean.cli.rules", "List, show, test and validate the rules."),
    "config": ("clean.cli.config", "Show the configuration, and where each value comes from."),
    "schema": ("clean.cli.schema", "Print the JSON Schema of a record."),
}
"""Each verb, the module whose `command` it is, and its line in the help."""

WIDTH = 100
"""Columns of the help, where the terminal has as many."""

INTERRUPTED = 130
BROKEN_PIPE = 141
"""What a shell reports for a process that SIGINT or SIGPIPE ended."""


class ReaderLeft(Exception):
    """Whoever read standard output is gone. No OSError, which click would make an exit code of its own of."""


class Verbs(VerbGroup):
    """A group that imports a verb only to run it."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise ReaderLeft from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(VERBS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in VERBS.items()])


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDTH})
@global_options
@click.version_option(__version__, prog_name="clean", message="%(prog)s %(version)s")
def cli() -> None:
    """Clean text corpora so that every kept character points to its source and every removed one names its rule.

    `clean VERB --help` tells more of each verb. The options below stand before the verb or after it. The configuration
    is `clean.toml`, or `[tool.clean]` of `pyproject.toml`, the closest one at or above the working directory. Data goes
    to standard output, everything else to standard error.

    \b
    Exit codes:
      0  fine
      1  findings, a diff that is not empty, an example or a verification that fails, documents set aside
      2  wrong usage or configuration, input that cannot be read, or an internal error

    \b
    Examples:
      clean run corpus/ -o clean.jsonl
      clean check corpus/
      clean diff page.txt
      clean explain page.txt:12
    """


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    _open_standard_streams()
    signal.signal(signal.SIGTERM, _terminated)
    sys.exit(invoke(args))


def invoke(args: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    settings = Settings()
    try:
        return int(cli.main(args, prog_name="clean", standalone_mode=False, obj=settings) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.ClickException as error:
        if isinstance(error, click.UsageError) and error.ctx is not None:
            click.echo(error.ctx.get_usage(), err=True)
        settings.error(error.format_message())
    except CleanError as error:
        settings.error(str(error))
    except (KeyboardInterrupt, click.Abort):
        settings.error("interrupted")
        return INTERRUPTED
    except ReaderLeft:
        # What is still buffered must not raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return BROKEN_PIPE
    except OSError as error:
        reason = error.strerror or str(error)
        settings.error(f"{error.filename}: {reason}" if error.filename else reason)
        _trace(settings)
    except Exception as error:  # the last resort: a person gets a sentence, and the way to more
        hint = "" if settings.verbose else "; -v shows where"
        settings.error(f"internal error: {type(error).__name__}: {error}{hint}")
        _trace(settings)
    return 2


def _open_standard_streams() -> None:
    # What is closed (`>&-`) would otherwise be the number of the next file that is opened, and be written into.
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))


def _trace(settings: Settings) -> None:
    if settings.verbose:
        click.echo(traceback.format_exc(), err=True, nl=False)


def _terminated(signum: int, frame: FrameType | None) -> None:
    # SIGTERM ends a run the way Ctrl-C does: by unwinding, so that no temporary file stays.
    raise KeyboardInterrupt
