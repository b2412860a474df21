"""A life, or the fates of all lines, as JSON for programs. Spans are those of `Life`: code points of the source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from clean.document import Removal
from clean.explain.life import Life
from clean.explain.table import Fate
from clean.explain.verdict import Verdict
from clean.explain.witness import Sight


def of_life(life: Life, path: str, record: int | None, names: Mapping[str, str]) -> dict[str, Any]:
    """One line's life, in the order of the stages."""
    return {
        "path": path,
        "record": record,
        "line": life.line,
        "lines": life.lines,
        "source": life.span,
        "text": life.text,
        "position": life.position,
        "bytes": life.in_bytes,
        "raw": life.raw.hex(),
        "encoding": life.encoding,
        "bom": life.bom,
        "decode": [flag._asdict() for flag in life.decoding],
        "extract": [_removal(removal, names) for removal in life.left_out],
        "repair": [edit._asdict() for edit in life.repairs] + [_removal(one, names) for one in life.repaired_away],
        "passes": [_pass(sight) for sight in life.sights],
        "result": {
            "removed": [_removal(removal, names) for removal in life.removed],
            "kept": [{"source": segment.source, "span": segment.span, "text": text} for segment, text in life.kept],
            "captured": {name: {"value": found.value, "source": found.source} for name, found in life.captured},
            "flags": [flag._asdict() for flag in life.flags],
        },
    }


def of_table(fates: Iterable[Fate], path: str, record: int | None) -> dict[str, Any]:
    """The fates of all lines of a document."""
    lines = [fate._asdict() | {"rules": list(fate.rules)} for fate in fates]
    return {"path": path, "record": record, "lines": lines}


def _pass(sight: Sight) -> dict[str, Any]:
    told = asdict(sight)
    told["pass"] = told.pop("number")
    told["others"] = dict(sight.others)
    told["rules"] = [_verdict(verdict) for verdict in sight.verdicts]
    del told["verdicts"]
    return told


def _verdict(verdict: Verdict) -> dict[str, Any]:
    told = asdict(verdict)
    del told["rule"]
    return {"rule": verdict.rule.id, "name": verdict.rule.name, **told}


def _removal(removal: Removal, names: Mapping[str, str]) -> dict[str, Any]:
    return {**removal._asdict(), "name": "; ".join(names.get(rule, rule) for rule in removal.rule.split("; "))}
