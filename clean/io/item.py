"""Item: one document's input on its way from a reader to the pipeline, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass, field

from clean.document import Document, Origin
from clean.errors import CleanError, DocumentError, InputError


@dataclass(frozen=True, slots=True)
class Item:
    """What a reader yields. Exactly one of `raw` and `error` counts.

    Args:
        name: what to call the input in messages; a path, or "standard input".
        raw: the document, as bytes, or as text that came out of JSON.
        original: the bytes that stood in the input, for the quarantine file; None when they could not be read.
        is_line: whether `original` is a line of JSON Lines, and the document one of its fields.
        error: why there is no document; its message does not name the input.
        position: bytes of all inputs read so far, compressed ones as they lie on the disk.
    """

    name: str
    origin: Origin = field(default_factory=Origin)
    raw: bytes | str = b""
    original: bytes | None = None
    is_line: bool = False
    error: CleanError | None = None
    position: int = 0

    @property
    def where(self) -> str:
        """The input's name, with the number of the record in it where it holds several."""
        return self.name if self.origin.record is None else f"{self.name}:{self.origin.record}"

    def document(self) -> Document:
        """The document, ready for the pipeline.

        Raises:
            InputError, DocumentError: there is none; the message names input and record.
        """
        if self.error is not None:
            raise self.located(self.error)
        return Document(self.raw, self.origin)

    def located(self, error: CleanError) -> CleanError:
        """The same error with the input and record in front."""
        message = f"{self.where}: {error}"
        return DocumentError(error.kind, message) if isinstance(error, DocumentError) else InputError(message)
