"""One run of `clean run`: from its options to its output, its messages and its exit code."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clean.cli.log import Log
from clean.cli.run_options import Options
from clean.cli.settings import Settings
from clean.cli.summary import summary
from clean.engines import targets
from clean.engines.direct import Direct
from clean.engines.runner import Runner
from clean.engines.targets import Target
from clean.errors import CleanError
from clean.io import Input
from clean.io.writers import AtomicFile, Stdout

if TYPE_CHECKING:
    from clean.config import Config
    from clean.engines.journal import Journal
    from clean.engines.plan import Plan
    from clean.engines.ray import RayRunner


@dataclass(slots=True)
class Run:
    """One run of the command."""

    settings: Settings
    options: Options
    config: Config
    inputs: list[Input]

    def run(self) -> int:
        """The exit code."""
        options, settings = self.options, self.settings
        began = time.time()
        total = sum(entry.size for entry in self.inputs)
        with self._runner(total) as runner:
            sink: Journal | Direct
            if options.out is None or options.dry_run or _is_special(options.out):
                sink = self._direct()
            else:
                from clean.engines.plan import Plan

                plan = Plan.of(runner.fingerprint, self.config, options.decisive, self.inputs)
                if (failures := self._complete(plan)) is not None:
                    return 1 if failures else 0
                sink = self._journal(plan)
            try:
                self._clean(runner, sink, total)
                sink.finish({"jobs": runner.jobs, "began": _utc(began), "ended": _utc(time.time())})
            except _Refused:
                sink.discard()
                raise
            except BaseException:
                if sink.stop():
                    settings.note(f"{options.out}: what is done is kept; give --resume to go on")
                raise
        for name in sink.changed:
            settings.note(f"{name}: was written to while it was read; its records may be of either state")
        self._conclude(sink, runner.names, time.time() - began)
        return 1 if sink.failures else 0

    def _runner(self, total: int) -> Runner | RayRunner:
        options = self.options
        split = options.removed is not None
        if not options.ray:
            return Runner(self.config, options.jobs, total, options.limits, split)
        from clean.engines.ray import RayRunner

        return RayRunner(self.config, options.ray_address, options.jobs, options.limits, split)

    def _clean(self, runner: Runner | RayRunner, sink: Journal | Direct, total: int) -> None:
        """Take all documents through."""
        settings, options = self.settings, self.options
        if resumed := sink.tally.documents + sink.failures.total():
            settings.note(f"{options.out}: going on after {resumed:,} documents")
        log = Log(settings, total, sink.behind, options.quarantine is not None)
        if settings.log_format == "json" and not settings.quiet:
            from clean._version import __version__

            settings.event(
                "start",
                version=__version__,
                ruleset=runner.fingerprint,
                inputs=len(self.inputs),
                bytes=total or None,
                jobs=runner.jobs,
                output=None if options.out is None else str(options.out),
                resumed=resumed,
            )
        try:
            for outcome in runner.through(sink, log.note):
                sink.add(outcome)
                log.tell(outcome, sink.tally, sink.failures)
                if outcome.failure is not None and options.on_error == "fail":
                    raise _Refused("stopped at the first error, as --on-error fail says")
        finally:
            log.clear()
        if not sink.tally.documents and not any(entry.readable for entry in self.inputs):
            raise _Refused("no input could be read; nothing was written")

    def _conclude(self, sink: Journal | Direct, names: Mapping[str, str], elapsed: float) -> None:
        settings, options = self.settings, self.options
        if settings.quiet:
            return
        failed = sink.failures.total()
        aside = str(options.quarantine) if options.quarantine and failed and not options.dry_run else None
        if settings.log_format == "json":
            tally = sink.tally
            settings.event(
                "done",
                seconds=round(elapsed, 3),
                documents=tally.documents,
                quarantined=failed,
                bytes=tally.size,
                characters={"in": tally.chars_in, "kept": tally.chars_kept, "removed": tally.chars_removed},
                output=None if options.out is None or options.dry_run else str(options.out),
                quarantine=aside,
            )
            return
        text = summary(sink.tally, failed, aside, elapsed, names, settings.colored(sys.stderr))
        click.echo(text, err=True, color=True)

    def _direct(self) -> Direct:
        options = self.options
        if options.dry_run:
            return Direct(None, None, self.inputs, self.config.input)
        writer = Stdout() if options.out is None else AtomicFile(Path(options.out))
        if isinstance(options.quarantine, str):
            raise CleanError(f"{options.quarantine}: documents are set aside at a URL only beside an output at one")
        return Direct(writer, options.quarantine, self.inputs, self.config.input)

    def _journal(self, plan: Plan) -> Journal:
        from clean.engines.journal import Journal

        return Journal(self.options.outputs, plan, self.inputs, self.config.input, self.options.resume)

    def _complete(self, plan: Plan) -> int | None:
        """The failures of a run that --resume finds complete; None if there is something to do."""
        options = self.options
        if not options.resume or options.outputs.folder.exists() or not targets.exists(options.files[0]):
            return None
        from clean.engines.manifest import check_complete
        from clean.engines.outputs import remove_folder

        assert options.out is not None
        failures = check_complete(options.out, plan)
        remove_folder(options.outputs.folder)
        self.settings.note(f"{options.out}: complete already")
        return failures


class _Refused(CleanError):
    """The run ends, and nothing of it is to stay."""


def _is_special(path: Target) -> bool:
    """Whether a path is a pipe or a device, which can only be written to."""
    return isinstance(path, Path) and path.exists() and not stat.S_ISREG(os.stat(path).st_mode)


def _utc(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
