"""Documents that every adapter's test cleans, and nothing that reaches beyond this machine."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.util import find_spec

import pytest

os.environ.update(
    HF_HUB_OFFLINE="1",
    HF_DATASETS_OFFLINE="1",
    HF_HUB_DISABLE_TELEMETRY="1",
    RAY_USAGE_STATS_ENABLED="0",
    SPARK_LOCAL_IP="127.0.0.1",
    PYSPARK_PYTHON=sys.executable,
)

NEEDS = {
    "test_batches.py": "pyarrow",
    "test_datasets.py": "datasets",
    "test_datatrove.py": "datatrove",
    "test_dolma_mix.py": "dolma",
    "test_nemo.py": "nemo_curator",
    "test_ray.py": "ray",
    "test_spark.py": "pyspark",
}
collect_ignore = [name for name, module in NEEDS.items() if find_spec(module) is None]
"""The tools are large: `make test` has none but pyarrow, `make test-adapters` all but NeMo Curator and dolma."""
if shutil.which("java") is None:
    collect_ignore.append("test_spark.py")

PROSE = (
    "The council voted on Tuesday to keep the old bridge open until the new one is finished.\n"
    "Engineers had warned that the 𝟙𝟙𝟙-year-old arches 🌉 would not carry lorries for another winter.\n"
)
CHROME = "Follow us on Facebook\nShare this article\n"


@pytest.fixture
def texts() -> dict[str, str]:
    """Documents by id: chrome after prose, prose alone, nothing but chrome, mojibake."""
    return {
        "both": PROSE + CHROME,
        "prose": PROSE,
        "chrome": CHROME,
        "broken": "The cafÃ© on the corner has closed, and nobody knows when it will open its doors again.\n" + CHROME,
    }
