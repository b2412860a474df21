"""What commit hooks wait for: the cheap verbs import nothing heavy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("ftfy", "trafilatura", "numpy", "re2", "langdetect", "clean.cleaner")


@pytest.mark.parametrize("args", [["--version"], ["--help"], ["schema"], ["run", "--help"], ["verify", "--help"]])
def test_cheap_verbs_import_nothing_heavy(args: list[str]) -> None:
    code = (
        "import sys; from clean.cli.main import invoke\n"
        f"assert invoke({args!r}) == 0\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root)
    assert done.stderr == "[]\n"
