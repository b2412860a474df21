"""NeMo Curator: a stage that turns documents into records, and a modifier that only replaces their text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clean import extras
from clean.adapters.batches import CleanBatch
from clean.config import Config

if TYPE_CHECKING:
    from nemo_curator.stages.base import ProcessingStage
    from nemo_curator.stages.text.modifiers import DocumentModifier
    from nemo_curator.tasks import DocumentBatch
else:
    ProcessingStage = extras.load("nemo_curator.stages.base", "nemo", "This adapter").ProcessingStage
    DocumentModifier = extras.load("nemo_curator.stages.text.modifiers", "nemo", "This adapter").DocumentModifier
    DocumentBatch = extras.load("nemo_curator.tasks", "nemo", "This adapter").DocumentBatch


class CleanStage(ProcessingStage[DocumentBatch, DocumentBatch]):
    """Cleans batches of documents; columns out are those of `CleanBatch`, `error` among them.

    Args:
        config: the configuration; the defaults when None.
        overrides: fields of `Config` to replace.
    """

    name = "clean"

    def __init__(self, config: Config | None = None, **overrides: Any) -> None:
        self.batch = CleanBatch(config, **overrides)

    def inputs(self) -> tuple[list[str], list[str]]:
        return ["data"], []

    def outputs(self) -> tuple[list[str], list[str]]:
        return ["data"], self.batch.schema.names

    def process(self, task: DocumentBatch) -> DocumentBatch:
        return DocumentBatch(
            dataset_name=task.dataset_name,
            data=self.batch(task.to_pyarrow()),
            _metadata=task._metadata,
            _stage_perf=task._stage_perf,
        )


class CleanModifier(DocumentModifier):
    """For `Modify`: clean text in the place of the text, without provenance. A document that cannot be cleaned raises.

    Args:
        config: the configuration; the defaults when None.
        overrides: fields of `Config` to replace.
    """

    def __init__(self, config: Config | None = None, **overrides: Any) -> None:
        super().__init__()
        self.batch = CleanBatch(config, **overrides)

    def modify_document(self, text: str) -> str:
        return self.batch.cleaner.clean_text(text).text
