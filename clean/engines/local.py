"""What every engine shares: an item goes in, an outcome comes out, in order, and no document ends a run.

`clean_items` is the plainest engine, one document after another in this process; `pool` has processes that do the same.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clean.errors import CleanError, ConfigError, DocumentError
from clean.io.item import Item

if TYPE_CHECKING:
    from clean.cleaner import Cleaner
    from clean.record import Record

OUT_OF_MEMORY = "out-of-memory"
SECONDS = 60.0
SECONDS_PER_MB = 10.0
"""The time of a document unless said otherwise. The slowest text known, lines of one word each, takes 5 s a MB."""


@dataclass(slots=True)
class Tally:
    """What a run adds up over documents; characters are code points of the decoded source."""

    documents: int = 0
    size: int = 0
    chars_in: int = 0
    chars_kept: int = 0
    chars_removed: int = 0
    rule_hits: Counter[str] = field(default_factory=Counter)
    rule_chars: Counter[str] = field(default_factory=Counter)
    language_chars: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, record: Record) -> Tally:
        """The figures of one record."""
        tally = cls(1, record.source.bytes)
        tally.chars_in = record.stats["chars_in"]
        tally.chars_kept = record.stats["chars_kept"]
        tally.chars_removed = record.stats["chars_removed"]
        for removal in record.removed:
            tally.rule_hits[removal.rule] += 1
            tally.rule_chars[removal.rule] += removal.source[1] - removal.source[0]
        for segment in record.segments:
            tally.language_chars[segment.language] += segment.span[1] - segment.span[0]
        return tally

    def add(self, other: Tally) -> None:
        """Add the figures of `other` to these."""
        self.documents += other.documents
        self.size += other.size
        self.chars_in += other.chars_in
        self.chars_kept += other.chars_kept
        self.chars_removed += other.chars_removed
        self.rule_hits.update(other.rule_hits)
        self.rule_chars.update(other.rule_chars)
        self.language_chars.update(other.language_chars)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a document could not be cleaned. `trace` is set where a defect of this program is to blame."""

    kind: str
    message: str
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item: a line of output and its figures, or a failure.

    `removed` is the line for a file of removed text, where that was asked for and there is any.
    """

    item: Item
    line: bytes = b""
    tally: Tally = field(default_factory=Tally)
    failure: Failure | None = None
    removed: bytes | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take.

    Args:
        seconds: of time; 0 is without end, None what a document of its size may need.
        memory: MB of memory that a worker process may have; None for what there is.
    """

    seconds: float | None = None
    memory: int | None = None

    def seconds_for(self, size: int) -> float | None:
        """The time of a document of so many bytes, or None where it has no end."""
        if self.seconds is None:
            return max(SECONDS, size * SECONDS_PER_MB / 1e6)
        return self.seconds or None

    def timeout(self, size: int) -> Failure:
        """What to say of a document that took longer."""
        return Failure("timeout", f"took longer than {self.seconds_for(size):g} s; --timeout sets the limit")

    def out_of_memory(self) -> Failure:
        """What to say of a document that needs more."""
        told = "there is" if self.memory is None else f"the {self.memory} MB that --memory-limit leaves"
        return Failure(OUT_OF_MEMORY, f"needs more memory than {told}")


DEFAULT_LIMITS = Limits()


def size_of(item: Item) -> int:
    """Roughly the bytes of an item's document."""
    return len(item.raw)


def clean_items(cleaner: Cleaner, items: Iterable[Item], split: bool = False) -> Iterator[Outcome]:
    """Clean `items`, in order, in this process. What a document does that is no exception of Python, it does to it.

    `split` puts the removed text in a line of its own.
    """
    for item in items:
        yield clean_item(cleaner, item, split)


def clean_item(cleaner: Cleaner, item: Item, split: bool = False) -> Outcome:
    """Clean one item."""
    if item.error is not None:
        return failed(item, item.error)
    try:
        record = cleaner.clean_document(item.document())
        line, removed = record.to_json() + b"\n", None
        if split:
            from clean.io.formats import split_removed

            line, removed = split_removed(line)
        return Outcome(item, line, Tally.of(record), removed=removed)
    except ConfigError:
        raise  # no document is to blame, and none can be cleaned
    except CleanError as error:
        return failed(item, error)
    except MemoryError:
        return Outcome(item, failure=Limits().out_of_memory())
    except Exception as error:  # a defect must cost its document, not the run; it is reported as one
        message = f"internal error: {type(error).__name__}: {error}"
        return Outcome(item, failure=Failure("internal", message, traceback.format_exc()))


def failed(item: Item, error: CleanError) -> Outcome:
    """The outcome of an item that could not be read or cleaned."""
    kind = error.kind if isinstance(error, DocumentError) else "unreadable"
    return Outcome(item, failure=Failure(kind, str(error)))
