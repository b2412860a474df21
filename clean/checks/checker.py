"""Checker: what cleaning would do to a document, as findings; the decisions are the cleaner's own."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

from clean.checks.finding import Checked, Finding, fingerprint
from clean.checks.location import Excerpt, Lines, relative_to, visible
from clean.cleaner import Cleaner
from clean.document import Document, Flag, Removal
from clean.errors import CleanError, DocumentError
from clean.io.item import Item
from clean.offsets import Span
from clean.record import Edit, Record, build
from clean.ruleset import builtin
from clean.ruleset.builtin import Builtin
from clean.ruleset.select import expand, selectable

STDIN = "-"
WHOLE: Span = (0, 0)
"""The place of what is said of a whole document."""
SHOWN = 30
"""Characters of a changed text that a message shows."""
BYTES_SHOWN = 8
TOP = 3
"""Rules that the message on a mostly removed document names."""


ALWAYS = frozenset({builtin.UNREADABLE.id, builtin.MOSTLY_REMOVED.id})
"""On unless ignored, whatever was selected: that a document was not checked, and what an option asked for."""


class Checker:
    """Checks documents by a cleaner's configuration.

    Args:
        max_removed_ratio: share of a document's text above which losing it is a finding; None for no such check.
        root: what the files in reports are named relative to.
    """

    def __init__(self, cleaner: Cleaner, root: Path, max_removed_ratio: float | None = None) -> None:
        self.cleaner = cleaner
        self.rules = {rule.id: rule for rule in cleaner.ruleset.rules}
        self.root = root
        self.max_removed_ratio = max_removed_ratio

    def __call__(self, item: Item) -> Checked:
        """The findings in one document; no document, however bad, raises."""
        path = STDIN if item.origin.path is None and item.name == "standard input" else item.name
        file = path if path == STDIN else relative_to(path, self.root)
        checked = Checked(path, file, item.origin.record, [])
        reporter = _Reporter(checked, item, self._reported(item))
        try:
            document = self.cleaner.run(item.document())
            reporter.read(document)
            checked.findings = sorted(
                self._find(document, build(document, {}), reporter),
                key=lambda f: (f.line, f.text_line, f.text_column, f.rule),
            )
        except CleanError as error:
            # The item's own error already names it, and so does the finding.
            checked.findings = list(reporter.unreadable(item.error or error))
        except Exception as error:  # a defect must cost its document, not the check; it is reported as one
            checked.defect = f"internal error: {type(error).__name__}: {error}"
            checked.trace = traceback.format_exc()
        return checked

    def _reported(self, item: Item) -> frozenset[str]:
        """The kinds of findings beside rules that are on for a document."""
        ruleset = self.cleaner.ruleset
        ignored = expand(self.cleaner.config.ignore, selectable(ruleset.rules), "ignore")
        return (ruleset.reported | ALWAYS - ignored) - ruleset.ignored(item.origin.path)

    def _find(self, document: Document, record: Record, reporter: _Reporter) -> Iterator[Finding]:
        yield from self._removals(document, reporter)
        yield from self._edits(record.edits, reporter)
        yield from self._flags(document, reporter)
        if builtin.FOREIGN.id in reporter.reported:
            yield from _foreign(document, reporter)
        limit, ratio = self.max_removed_ratio, record.stats["removed_ratio"]
        if limit is not None and ratio > limit:
            yield from self._mostly_removed(document, ratio, limit, reporter)

    def _removals(self, document: Document, reporter: _Reporter) -> Iterator[Finding]:
        for (start, end), removal, count in _merged(document, self._spreads):
            text = document.source[start:end]
            rule = self.rules.get(removal.rule)
            if rule is None:
                kind = builtin.of_repair(removal.rule)
                if kind is not None:
                    yield from reporter.builtin(kind, (start, end), "a line that holds nothing else", text)
                continue
            message = rule.summary
            if count > 1:
                message += f", {count:,} lines"
            if rule.action == "capture":
                message += f" (goes to metadata: {rule.field})"
            if removal.score is not None:
                message += f" (score {removal.score:.2f})"
            yield reporter.finding(rule.id, rule.name, builtin.WARNING, (start, end), message, text)

    def _spreads(self, removal: Removal) -> bool:
        """Whether one finding of a rule may stand in several lines."""
        rule = self.rules.get(removal.rule)
        return rule is not None and (rule.scope == "block" or rule.detector is not None)

    def _edits(self, edits: Iterable[Edit], reporter: _Reporter) -> Iterator[Finding]:
        """A finding for each kind of change on each line."""
        lines: dict[tuple[int, str], list[Edit]] = {}
        for edit in edits:
            key = next((name for name in edit.rule.split("; ") if name in self.rules), None)
            kind = None if key else builtin.of_repair(edit.rule)
            name = key or (kind.id if kind else "")
            lines.setdefault((reporter.lines.number(edit.source[0]), name), []).append(edit)
        for (line, name), same in lines.items():
            first = same[0]
            rule = self.rules.get(name)
            if rule is None and name not in reporter.reported:
                continue
            message = _change(first)
            if len(same) > 1:
                message += f", and {len(same) - 1:,} more on this line"
            content = reporter.lines.line(line)
            if rule is not None:
                yield reporter.finding(
                    rule.id, rule.name, builtin.WARNING, first.source, f"{rule.summary}: {message}", content, len(same)
                )
                continue
            size = sum(max(edit.source[1] - edit.source[0], 1) for edit in same)
            kind = next(kind for kind in builtin.BUILTINS if kind.id == name)
            yield from reporter.builtin(kind, first.source, message, content, len(same), size)

    def _flags(self, document: Document, reporter: _Reporter) -> Iterator[Finding]:
        lines: dict[tuple[int, str], list[Flag]] = {}
        for flag in sorted(document.flags, key=lambda flag: flag.source):
            lines.setdefault((reporter.lines.number(flag.source[0]), flag.rule), []).append(flag)
        firsts = [same[0].source for same in lines.values()]
        borders = sorted({border for span in firsts for border in span})
        at = dict(zip(borders, document.offsets.at(borders), strict=True))
        for (line, name), same in lines.items():
            span = same[0].source
            content = reporter.lines.line(line)
            rule = self.rules.get(name)
            if rule is not None:
                yield reporter.finding(rule.id, rule.name, builtin.WARNING, span, rule.summary, content, len(same))
            elif (kind := builtin.of_repair(name)) is not None:
                message = kind.summary
                if kind.severity == builtin.ERROR and isinstance(document.raw, bytes):
                    message = _no_text(document.raw[at[span[0]] : at[span[1]]], at[span[0]], document.encoding)
                if len(same) > 1:
                    message += f", and {len(same) - 1:,} more on this line"
                yield from reporter.builtin(kind, span, message, content, len(same))

    def _mostly_removed(self, document: Document, ratio: float, limit: float, reporter: _Reporter) -> Iterator[Finding]:
        size: dict[str, int] = {}
        for removal in document.removals:
            size[removal.rule] = size.get(removal.rule, 0) + removal.source[1] - removal.source[0]
        ranked = sorted(size, key=lambda rule: (-size[rule], rule))[:TOP]
        mostly = ", ".join(f"{rule} {size[rule]:,}" for rule in ranked)
        message = f"{ratio:.1%} of the text would go, more than {limit:.1%}; characters by rule: {mostly}"
        yield from reporter.builtin(builtin.MOSTLY_REMOVED, WHOLE, message, "")


class _Reporter:
    """Makes findings of one document: knows where it stands and what is on for it."""

    def __init__(self, checked: Checked, item: Item, reported: frozenset[str]) -> None:
        self.checked = checked
        self.reported = reported
        self.lines = Lines("")
        self._item = item
        self._scope = ""

    def read(self, document: Document) -> None:
        """The document has its text now."""
        self.lines = Lines(document.source)
        if self.checked.record is not None:
            # What is said of a whole record must not be taken for another's.
            self._scope = document.origin.id or document.source

    def finding(
        self,
        rule: str,
        name: str,
        severity: str,
        span: Span,
        message: str,
        content: str,
        places: int = 1,
        size: int = 0,
    ) -> Finding:
        """A finding on a source span; `content` is what it is recognised by when other lines move."""
        record = self.checked.record
        line, column = self.lines.place(span[0])
        end_line, end_column = self.lines.place(span[1])
        return Finding(
            path=self.checked.path,
            file=self.checked.file,
            record=record,
            line=line if record is None else record,
            column=column if record is None else 1,
            end_line=end_line if record is None else record,
            end_column=end_column if record is None else 1,
            rule=rule,
            name=name,
            severity=severity,
            message=message if record is None or span == WHOLE else f"{message} (line {line:,} of the text)",
            excerpt=self.lines.excerpt(*span) if span[0] < span[1] else Excerpt("", 0, 0),
            fingerprint=fingerprint(self.checked.file, rule, content),
            text_line=line,
            text_column=column,
            places=places,
            characters=size or span[1] - span[0],
        )

    def builtin(
        self, kind: Builtin, span: Span, message: str, content: str, places: int = 1, size: int = 0
    ) -> Iterator[Finding]:
        """The same for what is found beside rules, if it is on. Of damage there may be too much to tell one by one."""
        if kind.id not in self.reported:
            return
        found = self.finding(kind.id, kind.name, kind.severity, span, message, content or self._scope, places, size)
        if kind.repairs:
            found = found.widened(fingerprint(self.checked.file, kind.id, f"*{self._scope}"))
        yield found

    def unreadable(self, error: CleanError) -> Iterator[Finding]:
        """That there is no document to check."""
        kind = error.kind if isinstance(error, DocumentError) else "unreadable"
        raw = self._item.original if self.checked.record is not None else None
        content = kind if raw is None else f"{kind} {raw.decode('utf-8', 'backslashreplace')}"
        self.lines = Lines("")
        yield from self.builtin(builtin.UNREADABLE, WHOLE, visible(str(error)), content)


def _merged(document: Document, spreads: Callable[[Removal], bool]) -> Iterator[tuple[Span, Removal, int]]:
    """The removals in order; those of one rule with nothing but blanks between them as one, where the rule `spreads`.

    With each the number of lines that it takes.
    """
    span: Span = (0, 0)
    last: Removal | None = None
    count = 0
    for removal in sorted(document.removals, key=lambda removal: removal.source):
        start, end = removal.source
        if last is not None and last.rule == removal.rule and spreads(removal):
            between = document.source[span[1] : start]
            if not between or between.isspace():
                count += "\n" in between or "\r" in between
                span = (span[0], end)
                continue
        if last is not None:
            yield span, last, count
        span, last, count = (start, end), removal, 1
    if last is not None:
        yield span, last, count


def _foreign(document: Document, reporter: _Reporter) -> Iterator[Finding]:
    for run, segments in groupby(document.segments, key=lambda segment: segment.foreign_run):
        if run is None:
            continue
        same = list(segments)
        span = same[0].alignment.source_span[0], same[-1].alignment.source_span[1]
        lines = f", {len(same):,} lines" if len(same) > 1 else ""
        message = f"{same[0].language} in a document in {document.language}{lines}"
        yield from reporter.builtin(builtin.FOREIGN, span, message, document.source[slice(*span)])


def _change(edit: Edit) -> str:
    before, after = _quoted(edit.before), _quoted(edit.after)
    if not edit.after:
        return f"{before} does not belong here"
    return f"{before} should be {after}" if edit.before else f"{after} is missing here"


def _quoted(text: str) -> str:
    shown = visible(text[:SHOWN])
    return f'"{shown}{"…" if len(text) > SHOWN else ""}"'


def _no_text(raw: bytes, at: int, encoding: str) -> str:
    shown = raw[:BYTES_SHOWN].hex(" ") + (" …" if len(raw) > BYTES_SHOWN else "")
    many = len(raw) > 1
    return f"{'bytes' if many else 'byte'} {shown} at offset {at:,} {'are' if many else 'is'} no text in {encoding}"
