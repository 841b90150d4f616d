"""The page of sources: each once, with every place cited and the rules and values that cite it."""

from __future__ import annotations

from collections.abc import Iterator

from app.engine.canonical import thresholds_of
from app.engine.describe import valued
from app.engine.evidence import Citation, Source
from app.engine.ruleset import Ruleset
from app.knowledge.published_thresholds import PUBLISHED_THRESHOLDS
from app.knowledge.sources import CHECKED_ON
from app.knowledge.upkeep import UPKEEP
from app.services.book.markdown import anchor, page, section, table, text
from app.services.book.places import INDEX, THRESHOLDS, Places, places_in, to_threshold
from app.services.book.standing import is_reading

GRADES = {
    "CBS": "the figure was seen in a published abstract or page",
    "CBS-part": "the source was seen, this figure was not",
    "MHC": "from memory, with high confidence",
    "ENG": "an engineering reading of the clinical dossier; it awaits clinical sign-off",
}
"""What the grade of a citation means (the head of the clinical dossier)."""

REVIEW = (
    f"Gone through on {CHECKED_ON.isoformat()}. Every source has a day by which it is to be looked at again; "
    "an answer that is made later says which of its sources are overdue. How long evidence counts as checked "
    f"awaits sign-off: {'; '.join(f'`{each.name}` {valued(each)}' for each in UPKEEP)}."
)
Cited = dict[Citation, list[str]]


def evidence_page(ruleset: Ruleset) -> str:
    """All sources, publications first, each with what is cited from it."""
    by_source: dict[Source, Cited] = {}
    for citation, user in _citations(ruleset, places_in(ruleset)):
        by_source.setdefault(citation.source, {}).setdefault(citation, []).append(user)
    published = [source for source, cited in by_source.items() if not all(map(is_reading, cited))]
    readings = [source for source in by_source if source not in published]
    return page(
        "# Evidence",
        f"[All chapters]({INDEX})",
        REVIEW,
        f"{len(published)} publications, and the readings of the dossier that await sign-off.",
        table(("Grade", "Meaning"), ((f"`{grade}`", means) for grade, means in GRADES.items())),
        *(_source(source, by_source[source]) for source in (*sorted(published, key=_by_id), *readings)),
    )


def _source(source: Source, cited: Cited) -> str:
    year = str(source.year) if source.year else "year not stated"
    review = [f"review by {source.review_by.isoformat()}"] if source.review_by else []
    about = [
        text(source.kind),
        year,
        f"`{source.verified}`",
        *review,
        *([f"<{source.url}>"] if source.url else []),
    ]
    rows = [
        (text(each.place), text(each.says), f"`{each.verified}`", ", ".join(dict.fromkeys(users)))
        for each, users in cited.items()
    ]
    return section(
        anchor(source.id),
        f"## {text(source.title)}",
        " · ".join([f"`{source.id}`", *about]),
        table(("Place", "What it says", "Grade", "Cited by"), rows),
    )


def _citations(ruleset: Ruleset, places: Places) -> Iterator[tuple[Citation, str]]:
    for rule in ruleset.rules:
        yield from ((citation, places.rule(rule)) for citation in rule.evidence)
    for threshold in thresholds_of(ruleset):
        yield from ((citation, to_threshold(threshold)) for citation in threshold.evidence)
    for cut_off in PUBLISHED_THRESHOLDS:
        yield cut_off.evidence, f"[{text(cut_off.instrument)}, {text(cut_off.decides)}]({THRESHOLDS})"


def _by_id(source: Source) -> str:
    return source.id
