"""A pack of drafts, as TOML for people to review."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from clean.suggest.choose import Candidate
from clean.suggest.draft import Draft
from clean.suggest.template import REST

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
SURROGATE = re.compile(r"[\ud800-\udfff]")
SHOWN = 100


def pack(drafts: Sequence[Draft], heading: Iterable[str]) -> str:
    """The text of the pack. What cannot be a rule yet stands at the end, commented out, with the reason."""
    blocks = ["\n".join(_comment(line) for line in heading)]
    blocks += [_table(draft) for draft in drafts if not draft.wrong]
    blocks += [_commented(f"not a rule yet: {draft.wrong}\n{_table(draft)}") for draft in drafts if draft.wrong]
    return "\n\n".join(blocks) + "\n"


def support(candidate: Candidate) -> str:
    """What speaks for a candidate, in a line."""
    evidence = candidate.evidence
    hosts = evidence.owner or f"{candidate.hosts} hosts"
    copies = "" if evidence.texts == evidence.documents else f" ({evidence.texts} texts)"
    return (
        f"{evidence.documents} documents{copies} of {hosts}, {evidence.places} lines, "
        f"{evidence.damage:.1%} of them between paragraphs, score {evidence.score:.2f}"
    )


def _supported_together(draft: Draft) -> str:
    """What speaks for a draft of several candidates."""
    found = [member.evidence for member in draft.members]
    places = sum(evidence.places for evidence in found)
    documents, hosts = max(e.documents for e in found), max(member.hosts for member in draft.members)
    return (
        f"{len(found)} different lines on up to {documents} documents of {found[0].owner or f'{hosts} hosts'}, "
        f"{places} lines in all, {draft.damage:.1%} of them between paragraphs"
    )


def _table(draft: Draft) -> str:
    grouped = len(draft.members) > 1
    lines = [_comment(_supported_together(draft) if grouped else support(draft.members[0]))]
    lines += [
        "[[rule]]",
        f"id = {_string(draft.id)}",
        f"name = {_string(draft.name)}",
        f"summary = {_string(draft.summary)}",
        f"languages = {_list(draft.languages)}",
        'scope = "line"',
    ]
    if draft.match is not None:
        lines.append(f"match = {_literal(draft.match)}")
    else:
        lines.append("phrases = [")
        lines += [
            f"  {_string(phrase)}," + (f"  # {support(member)}" if grouped else "") for phrase, member in draft.phrases
        ]
        lines.append("]")
    conditions = [f"max_words = {draft.max_words}"] if draft.max_words is not None else []
    conditions += [f'position = "{draft.position}"'] if draft.position else []
    if conditions:
        lines.append(f"where = {{ {', '.join(conditions)} }}")
    lines += [
        'action = "drop"',
        "safe = false",
        _examples("drop", [_drop(draft, line) for line in draft.drop]),
        _examples("keep", [_string(sentence) for sentence in draft.keep]),
    ]
    return "\n".join(lines)


def _drop(draft: Draft, line: str) -> str:
    if not draft.position:
        return _string(line)
    text = f"{line}\n\n{draft.prose}" if draft.position == "head" else f"{draft.prose}\n\n{line}"
    return f"{{ text = {_string(text)}, removes = [{_string(line)}] }}"


def _examples(name: str, values: Sequence[str]) -> str:
    if not values:
        return f"{name} = []"
    return "\n".join([f"{name} = [", *(f"  {value}," for value in values), "]"])


def _list(values: Iterable[str]) -> str:
    return f"[{', '.join(map(_string, values))}]"


def _string(text: str) -> str:
    """A basic string of TOML, whose escapes are JSON's."""
    shown = json.dumps(SURROGATE.sub("\ufffd", text), ensure_ascii=False)
    return CONTROL.sub(lambda match: f"\\u{ord(match.group()):04x}", shown)


def _literal(text: str) -> str:
    return _string(text) if "'''" in text or CONTROL.search(text) else f"'''{text}'''"


def _comment(line: str) -> str:
    return f"# {CONTROL.sub(' ', line)}".rstrip()


def _commented(text: str) -> str:
    return "\n".join(_comment(line) for line in text.splitlines())


def excerpt(draft: Draft) -> str:
    """What a draft looks for, short enough for a table."""
    if len(draft.members) > 1:
        shown = " | ".join(phrase for phrase, _ in draft.phrases)
    elif draft.phrases:
        shown = draft.phrases[0][0]
    else:
        shown = " ".join(draft.members[0].template).replace(f" {REST}", f": {REST}")
    shown = CONTROL.sub(" ", shown)
    return shown if len(shown) <= SHOWN else shown[: SHOWN - 1] + "…"
