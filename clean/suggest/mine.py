"""The miner: takes documents one after another, and gives drafts of rules at the end."""

from __future__ import annotations

import tempfile
from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from clean.cleaner import Cleaner
from clean.document import Document
from clean.ruleset.detectors import is_model
from clean.suggest.choose import FLOOR, MAX_DAMAGE, Options, choose, grouped
from clean.suggest.company import ROUNDS, Company
from clean.suggest.counter import Counter
from clean.suggest.draft import Draft, draft
from clean.suggest.evidence import Evidence, gather, usual_languages
from clean.suggest.keep import Sentences
from clean.suggest.pack import pack
from clean.suggest.page import Spool, page

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_TRACKED = 200_000
"""Templates that are weighed, the most frequent ones: some 20 MB."""
MAX_GATHERED = 5_000
"""Templates that evidence is gathered for, the most promising ones."""


class Miner:
    """Collects the lines of documents, and suggests rules for those that recur."""

    def __init__(self, cleaner: Cleaner, options: Options) -> None:
        # What only a model takes has no rule yet, and a rule says why.
        told = [rule.id for rule in cleaner.ruleset.active if not is_model(rule)]
        self.cleaner = cleaner.restricted_to(told)
        self.options = options
        self._stack = ExitStack()
        self._spool = self._stack.enter_context(Spool())
        self._counter = self._stack.enter_context(Counter())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def documents(self) -> int:
        return self._spool.count

    def add(self, document: Document) -> None:
        """Clean a document, and take in what is left of it.

        Raises:
            DocumentError: the document cannot be cleaned.
        """
        import numpy as np

        found = page(self.cleaner.run(document))
        own = np.unique(found.keys)
        self._counter.add(own[own > 0])
        self._spool.add(found)

    def drafts(self) -> list[Draft]:
        """The suggested rules, the best first."""
        company = Company(self._counter.frequent(max(2, self.options.min_documents), MAX_TRACKED))
        company.learn(self._spool.pages() for _ in range(ROUNDS))
        found = gather(self._spool.pages(texts=True), company, _promising(company, self.options.min_score))
        options = self.options
        candidates = choose(found, self._sizes(found), options)
        if options.language is not None:
            candidates = [c for c in candidates if options.language in usual_languages(c.evidence.languages)]
        rules = self.cleaner.ruleset.rules
        made = draft(
            grouped(candidates)[: options.max_rules],
            options.prefix,
            {rule.id for rule in rules},
            {rule.name for rule in rules},
        )
        found_sentences = Sentences(made)
        found_sentences.read(self._spool.pages(texts=True), company)
        return verified(found_sentences.filled(), self.cleaner)

    def _sizes(self, found: Sequence[Evidence]) -> dict[str, int]:
        """The documents of each host that has lines of its own."""
        owners = {evidence.owner for evidence in found}
        return Tally(page.host for page in self._spool.pages() if page.host in owners)


def _promising(company: Company, min_score: float) -> NDArray[Any]:
    import numpy as np

    damage = company.between / np.maximum(company.places, 1)
    fitting = np.flatnonzero((company.lower >= min_score) & (damage <= MAX_DAMAGE))
    support = company.pages[fitting] * (company.lower[fitting] - FLOOR)
    return fitting[np.lexsort((fitting, -support))[:MAX_GATHERED]]


def verified(drafts: Sequence[Draft], cleaner: Cleaner) -> list[Draft]:
    """The drafts with just the examples that hold, by the checks of `clean rules test`; what lacks some is marked."""
    from clean.checks.examples import check

    marked = [_marked(draft) for draft in drafts]
    usable = [draft for draft in marked if not draft.wrong]
    if not usable:
        return marked
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "candidates.toml"
        path.write_text(pack(usable, ()), encoding="utf-8")
        known = cleaner.config.extend_packs
        trial = Cleaner(cleaner.config.with_overrides(extend_packs=[*known, str(path)], select=["ALL"]))
        failed: dict[str, set[str]] = defaultdict(set)
        for found in usable:
            failed[found.id] = {failure.example.text for failure in check(trial.ruleset[found.id], trial)}
    return [_marked(_holding(draft, failed[draft.id])) for draft in marked]


def _holding(draft: Draft, failed: set[str]) -> Draft:
    return draft.without({line for line in draft.drop if any(line in text for text in failed)}, failed)


def _marked(draft: Draft) -> Draft:
    if draft.position and not draft.prose:
        return replace(draft, wrong="no paragraph of the corpus for its examples to stand beside")
    if not draft.drop:
        return replace(draft, wrong="none of its lines goes by this rule alone")
    if not draft.keep:
        return replace(draft, wrong="no sentence of the corpus has its words; add one to keep")
    return draft
