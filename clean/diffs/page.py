"""A comparison as one page for a browser, with all that it needs inside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from importlib import resources

from clean.diffs.hunks import Hunk, hunks
from clean.diffs.rows import Comparison, Row
from clean.diffs.visible import visible
from clean.diffs.words import widened
from clean.ruleset import Rule, Ruleset
from clean.ruleset.builtin import MODELS, Builtin

Known = dict[str, Rule | Builtin]

NOTHING = "<p class=nothing>Nothing would change.</p>\n"


def page(
    found: Iterable[tuple[str, Comparison]],
    ruleset: Ruleset,
    shown: Callable[[Row], bool],
    summary: Callable[[], str],
    stages: tuple[str, str] | None = None,
) -> Iterator[str]:
    """The page, a document at a time.

    Args:
        found: names of documents and their comparisons.
        shown: whether a row is shown as changed.
        summary: asked when all documents have been read.
    """
    rules: Known = {rule.id: rule for rule in ruleset.rules}
    rules |= {model.id: model for model in MODELS}
    counts: Counter[str] = Counter()
    first, last = _template().split("<!--documents-->")
    yield first.replace("<!--stages-->", escape(" → ".join(stages or ("source", "cleaned text"))))
    number = 0
    for name, comparison in found:
        picked = list(hunks(comparison.rows, shown))
        if picked:
            number += 1
            counts.update(rule for hunk in picked for rule in _rules(comparison, hunk))
            yield from _document(name, number, comparison, picked, rules)
    if not number:
        yield NOTHING
    filters = "".join(
        f"<label title={_quoted(_title(rule, rules))}><input type=checkbox checked value={_quoted(rule)}> "
        f"{escape(_label(rule, rules))} <b>{count:,}</b></label>\n"
        for rule, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
    yield last.replace("<!--filters-->", filters).replace("<!--summary-->", escape(summary()))


def _template() -> str:
    return (resources.files("clean.diffs") / "page.html").read_text(encoding="utf-8")


def _document(name: str, number: int, comparison: Comparison, found: Sequence[Hunk], rules: Known) -> Iterator[str]:
    yield f"<details class=document open id=d{number}><summary><h2>{escape(visible(name))}</h2></summary>\n"
    for hunk in found:
        yield f"<section class=hunk tabindex=-1><h3>{hunk.title(comparison)}</h3>\n<div class=lines>\n"
        new = hunk.new_start
        for item in hunk.items:
            if isinstance(item, int):
                new += 1
                yield _line("same", comparison.number(item), new, _shown(comparison.old_text(item)))
            else:
                yield from _change(comparison, item, new, rules)
                new += len(item.new)
        yield "</div></section>\n"
    yield "</details>\n"


def _change(comparison: Comparison, row: Row, new: int, rules: Known) -> Iterator[str]:
    yield f"<div class=change data-rules={_quoted(' '.join(rule.split(':')[0] for rule in row.rules))}>\n"
    label = "".join(
        f"<span class=rule title={_quoted(_title(rule, rules))}>{escape(_label(rule, rules))}</span>"
        for rule in row.rules
    )
    if row.old and row.new:
        parts = widened(comparison.parts(row))
        old = "".join(f"<del>{_shown(p.old, True)}</del>" if p.changed and p.old else _shown(p.old) for p in parts)
        now = "".join(f"<ins>{_shown(p.new, True)}</ins>" if p.changed and p.new else _shown(p.new) for p in parts)
        yield _line("gone", comparison.number(row.old.start), 0, old, label)
        yield _line("come", 0, new + 1, now)
    else:
        for line in row.old:
            text = comparison.old_text(line)
            yield _line("gone", comparison.number(line), 0, _shown(text, True), label if text.strip() else "")
        for line in row.new:
            yield _line("come", 0, new + 1 + line - row.new.start, _shown(comparison.new_text(line), True))
    yield "</div>\n"


SIGNS = {"same": " ", "gone": "−", "come": "+"}


def _line(kind: str, old: int, new: int, text: str, label: str = "") -> str:
    return (
        f"<div class={kind}><i>{old or ''}</i><i>{new or ''}</i><b aria-hidden=true>{SIGNS[kind]}</b>"
        f"<p>{text}</p><span>{label}</span></div>\n"
    )


def _shown(text: str, changed: bool = False) -> str:
    return escape("\n".join(visible(line, all_of_it=changed) for line in text.split("\n")))


def _rules(comparison: Comparison, hunk: Hunk) -> Iterator[str]:
    for item in hunk.items:
        if not isinstance(item, int) and comparison.has_text(item):
            yield from (rule.split(":")[0] for rule in item.rules)


def _label(rule: str, rules: Known) -> str:
    return f"{rule} {rules[rule].name}" if rule in rules else rule


def _title(rule: str, rules: Known) -> str:
    return rules[rule].summary if rule in rules else "a step of the repair stage"


def _quoted(text: str) -> str:
    return f'"{escape(text)}"'
