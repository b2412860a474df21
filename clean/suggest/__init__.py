"""Mining of candidate rules: lines and templates that recur across documents and stand where chrome stands.

    documents ─ clean ─▶ pages ─ count ─▶ tracked templates ─ weigh ─▶ company ─ gather ─▶ evidence
                                                                                      │
                            TOML ◀─ verify ─ drafts with examples ◀─ draft ─ candidates ┘

The documents are cleaned once, with the rules that are on, so that what these remove is not found again. Their lines
wait in temporary files for the passes that follow. Memory is bounded whatever the size of the corpus, and the result
does not depend on the order of the documents.
"""

from __future__ import annotations

from clean.suggest.choose import Options
from clean.suggest.draft import Draft
from clean.suggest.mine import Miner
from clean.suggest.pack import excerpt, pack, support

__all__ = ["Draft", "Miner", "Options", "excerpt", "pack", "support"]
