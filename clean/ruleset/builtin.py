"""What the pipeline itself finds, beside the rules: damage, foreign text, documents that cannot be cleaned.

Each has an id like a rule's, so that `select`, `ignore` and `per-file-ignores` treat them alike. They decide what is
reported, never what is repaired: that is `[repair]`.
"""

from __future__ import annotations

from dataclasses import dataclass

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Builtin:
    """One kind of finding.

    Args:
        severity: "error" where text is lost or somebody must decide, "warning" where cleaning puts it right.
        repairs: the names that edits and flags of this kind begin with in a record.
        on: whether it is on without being named.
    """

    id: str
    name: str
    summary: str
    why: str
    severity: str = WARNING
    repairs: tuple[str, ...] = ()
    on: bool = True


UNREADABLE = Builtin(
    "DOC001",
    "unreadable",
    "A document that cannot be cleaned",
    "It is binary, malformed, or cannot be opened; a run would set it aside. Convert or remove it.",
    ERROR,
)
MOSTLY_REMOVED = Builtin(
    "DOC002",
    "mostly-removed",
    "A document that would lose more of its text than is allowed",
    "Either it is no document but a page of links and notices, or a rule is wrong for it: look before cleaning it.",
    ERROR,
)
FOREIGN = Builtin(
    "LAN001",
    "foreign-language",
    "A run of text in another language than the document's, which stays",
    "A quotation, a menu, or a document put together from two. Off unless named: quotations are content.",
    on=False,
)

BUILTINS = (
    UNREADABLE,
    MOSTLY_REMOVED,
    Builtin(
        "ENC001",
        "undecodable-bytes",
        "Bytes that are no text in the document's charset",
        "What they stood for is lost, and U+FFFD takes their place. Get the document again, or name its charset.",
        ERROR,
        ("decode: undecodable",),
    ),
    Builtin(
        "ENC002",
        "mixed-charsets",
        "Lines in UTF-8 in a document of another charset",
        "Parts of it were put together from different sources. Each line is read in its own charset.",
        repairs=("decode: utf-8 among",),
    ),
    Builtin(
        "ENC003",
        "mojibake",
        "Text that was decoded in the wrong charset",
        "UTF-8 was read as some other charset, once or more often, and the steps can be taken back.",
        repairs=("fix_encoding", "fix_c1_controls"),
    ),
    Builtin(
        "CHR001",
        "control-characters",
        "Control characters and terminal escapes without a function in text",
        "They come from terminals, printers and broken conversions, and split or hide words.",
        repairs=("remove_control_chars", "remove_terminal_escapes"),
    ),
    Builtin(
        "CHR002",
        "surrogates",
        "Halves of UTF-16 pairs, which no UTF-8 text can hold",
        "Pairs become the character they stand for, a lone half becomes U+FFFD.",
        repairs=("fix_surrogates",),
    ),
    Builtin(
        "CHR003",
        "html-entities",
        "HTML entities that were never decoded",
        "The text was taken from markup, or escaped twice.",
        repairs=("unescape_html",),
    ),
    Builtin(
        "CHR004",
        "zero-width",
        "Zero-width characters that do nothing",
        "Invisible, and enough to make two equal words differ. Joiners that scripts and emoji need are none of these.",
        repairs=("remove_zero_width",),
    ),
    Builtin(
        "CHR005",
        "not-normalized",
        "Characters that are not in the normalisation form",
        "The same letter written in two ways makes two words of one.",
        repairs=("normalize",),
    ),
    Builtin(
        "CHR006",
        "character-form",
        "Quotes, ligatures or full-width forms that the profile writes in another way",
        'Found only where `[repair]` asks for it, as its profile "full" does.',
        repairs=("uncurl_quotes", "fix_latin_ligatures", "fix_character_width"),
    ),
    Builtin(
        "CHR007",
        "whitespace",
        "Unusual or repeated white space within a line",
        "Harmless and frequent, so that it is off unless named; cleaning normalises it anyway.",
        repairs=("whitespace",),
        on=False,
    ),
    FOREIGN,
)
"""In order: of several repairs that fell together, the first counts."""

MODELS = (
    Builtin(
        "EXT001",
        "not-content",
        "A block of a page that is not its content",
        "A model reads it off the markup: navigation, teasers, forms, footers. `[extract]` says who decides, and how "
        "sure it has to be. Every page has such blocks, so that they are no findings of a check.",
    ),
    Builtin(
        "EXT002",
        "text-from-data",
        "Text that a page holds in its data alone (flagged)",
        "Some pages are built by a script, from text in JSON-LD or in an application's state. Where nothing else is to "
        "be kept, that text is the page's, and the record flags where it stands.",
    ),
    Builtin(
        "EXT003",
        "repeated-block",
        "A block of a page whose text is kept already",
        "A caption for small screens, a carousel's second round. The first stays. Text of under four words may stand "
        "for itself each time, and what the model is certain of is a refrain or a quotation: both stay.",
    ),
)
"""What happens to pages before any rule; neither selected nor reported."""

IDS = tuple(kind.id for kind in BUILTINS)
ON = frozenset(kind.id for kind in BUILTINS if kind.on)


def named(key: str) -> Builtin | None:
    """The kind with that id or name, a model's included."""
    return next((kind for kind in (*BUILTINS, *MODELS) if key in (kind.id, kind.name)), None)


def of_repair(names: str) -> Builtin | None:
    """The kind of an edit or a flag of the stages, by the names it has in a record, such as "whitespace; fix_encoding".

    None where a rule of a pack made it.
    """
    parts = names.split("; ")
    return next(
        (kind for kind in BUILTINS if kind.repairs and any(part.startswith(kind.repairs) for part in parts)), None
    )
