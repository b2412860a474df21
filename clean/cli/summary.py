"""The summary of a run: what went in, what was kept, what took the rest, as a person reads it in a terminal."""

from __future__ import annotations

from collections.abc import Mapping

import click

from clean.engines.local import Tally

TOP = 10
"""Rules and languages shown; the records have them all."""


def summary(total: Tally, failed: int, aside: str | None, elapsed: float, names: Mapping[str, str], color: bool) -> str:
    """The figures as aligned lines of text, without a final line break.

    Args:
        aside: the quarantine file, if one was written.
        elapsed: seconds of wall-clock time.
        names: readable names of rules by id.
    """

    def bold(text: str) -> str:
        return click.style(text, bold=True) if color else text

    def row(label: str, figure: str, more: str = "") -> str:
        return f"{label:<12}{figure:>14}{'  ' + more if more else ''}"

    accounted = total.chars_kept + total.chars_removed
    lines = [
        bold(row("documents", f"{total.documents:,}", "cleaned")),
        row("characters", f"{total.chars_in:,}", "in"),
        row("", f"{total.chars_kept:,}", f"kept     {_percent(total.chars_kept, accounted)}"),
        row("", f"{total.chars_removed:,}", f"removed  {_percent(total.chars_removed, accounted)}"),
    ]
    if total.rule_hits:
        ranked = sorted(total.rule_hits, key=lambda rule: (-total.rule_chars[rule], rule))
        labels = [f"{rule} {names[rule]}" if rule in names else rule for rule in ranked[:TOP]]
        width = max(map(len, labels))
        lines += ["", bold(f"{'rule':<{width}}  {'hits':>9}  {'characters':>12}")]
        for rule, label in zip(ranked, labels, strict=False):
            lines.append(f"{label:<{width}}  {total.rule_hits[rule]:>9,}  {total.rule_chars[rule]:>12,}")
        if len(ranked) > TOP:
            rest = ranked[TOP:]
            hits, chars = sum(total.rule_hits[r] for r in rest), sum(total.rule_chars[r] for r in rest)
            lines.append(f"{f'{len(rest)} more':<{width}}  {hits:>9,}  {chars:>12,}")
    if total.language_chars:
        kept = total.language_chars.total()
        ranked = sorted(total.language_chars, key=lambda code: (-total.language_chars[code], code))
        shares = [f"{code} {_percent(total.language_chars[code], kept).strip()}" for code in ranked[:TOP]]
        more = f", {len(ranked) - TOP} more" if len(ranked) > TOP else ""
        lines += ["", f"{bold('languages')}   {', '.join(shares)}{more}"]
    if failed:
        told = f"{failed:,} not cleaned" + (f", set aside in {aside}" if aside else "")
        lines += ["", click.style(told, fg="red") if color else told]
    rate = f", {total.size / 1e6 / elapsed:.1f} MB/s" if elapsed > 0 else ""
    lines += ["", f"{elapsed:.1f} s{rate}"]
    return "\n".join(lines)


def _percent(part: int, whole: int) -> str:
    return f"{part / whole if whole else 0:6.1%}"
