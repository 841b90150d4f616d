"""The rule book says what the rules say, of every rule, and is written anew whenever they change."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from app.engine.canonical import thresholds_of
from app.engine.conditions import ABSENT, checks, parts
from app.knowledge.conclusions import CONCLUSIONS
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.knowledge.sources import ENG
from app.knowledge.vocabulary import RECORDED_ONLY
from app.services.book.conclusions import IN_WORDS
from app.services.book.standing import read_by_nothing, visible_words
from app.services.rule_book import FOLDER, rule_book, write_rule_book

REPOSITORY = Path(__file__).parents[2]
LINK = re.compile(r"\]\(([\w-]+\.md)(?:#([\w.-]+))?\)")


SHORTENED = replace(POSTOP_LUMBAR, chapters=POSTOP_LUMBAR.chapters[:-1])
"""The ruleset without its last chapter."""


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return rule_book(POSTOP_LUMBAR)


@pytest.fixture(scope="module")
def fewer_pages() -> dict[str, str]:
    return rule_book(SHORTENED)


def stale(folder: Path, pages: dict[str, str]) -> list[str]:
    """The pages in the folder that are missing, differ from the rules, or belong to no rule any more."""
    written = {path.name: path.read_bytes().decode() for path in folder.glob("*.md")}
    return [
        *(name for name in pages if written.get(name) != pages[name]),
        *sorted(written.keys() - pages.keys()),
    ]


def test_the_book_in_the_repository_is_what_the_rules_say(pages: dict[str, str]) -> None:
    assert stale(REPOSITORY / FOLDER, pages) == [], "run: make docs"


def test_a_written_book_is_fresh_and_one_of_other_rules_is_stale(
    tmp_path: Path, pages: dict[str, str], fewer_pages: dict[str, str]
) -> None:
    write_rule_book(tmp_path)

    assert stale(tmp_path, pages) == []
    assert {"index.md", "care.md"} <= set(stale(tmp_path, fewer_pages))


def test_pages_that_a_ruleset_no_longer_has_are_taken_away(
    tmp_path: Path, fewer_pages: dict[str, str]
) -> None:
    write_rule_book(tmp_path)
    write_rule_book(tmp_path, SHORTENED)

    assert not (tmp_path / "care.md").exists()
    assert stale(tmp_path, fewer_pages) == []


def test_every_page_is_stale_where_there_is_no_book(tmp_path: Path, pages: dict[str, str]) -> None:
    assert stale(tmp_path / "nowhere", pages) == list(pages)


def test_every_rule_stands_in_its_chapter_with_its_evidence(pages: dict[str, str]) -> None:
    for chapter in POSTOP_LUMBAR.chapters:
        page = pages[f"{chapter.name}.md"]
        for rule in chapter.rules:
            entry = page.split(f'<a id="{rule.id}"></a>')[1].split("<a id=")[0]
            assert rule.dossier in entry
            assert all(citation.source.id in entry for citation in rule.evidence)
            assert not rule.divergence or "Where the sources pull apart" in entry


def test_every_link_leads_somewhere(pages: dict[str, str]) -> None:
    for markdown in pages.values():
        for page, place in LINK.findall(markdown):
            assert not place or f'<a id="{place}"></a>' in pages[page], f"{page}#{place}"


def test_every_value_and_every_rule_that_rests_on_a_reading_awaits_sign_off(pages: dict[str, str]) -> None:
    to_sign = pages["index.md"].split("## For sign-off")[1].split("## Where absence is a finding")[0]
    for threshold in thresholds_of(POSTOP_LUMBAR):
        assert (f"- [`{threshold.name}`]" in to_sign) is threshold.needs_sign_off
    for rule in POSTOP_LUMBAR.rules:
        if any(citation.verified == ENG for citation in rule.evidence):
            assert f"[`{rule.id}`]" in to_sign


def test_every_rule_that_names_absence_is_listed_as_an_exception(pages: dict[str, str]) -> None:
    naming = {r.id for r in POSTOP_LUMBAR.rules if any(c.op == ABSENT for c in checks(r.when))}
    listed = {rule.id for each in visible_words(POSTOP_LUMBAR) for rule in each.rules}
    exceptions = pages["index.md"].split("## Where absence is a finding")[1]

    assert listed == naming
    assert all(f"[`{rule_id}`]" in exceptions for rule_id in naming)
    assert all(each.behind for each in visible_words(POSTOP_LUMBAR))


def test_every_named_condition_has_a_place_of_its_own(pages: dict[str, str]) -> None:
    named = {part for rule in POSTOP_LUMBAR.rules for part in parts(rule.when) if getattr(part, "label", "")}
    places = re.findall(r'<a id="(.+)"></a>', pages["conditions.md"])

    assert len(places) == len(set(places)) == len(named)


def test_facts_said_to_be_recorded_only_are_those_that_nothing_reads() -> None:
    assert set(read_by_nothing(POSTOP_LUMBAR)) == set(RECORDED_ONLY)


def test_every_kind_of_conclusion_can_be_put_in_words() -> None:
    assert set(IN_WORDS) == set(CONCLUSIONS)


def test_the_book_is_the_same_however_often_it_is_made(pages: dict[str, str]) -> None:
    assert rule_book(POSTOP_LUMBAR) == pages


def test_no_table_is_broken_by_what_stands_in_it(pages: dict[str, str]) -> None:
    for name, markdown in pages.items():
        for block in re.findall(r"(?:^\|.*\n?)+", markdown, re.MULTILINE):
            columns = {len(re.findall(r"(?<!\\)\|", line)) for line in block.strip().split("\n")}
            assert len(columns) == 1, f"{name}: {block[:80]}"
