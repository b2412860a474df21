"""datatrove: a step that cleans the text of each document, counts by rule, and keeps the provenance in its metadata."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from clean import extras
from clean.adapters.attempt import attempt
from clean.cleaner import Cleaner
from clean.config import Config
from clean.io.media import TEXT
from clean.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from datatrove.data import Document
    from datatrove.pipeline.base import PipelineStep
    from datatrove.pipeline.writers.disk_base import DiskWriter
else:
    PipelineStep = extras.load("datatrove.pipeline.base", "datatrove", "This adapter").PipelineStep

PROVENANCE = "clean"
"""The key in a document's metadata."""


class CleanStep(PipelineStep):
    """Replaces the text of each document by the clean one and puts its record, without `text`, in `metadata["clean"]`.

    Statistics: `total`, `forwarded`, `dropped` and why (`dropped_empty`, `dropped_` and the kind of an error); the
    characters in, kept and removed; for each rule `rule_ID`, its removals, and `rule_ID_chars`, their characters; for
    each kind of repair `edit_NAME`.

    Args:
        config: the configuration; the defaults when None.
        media_type: what documents hold: "text/plain", or "text/html" for pages.
        drop_empty: whether a document of which nothing is left is dropped.
        exclusion_writer: where dropped documents go, as they came, with `filter_reason` in their metadata.
        overrides: fields of `Config` to replace, such as `ignore=["MET"]`.
    """

    type = "🧹 - CLEAN"
    name = "clean"

    def __init__(
        self,
        config: Config | None = None,
        media_type: str = TEXT,
        drop_empty: bool = True,
        exclusion_writer: DiskWriter | None = None,
        **overrides: Any,
    ) -> None:
        super().__init__()
        self.cleaner = Cleaner(config, **overrides)
        self.media_type = media_type
        self.drop_empty = drop_empty
        self.exclusion_writer = exclusion_writer

    def run(self, data: Iterable[Document], rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        """Clean a stream of documents."""
        with self.exclusion_writer or nullcontext() as excluded:
            for document in data:
                self.stat_update("total")
                with self.track_time():
                    reason = self._clean(document)
                if reason is None:
                    self.stat_update("forwarded")
                    self.update_doc_stats(document)
                    yield document
                    continue
                self.stat_update("dropped", f"dropped_{reason}")
                if excluded is not None:
                    document.metadata["filter_reason"] = reason
                    excluded.write(document, rank)

    def _clean(self, document: Document) -> str | None:
        """Clean a document in place, or say why it is dropped and leave it as it is."""
        record = attempt(self.cleaner, document.text, self.media_type, document.id, document.metadata.get("url"))
        if not isinstance(record, Record):
            return record.kind
        for removal in record.removed:
            self.stat_update(f"rule_{removal.rule}")
            self.stat_update(f"rule_{removal.rule}_chars", value=removal.source[1] - removal.source[0])
        for edit in record.edits:
            self.stat_update(f"edit_{edit.rule}")
        for name in ("chars_in", "chars_kept", "chars_removed"):
            self.stat_update(name, value=record.stats[name])
        if self.drop_empty and not record.text:
            return "empty"
        document.text = record.text
        document.metadata[PROVENANCE] = {key: value for key, value in record.to_dict().items() if key != "text"}
        return None


def to_record(writer: Any, document: Document) -> dict[str, Any]:
    """The record of a cleaned document, as `clean run` writes it: the `adapter` of a datatrove writer."""
    provenance = document.metadata[PROVENANCE]
    head = {key: provenance[key] for key in ("id", "source")}
    return {**head, "text": document.text, **provenance}
