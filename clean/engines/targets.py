"""Targets: where outputs go, a file of this machine or a URL that fsspec writes to."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from clean.io import remote
from clean.io.formats import shard_path

Target = Path | str
"""A URL is a string."""


def target(name: str) -> Target:
    """What a person has named."""
    return name if remote.is_url(name) else Path(name)


def base(target: Target) -> str:
    """The last part of its name."""
    return target.name if isinstance(target, Path) else target.rstrip("/").rpartition("/")[2]


def beside(target: Target, name: str) -> Target:
    """Another name in the same place."""
    if isinstance(target, Path):
        return target.with_name(name)
    return target.rstrip("/").rpartition("/")[0] + "/" + name


def shard(target: Target, number: int) -> Target:
    """The name of a shard, from 0."""
    return beside(target, shard_path(Path(base(target)), number).name)


def partial(target: Target) -> Path:
    """The directory of what is not finished: beside the output, or in the working directory for a URL."""
    if isinstance(target, Path):
        real = Path(os.path.realpath(target))
        return real.with_name(f".{real.name[:200]}.partial")
    return Path.cwd() / f".{local_name(target)}.partial"


def local_name(url: str) -> str:
    """A name for what is to go to a URL, while it is here: no two URLs have the same."""
    return f"{base(url)[:200]}.{hashlib.sha256(url.encode()).hexdigest()[:8]}"


def exists(target: Target) -> bool:
    return target.is_file() if isinstance(target, Path) else remote.exists(target)


def remove(target: Target) -> None:
    """Remove it if it is there."""
    if isinstance(target, Path):
        target.unlink(missing_ok=True)
    else:
        remote.remove(target)


def read(target: Target) -> str:
    """Its text. Raises OSError."""
    if isinstance(target, Path):
        return target.read_text(encoding="utf-8")
    with remote.open_url(target) as file:
        return file.read().decode("utf-8")


def relative(target: Target, to: Target) -> str:
    """How a manifest names an output: from where the manifest stands, so that the two can move together."""
    if isinstance(target, Path) and isinstance(to, Path):
        return Path(os.path.relpath(os.path.realpath(target), os.path.realpath(to.parent))).as_posix()
    return str(target)
