"""A process forked from this one: there at once with all that is loaded here, where a new interpreter takes as long as
a small run."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import traceback
import warnings
from collections.abc import Callable
from typing import IO

STEP = 0.005
"""Seconds between two looks at whether it has ended."""


class Forked:
    """A child that runs `serve`, with pipes as its standard input and output. It has the methods of `Popen` that a
    worker needs, and ends with its parent if `serve` ends when its input does.

    Args:
        serve: what it does; never returns.
        stderr: where its standard error goes.
    """

    def __init__(self, serve: Callable[[], object], stderr: IO[bytes]) -> None:
        self.returncode: int | None = None
        inbox, to_child = os.pipe()
        from_child, outbox = os.pipe()
        with warnings.catch_warnings():
            # Threads of numerical libraries, which look after themselves in a fork.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if not self.pid:
            try:
                os.setpgid(0, 0)
                for number in (signal.SIGINT, signal.SIGTERM):
                    signal.signal(number, signal.SIG_DFL)
                for given, wanted in ((inbox, 0), (outbox, 1), (stderr.fileno(), 2)):
                    os.dup2(given, wanted)
                os.closerange(3, os.sysconf("SC_OPEN_MAX"))
                serve()
            except BaseException:  # nothing above this in the copied stack may see it
                traceback.print_exc()
            finally:
                os._exit(1)
        os.close(inbox)
        os.close(outbox)
        self.stdin: IO[bytes] | None = open(to_child, "wb", 0)  # noqa: SIM115 - whoever ends it closes them
        self.stdout: IO[bytes] | None = open(from_child, "rb", 0)  # noqa: SIM115

    def poll(self) -> int | None:
        """Its exit code if it has ended, negative for a signal."""
        return self._look(os.WNOHANG)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code when it has ended.

        Raises:
            subprocess.TimeoutExpired: it has not.
        """
        end = time.monotonic() + (timeout or 0.0)
        while (code := self._look(0 if timeout is None else os.WNOHANG)) is None:
            if timeout is not None and time.monotonic() >= end:
                raise subprocess.TimeoutExpired("worker", timeout)
            time.sleep(STEP)
        return code

    def kill(self) -> None:
        """End it."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def _look(self, how: int) -> int | None:
        if self.returncode is None:
            ended, status = os.waitpid(self.pid, how)
            if ended:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode
