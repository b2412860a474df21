"""NeMo Curator: our stage and our modifier on its own types."""

from __future__ import annotations

import pyarrow as pa
import ray
from nemo_curator.backends.ray_data import RayDataExecutor
from nemo_curator.pipeline import Pipeline
from nemo_curator.stages.text.modifiers import Modify
from nemo_curator.tasks import DocumentBatch

import clean
from clean.adapters.nemo import CleanModifier, CleanStage
from clean.schema.arrow import arrow_schema, from_arrow


def task(texts: dict[str, str]) -> DocumentBatch:
    return DocumentBatch(dataset_name="test", data=pa.table({"id": list(texts), "text": list(texts.values())}))


def test_a_stage_turns_documents_into_records(texts: dict[str, str]) -> None:
    out = CleanStage(ignore=["MET"]).process(task(texts))
    cleaner = clean.Cleaner(ignore=["MET"])
    expected = [cleaner.clean_text(text, id=id).to_dict() for id, text in texts.items()]
    assert list(from_arrow(out.to_pyarrow().drop_columns(["error"]))) == expected
    assert out.get_columns() == [*arrow_schema().names, "error"]
    assert out.validate()


def test_a_modifier_replaces_text_and_nothing_else(texts: dict[str, str]) -> None:
    out = Modify(CleanModifier(ignore=["MET"])).process(task(texts)).to_pandas()
    cleaner = clean.Cleaner(ignore=["MET"])
    assert list(out["text"]) == [cleaner.clean_text(text).text for text in texts.values()]
    assert list(out["id"]) == list(texts)


def test_a_pipeline_runs_the_stage_on_ray(texts: dict[str, str]) -> None:
    # The executor takes the Ray that it finds, and shuts it down.
    ray.init("local", num_cpus=2, include_dashboard=False, logging_level="ERROR")
    pipeline = Pipeline(name="test", stages=[CleanStage()])
    (out,) = pipeline.run(RayDataExecutor(), initial_tasks=[task(texts)])
    cleaner = clean.Cleaner()
    expected = [cleaner.clean_text(text, id=id).to_dict() for id, text in texts.items()]
    assert list(from_arrow(out.to_pyarrow().drop_columns(["error"]))) == expected
