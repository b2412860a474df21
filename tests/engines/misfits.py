"""Documents that break what cleans them: a `sitecustomize` for the processes of a test, and texts that set it off.

A worker process is a new interpreter, which no monkeypatch reaches; this one goes with it by PYTHONPATH.
"""

from __future__ import annotations

import os
from pathlib import Path

HANGS = "This document hangs."
CRASHES = "This document crashes."
CRASHES_ONCE = "This document crashes the first time."
EATS = "This document eats memory."
EXITS = "This document exits."

CUSTOM = """
import os, signal, sys
from pathlib import Path

def patch():
    from clean.cleaner import Cleaner
    real = Cleaner.clean_document
    once = Path(__file__).with_name("once")

    def clean_document(self, document):
        text = document.raw if isinstance(document.raw, str) else document.raw.decode("utf-8", "replace")
        if text.startswith("This document hangs."):
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            while True:
                pass
        if text.startswith("This document crashes the first time.") and not once.exists():
            once.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if text.startswith("This document crashes."):
            print("what the library says last", file=sys.stderr, flush=True)
            os.kill(os.getpid(), signal.SIGSEGV)
        if text.startswith("This document eats memory."):
            eaten = [bytearray(1 << 20) for _ in range(100_000)]
        if text.startswith("This document exits."):
            os._exit(3)
        return real(self, document)

    Cleaner.clean_document = clean_document

patch()
"""

ROOT = Path(__file__).resolve().parent.parent.parent


def environment(folder: Path) -> dict[str, str]:
    """The environment of processes that such documents break; what makes it so is written to `folder`."""
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(CUSTOM)
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), str(ROOT)))}
