"""What became of one rule's claim on a segment, and why; the deciding was done elsewhere, by `Decision`."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, fields

from clean.offsets import Span
from clean.ruleset.matcher import Claim, Hit, Matcher, is_whole, ruled
from clean.ruleset.rule import Rule, Where
from clean.ruleset.view import View, count_words
from clean.ruleset.where import holds
from clean.stages.strip import Decision, precedence

RANKS = (
    "a line that a rule captures goes to that rule",
    "blocks come before other whole lines",
    "whole lines come before spans",
)
"""Why the claim of that rank in the order of precedence comes before the others."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a rule, as the rule writes it, with what was found where that is a size."""

    text: str
    held: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """A claim on `span` of a segment's text and its outcome."""

    rule: Rule
    span: Span
    conditions: tuple[Condition, ...]
    outcome: str
    won: bool = False
    """Whether the rule acts on the segment."""
    value: str | None = None
    """What it captures."""
    score: float | None = None
    reasons: tuple[str, ...] = ()
    """Of a rule that weighs evidence: the probability it came to, and what counted most, each in a phrase."""


def judged(claim: Claim, hit: Hit, view: View, decision: Decision, ignored: bool) -> Verdict:
    """The verdict on `hit`, which is one of the claim's; `ignored` tells that the rule is off for this file."""
    won, outcome = _outcome(claim, hit, view, decision, ignored)
    value = hit.value if won and hit.rule.field else None
    return Verdict(hit.rule, (hit.start, hit.end), tuple(_conditions(claim, hit, view, decision)), outcome, won, value)


def opinions(matcher: Matcher, view: View, decision: Decision, i: int, ignored: Collection[str]) -> list[Verdict]:
    """What rules that weigh evidence say of a segment, whether or not they take it."""
    out: list[Verdict] = []
    for rule, detector, options in matcher.models:
        others = [hit for hit in decision.claims if hit.score is None]
        found = detector.explain(view, options, ruled(view, others), i)
        if found is None:
            continue
        line = decision.lines.get(i)
        won = line is not None and line.rule == rule
        outcome = "is off for this file by per-file-ignores" if rule.id in ignored else found.outcome
        span = (0, len(view.segments[i].text))
        out.append(Verdict(rule, span, (), outcome, won, score=found.score, reasons=found.reasons))
    return out


def _outcome(claim: Claim, hit: Hit, view: View, decision: Decision, ignored: bool) -> tuple[bool, str]:
    rule, i = hit.rule, hit.segment
    if ignored:
        return False, "is off for this file by per-file-ignores"
    if not claim.holds(view):
        return False, "a condition does not hold"
    line = decision.lines.get(i)
    if rule.action == "flag":
        return (True, "flags it") if hit in decision.flags else (False, "the line goes")
    if rule.keep_text:
        return True, f"reads the {rule.field} off it and leaves it in the text"
    if line == hit:
        others = any(other.segment == i and other != hit for other in decision.claims)
        why = f": {RANKS[precedence(hit)[0]]}" if others and precedence(hit)[0] < 2 else ""
        return True, f"{_deed(hit)} the line{why}"
    if hit in decision.spans.get(i, ()):
        return True, f"{_deed(hit)} this span"
    if line is not None:
        if not is_whole(hit, view):
            return False, f"the whole line goes to {line.rule.id}"
        mine, best = precedence(hit), precedence(line)
        return False, f"{line.rule.id} has it: {RANKS[best[0]] if best[0] < mine[0] else 'the lower id wins'}"
    if rule.where.next_to is not None and not _beside_removal(hit, view, decision):
        return False, "a condition does not hold"
    winner = next(
        (other for other in decision.spans.get(i, ()) if other.start < hit.end and hit.start < other.end), None
    )
    if winner is None:
        return False, "nothing comes of it"
    return False, f"{winner.rule.id} has it: of spans that overlap, the earlier wins, then the longer"


def _deed(hit: Hit) -> str:
    return {"drop": "removes", "capture": "captures and removes", "replace": "replaces"}[hit.rule.action]


def _conditions(claim: Claim, hit: Hit, view: View, decision: Decision) -> list[Condition]:
    out: list[Condition] = []
    nothing = Where()
    for f in fields(Where):
        value = getattr(claim.rule.where, f.name)
        if value == getattr(nothing, f.name):
            continue
        if f.name == "next_to":
            held = _beside_removal(hit, view, decision)
        else:
            held = holds(Where(**{f.name: value}), view, claim.members, claim.matches)
        out.append(Condition(f"{f.name} = {json.dumps(value, ensure_ascii=False)}{_size(f.name, claim, view)}", held))
    return out


def _size(name: str, claim: Claim, view: View) -> str:
    texts = [view.segments[i].text for i in claim.members]
    if name in ("min_words", "max_words"):
        return f" ({sum(map(count_words, texts))} here)"
    if name in ("min_chars", "max_chars"):
        return f" ({sum(map(len, texts))} here)"
    return f" ({claim.matches} here)" if name == "min_hits" else ""


def _beside_removal(hit: Hit, view: View, decision: Decision) -> bool:
    i = hit.segment
    segment = view.segments[i]
    return segment.after_removal or segment.before_removal or i - 1 in decision.lines or i + 1 in decision.lines
