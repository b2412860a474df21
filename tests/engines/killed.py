"""Real runs in processes of their own, for tests to kill, and what they leave behind."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

OFTEN = "import clean.engines.journal as journal; journal.INTERVAL = 0.0; journal.SHARE = 1.0\n"
"""A checkpoint after each document, so that a run of seconds has as many as one of hours."""

ONCE = "import clean.engines.journal as journal; journal.INTERVAL = 0.0; journal.SHARE = 1e-12\n"
"""A checkpoint after the first document, and no other before the end."""

AT_CALL = """
import os, signal
left = int(os.environ["KILL_AT"])
def counted(real):
    def call(*args, **kwargs):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)
    return call
for name in ("replace", "fsync", "unlink", "rmdir", "mkdir"):
    setattr(os, name, counted(getattr(os, name)))
"""
"""Ends the process before the n-th call that changes what is on the disk."""

MID_WRITE = """
import os, signal
from clean.engines.checkpoint import Part
real, left = Part.write, int(os.environ["KILL_AT"])
def write(self, data):
    global left
    left -= 1
    if left == 0:
        real(self, data[: len(data) // 2])
        self._file.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    real(self, data)
Part.write = write
"""
"""Ends the process when half of the n-th line is on the disk."""


def start(folder: Path, args: list[str], prelude: str = OFTEN, **variables: str) -> subprocess.Popen[bytes]:
    """Start a run in `folder`."""
    code = f"{prelude}\nfrom clean.cli.main import main; main()"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    return subprocess.Popen(
        [sys.executable, "-c", code, "run", *args],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def run(folder: Path, args: list[str], prelude: str = OFTEN, **variables: str) -> tuple[int, str]:
    """The exit code of a run, and what it said."""
    process = start(folder, args, prelude, **variables)
    _, said = process.communicate()
    return process.returncode, said.decode()


def kill_at_random(folder: Path, args: list[str], dice: random.Random, longest: float, most: int = 50) -> int:
    """Start a run, kill it, resume it and kill it again, until it is through; how often it was killed."""
    kills = 0
    resume: list[str] = []
    while True:
        process = start(folder, [*args, *resume])
        try:
            _, said = process.communicate(timeout=dice.uniform(0.0, longest) if kills < most else None)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills += 1
            resume = ["--resume"]
            continue
        assert process.returncode in (0, 1), said.decode()
        return kills


def results(folder: Path) -> dict[str, bytes | dict[str, object]]:
    """All files of a folder, hidden ones too; manifests without what no two runs share."""
    found: dict[str, bytes | dict[str, object]] = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        name = str(path.relative_to(folder))
        content = path.read_bytes()
        if name.endswith(".manifest.json"):
            manifest = json.loads(content)
            del manifest["run"]
            found[name] = manifest
        else:
            found[name] = content
    return found


def killed(code: int) -> bool:
    return code == -signal.SIGKILL


def corpus(folder: Path, documents: int) -> None:
    """Inputs of several kinds, broken ones among them."""
    (folder / "pages").mkdir(parents=True)
    lines = []
    for n in range(documents):
        text = f"The {n}th document tells of a river and its banks.\n\nSubscribe to our newsletter!\n\nIt goes on."
        lines.append(json.dumps({"text": text, "id": f"doc-{n}"}) if n % 7 else '{"text": broken')
    half = len(lines) // 2
    (folder / "a.jsonl").write_text("\n".join(lines[:half]) + "\n")
    (folder / "b.jsonl").write_text("\n".join(lines[half:]) + "\n")
    (folder / "pages" / "one.txt").write_text("A page of plain text stands here for all to read.\n")
    (folder / "pages" / "two.html").write_text("<html><body><p>Some words in a paragraph of a page.</p></body></html>")
    (folder / "pages" / "three.txt").write_bytes(bytes(range(256)) * 8)
    record = b"WARC/1.0\r\nWARC-Type: %s\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nSome words.\r\n\r\n"
    (folder / "pages" / "four.warc").write_bytes(record % b"metadata" + record % b"resource" + record % b"request")
    (folder / "pages" / "loop").symlink_to(".")
    (folder / "empty.jsonl").write_text("")
    times = (1_700_000_000, 1_700_000_000)
    for path in folder.rglob("*"):
        os.utime(path, times)
