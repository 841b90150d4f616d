"""The rule book: the rules in words, generated, with their thresholds, evidence and state of sign-off."""

from __future__ import annotations

from pathlib import Path

from app.engine.ruleset import Ruleset
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.services.book.chapters import chapter_pages
from app.services.book.evidence import evidence_page
from app.services.book.index import index_page
from app.services.book.places import CONDITIONS, EVIDENCE, INDEX, THRESHOLDS, VOCABULARY
from app.services.book.thresholds import thresholds_page
from app.services.book.vocabulary import vocabulary_page
from app.services.book.wording import conditions_page

FOLDER = Path("docs/rules")
"""Where the book lies in the repository."""


def rule_book(ruleset: Ruleset) -> dict[str, str]:
    """The Markdown of every page, by its path in the folder of the book."""
    return {
        INDEX: index_page(ruleset),
        **chapter_pages(ruleset),
        CONDITIONS: conditions_page(ruleset),
        EVIDENCE: evidence_page(ruleset),
        THRESHOLDS: thresholds_page(ruleset),
        VOCABULARY: vocabulary_page(ruleset),
    }


def write_rule_book(folder: Path, ruleset: Ruleset = POSTOP_LUMBAR) -> list[Path]:
    """Write the book of a ruleset into its folder, and take away the pages that it no longer has."""
    pages = rule_book(ruleset)
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.md"):
        if path.name not in pages:
            path.unlink()
    for name, markdown in pages.items():
        (folder / name).write_text(markdown, encoding="utf-8", newline="\n")
    return [folder / name for name in pages]
