"""A page: what mining keeps of a cleaned document, and the file that all pages wait in between passes."""

from __future__ import annotations

import marshal
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import PurePosixPath
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from clean.document import Document, Origin
from clean.ruleset.view import is_prose, normalised
from clean.suggest.template import LEVELS, keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

PROSE, LONG, REMOVED_BEFORE, REMOVED_AFTER = 1, 2, 4, 8
LONG_CHARS = 100
"""A line of that length is seldom chrome, whatever it is made of."""
KEPT_CHARS = 600
"""Characters of a line that are kept: enough for a sentence to show."""


@dataclass(slots=True)
class Page:
    """One document's lines: their templates as numbers, what they are, and where they stand."""

    host: str
    identity: tuple[int, int]
    """Two numbers that copies of one text share, whatever stands around it."""
    keys: NDArray[Any]
    """One row a line, one column a level; 0 where a line has no template."""
    flags: NDArray[Any]
    packed: bytes = b""

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Each line's text, cut where it is long, and its language."""
        found: list[tuple[str, str]] = marshal.loads(zlib.decompress(self.packed))
        return found


def page(document: Document) -> Page:
    """What is left of a document that the pipeline has cleaned."""
    import numpy as np

    lines = [(segment.text[:KEPT_CHARS], segment.language) for segment in document.segments]
    flags = np.zeros(len(lines), np.uint8)
    numbers = np.zeros((len(lines), LEVELS), np.uint64)
    prose: list[str] = []
    for i, segment in enumerate(document.segments):
        numbers[i] = keys(segment.text)
        found = is_prose(segment.text)
        if found:
            prose.append(segment.text)
        flags[i] = (
            PROSE * found
            | LONG * (len(segment.text) > LONG_CHARS)
            | REMOVED_BEFORE * segment.after_removal
            | REMOVED_AFTER * segment.before_removal
        )
    texts = prose or [segment.text for segment in document.segments if len(segment.text) > 30] or [document.source]
    packed = zlib.compress(marshal.dumps(lines), 1)
    return Page(host_of(document.origin), _identity(texts), numbers, flags, packed)


def _identity(texts: Iterable[str]) -> tuple[int, int]:
    """The smallest number of any line, by two ways of numbering: documents that share lines likely share it."""
    numbers = [blake2b(normalised(text).encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts]
    return (
        min(int.from_bytes(number[:8], "little") for number in numbers),
        min(int.from_bytes(number[8:], "little") for number in numbers),
    )


def host_of(origin: Origin) -> str:
    """The host that a document comes from: of its URL, or the folder that it lies in, or its file."""
    try:
        host = urlsplit(origin.url or "").hostname
    except ValueError:
        host = None
    if host:
        return host.removeprefix("www.")
    path = PurePosixPath(origin.path or "-")
    if origin.record is not None:
        return path.as_posix()
    named = [part for part in path.parts[:-1] if "." in part.strip(".")]
    return named[0].removeprefix("www.") if named else path.parent.as_posix()


class Spool:
    """Pages in temporary files, so that the documents are cleaned once, however often the pages are looked at."""

    def __init__(self) -> None:
        self._numbers = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        self._texts = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._numbers.close()
        self._texts.close()

    def add(self, page: Page) -> None:
        self._texts.write(page.packed)
        entry = (page.host, page.identity, page.keys.tobytes(), page.flags.tobytes(), len(page.packed))
        marshal.dump(entry, self._numbers)
        self.count += 1

    def pages(self, texts: bool = False) -> Iterator[Page]:
        """All pages, in the order they came; with their lines only when `texts` are wanted."""
        import numpy as np

        self._numbers.seek(0)
        self._texts.seek(0)
        for _ in range(self.count):
            host, identity, numbers, flags, size = marshal.load(self._numbers)
            yield Page(
                host,
                identity,
                np.frombuffer(numbers, np.uint64).reshape(-1, LEVELS),
                np.frombuffer(flags, np.uint8),
                self._texts.read(size) if texts else b"",
            )
