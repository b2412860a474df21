"""Strip: the rules decide what goes, what changes, and what is metadata.

The rule set says what each rule claims; this stage decides between claims that overlap, and does it. Every character
that leaves becomes part of a `Removal` that names its rule.

Precedence, the same on every run: a line that a rule captures goes to that rule; then blocks; then other whole lines;
then lines that a model scored; then spans, the earlier first, and of two that begin together the longer. Among equals
the lower rule id wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from clean.document import Captured, Document, Flag, Removal, Segment
from clean.offsets import Alignment, Change, Span
from clean.ruleset import Hit, Ruleset
from clean.ruleset.matcher import is_whole
from clean.ruleset.view import View

BLANKS = " \t"


class Strip:
    """Applies a rule set to a document's segments.

    Args:
        ruleset: the effective rules.
        stable: whether the repair stage would leave a text as it is; a cut that would call for new repairs is not made,
            so that what comes out never changes when cleaned again.
    """

    def __init__(self, ruleset: Ruleset, stable: Callable[[str], bool]) -> None:
        self.ruleset = ruleset
        self.stable = stable

    def __call__(self, document: Document) -> Document:
        document.changed = False
        if not document.segments:
            return document
        view = View(document.segments, document.language, document.chosen)
        decision = Decision(view, self.ruleset.find(view, document))
        self._capture(document, view, decision)
        self._flag(document, view, decision)
        if not decision.lines and not decision.spans:
            return document
        kept: list[Segment] = []
        after_removal = False
        for i, segment in enumerate(view.segments):
            winner = decision.lines.get(i)
            if winner is None and i in decision.spans:
                winner = self._edit(document, segment, decision.spans[i])
            if winner is None:
                segment.after_removal |= after_removal
                after_removal = False
                kept.append(segment)
                continue
            document.changed = True
            document.removals.append(_removal(segment.alignment.source_span, winner, segment, segment.kind))
            after_removal = True
            if kept:
                kept[-1].before_removal = True
        document.segments = kept
        return document

    def _edit(self, document: Document, segment: Segment, hits: list[Hit]) -> Hit | None:
        """Cut and replace spans of one segment, all or none; the first of them, if nothing would be left."""
        text, alignment = segment.text, segment.alignment
        edits = _trimmed(text, [_atomic(alignment, hit) for hit in hits])
        edits = [hit for hit in edits if hit.start < hit.end]
        kept: list[str] = []
        at = 0
        for hit in edits:
            kept += (text[at : hit.start], hit.rule.replacement if hit.rule.action == "replace" else "")
            at = hit.end
        new = "".join((*kept, text[at:]))
        if new == text:
            return None
        if not new.strip():
            return edits[0]
        if not self.stable(new):
            return None
        cuts = [hit for hit in edits if hit.rule.action != "replace"]
        for hit in cuts:
            source = alignment.source_of(hit.start, hit.end)
            document.removals.append(_removal(source, hit, segment, "span"))
        segment.alignment = alignment.edit(
            [
                Change(hit.start, hit.end, len(hit.rule.replacement), hit.rule.id)
                for hit in edits
                if hit.rule.action == "replace"
            ],
            cuts=[(hit.start, hit.end) for hit in cuts],
        )
        segment.text = new
        segment.evidence = segment.hits = segment.features = None
        document.changed = True
        return None

    def _capture(self, document: Document, view: View, decision: Decision) -> None:
        """Metadata: the first value that is seen counts; what is captured and stays is read off the finished text."""
        standing = {rule.id for rule in self.ruleset.active if rule.keep_text}
        for name in [name for name, found in document.metadata.items() if found.rule in standing]:
            del document.metadata[name]
        for hit in decision.captures:
            field = hit.rule.field
            if not field or not hit.value or field in document.metadata:
                continue
            segment = view.segments[hit.segment]
            # The value as it stands there, or, where it was normalised, all that it was read from.
            at = segment.text.find(hit.value, hit.start, hit.end)
            place = (at, at + len(hit.value)) if at >= 0 else (hit.start, hit.end)
            document.metadata[field] = Captured(hit.value, segment.alignment.source_of(*place), hit.rule.id)

    def _flag(self, document: Document, view: View, decision: Decision) -> None:
        known = {(flag.source, flag.rule) for flag in document.flags}
        for hit in decision.flags:
            source = view.segments[hit.segment].alignment.source_of(hit.start, hit.end)
            if (source, hit.rule.id) not in known:
                known.add((source, hit.rule.id))
                document.flags.append(Flag(source, hit.rule.id))


class Decision:
    """Which of the claims on a document win."""

    def __init__(self, view: View, hits: Iterable[Hit]) -> None:
        self.lines: dict[int, Hit] = {}
        """Segments that go whole."""
        self.spans: dict[int, list[Hit]] = {}
        """Cuts and replacements inside other segments, in order, free of overlap."""
        self.captures: list[Hit] = []
        self.flags: list[Hit] = []
        self.claims = tuple(hits)
        """All that was decided between."""
        lines: dict[int, list[Hit]] = {}
        spans: dict[int, list[Hit]] = {}
        waiting: dict[int, list[Hit]] = {}
        for hit in self.claims:
            if hit.rule.action == "flag":
                self.flags.append(hit)
            elif hit.rule.keep_text:
                self.captures.append(hit)
            elif hit.rule.where.next_to is not None:
                waiting.setdefault(hit.segment, []).append(hit)
            elif is_whole(hit, view):
                lines.setdefault(hit.segment, []).append(hit)
            else:
                spans.setdefault(hit.segment, []).append(hit)
        for i, claims in lines.items():
            self._take_line(i, claims)
        self._spread(view, waiting, spans)
        for i, claims in spans.items():
            if i not in self.lines:
                self.spans[i] = _without_overlap(claims)
                self.captures.extend(hit for hit in self.spans[i] if hit.rule.action == "capture")
        self.captures.sort(key=lambda hit: (hit.segment, hit.start))
        self.flags = [hit for hit in self.flags if hit.segment not in self.lines]

    def _take_line(self, i: int, claims: list[Hit]) -> None:
        best = min(claims, key=precedence)
        self.lines[i] = best
        if best.rule.action == "capture":
            self.captures.append(best)

    def _spread(self, view: View, waiting: dict[int, list[Hit]], spans: dict[int, list[Hit]]) -> None:
        """Claims that hold only beside a removed segment: one sweep down and one up reach every chain of them."""
        indices = sorted(waiting)
        for order in (indices, indices[::-1]):
            for i in order:
                if i in self.lines or i not in waiting:
                    continue
                segment = view.segments[i]
                if not (segment.after_removal or segment.before_removal or i - 1 in self.lines or i + 1 in self.lines):
                    continue
                claims = waiting.pop(i)
                whole = [hit for hit in claims if is_whole(hit, view)]
                if whole:
                    self._take_line(i, whole)
                else:
                    spans.setdefault(i, []).extend(claims)


def precedence(hit: Hit) -> tuple[int, str]:
    """The lowest of the claims on a whole line wins it."""
    if hit.rule.action == "capture":
        return 0, hit.rule.id
    if hit.score is not None:
        return 3, hit.rule.id  # a rule says why in words, a model in numbers
    return (1 if hit.rule.scope == "block" else 2), hit.rule.id


def _without_overlap(claims: list[Hit]) -> list[Hit]:
    """The earlier claim wins, then the longer, then the lower rule id."""
    taken: list[Hit] = []
    for hit in sorted(claims, key=lambda h: (h.start, -h.end, h.rule.id)):
        if not taken or hit.start >= taken[-1].end:
            taken.append(hit)
    return taken


def _atomic(alignment: Alignment, hit: Hit) -> Hit:
    start, end = alignment.atomic_span(hit.start, hit.end)
    return hit._replace(start=start, end=end)


def _trimmed(text: str, hits: list[Hit]) -> list[Hit]:
    """Each cut with the blanks that it would leave doubled, or at a border of the line.

    Cuts with nothing but blanks between them count as one.
    """
    out: list[Hit] = []
    i = 0
    while i < len(hits):
        first = i
        i += 1
        if hits[first].rule.action == "replace":
            out.append(hits[first])
            continue
        while i < len(hits) and hits[i].rule.action != "replace" and _blank(text, hits[i - 1].end, hits[i].start):
            i += 1
        start, end = hits[first].start, hits[i - 1].end
        limit = hits[i].start if i < len(hits) else len(text)
        while end < limit and text[end] in BLANKS:
            end += 1
        if end == len(text):
            floor = out[-1].end if out else 0
            while start > floor and text[start - 1] in BLANKS:
                start -= 1
        elif start > 0 and text[start - 1] not in BLANKS:
            end = hits[i - 1].end  # words on both sides: the blanks after the cut keep them apart
        borders = [start, *(hit.start for hit in hits[first + 1 : i]), end]
        out += [
            hit._replace(start=lo, end=hi) for hit, lo, hi in zip(hits[first:i], borders[:-1], borders[1:], strict=True)
        ]
    return out


def _blank(text: str, start: int, end: int) -> bool:
    return not text[start:end].strip(BLANKS)


def _removal(source: Span, hit: Hit, segment: Segment, kind: str) -> Removal:
    # What was recognised by words of one language is in that language, whatever its letters looked like.
    return Removal(source, hit.rule.id, kind, hit.language or segment.language, hit.score)
