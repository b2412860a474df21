"""The local engine: documents go through a cleaner one after another.

What a worker takes (`Item`) and gives back (`Outcome`) are small and picklable, and outcomes keep the order of the
items, so that several processes can take the place of this loop without anybody noticing.
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
    """What became of one item: a line of output and its figures, or a failure."""

    item: Item
    line: bytes = b""
    tally: Tally = field(default_factory=Tally)
    failure: Failure | None = None


def clean_items(cleaner: Cleaner, items: Iterable[Item]) -> Iterator[Outcome]:
    """Clean `items`, in order; no document, however bad, ends the run."""
    for item in items:
        yield clean_item(cleaner, item)


def clean_item(cleaner: Cleaner, item: Item) -> Outcome:
    """Clean one item."""
    if item.error is not None:
        return Outcome(item, failure=_failure(item.error))
    try:
        record = cleaner.clean_document(item.document())
        return Outcome(item, record.to_json() + b"\n", Tally.of(record))
    except ConfigError:
        raise  # no document is to blame, and none can be cleaned
    except CleanError as error:
        return Outcome(item, failure=_failure(error))
    except Exception as error:  # a defect must cost its document, not the run; it is reported as one
        message = f"internal error: {type(error).__name__}: {error}"
        return Outcome(item, failure=Failure("internal", message, traceback.format_exc()))


def _failure(error: CleanError) -> Failure:
    return Failure(error.kind if isinstance(error, DocumentError) else "unreadable", str(error))
