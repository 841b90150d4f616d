"""A code means what our table or the site's map says, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from app.interop.code_book import CodeBook, CodeMapRefused, Meaning
from app.knowledge import codes
from app.knowledge.codes import LOINC, SNOMED

TEMPERATURE = {"coding": [{"system": LOINC, "code": "8310-5"}]}
OWN = {"coding": [{"system": "http://site.example/codes", "code": "T1"}]}


def site_map(system: str = "urn:decompass:case", code: str = "vitals.temperature_c", **target: Any) -> Any:
    element = {"code": "T1", "target": [{"code": code, **target}]}
    return {"group": [{"source": "http://site.example/codes", "target": system, "element": [element]}]}


def test_a_code_of_the_table_means_a_member_of_the_case() -> None:
    assert CodeBook().means(TEMPERATURE) == (Meaning("urn:decompass:case", "vitals.temperature_c"),)


def test_a_system_that_is_off_is_neither_read_nor_written() -> None:
    book = CodeBook(off=frozenset({LOINC}))

    assert book.means(TEMPERATURE) == ()
    assert book.written(codes.FACTS["vitals.temperature_c"]) == []
    assert [each["system"] for each in book.written(codes.PROCEDURES["laminectomy"])] == [SNOMED]


def test_the_site_maps_codes_of_its_own() -> None:
    book = CodeBook(concept_map=site_map())

    assert book.means(OWN) == (Meaning("urn:decompass:case", "vitals.temperature_c"),)
    assert book.means({"coding": [{"system": "http://other.example", "code": "T1"}]}) == ()


@pytest.mark.parametrize("equivalence", ["narrower", "inexact", "unmatched", "disjoint", "relatedto"])
def test_a_target_that_says_more_than_its_source_is_not_believed(equivalence: str) -> None:
    assert CodeBook(concept_map=site_map(equivalence=equivalence)).means(OWN) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        site_map(code="vitals.temprature_c"),
        site_map("urn:decompass:case:surgery.procedure", "appendectomy"),
        site_map("urn:decompass:case:nothing", "x"),
        site_map(SNOMED, "178625001"),
        {"group": "all"},
        {},
    ],
)
def test_a_map_to_what_is_not_there_is_refused_when_the_service_starts(wrong: Any) -> None:
    with pytest.raises(CodeMapRefused):
        CodeBook(concept_map=wrong)


@pytest.mark.parametrize(
    "concept", [None, 1, "x", [], {}, {"coding": {}}, {"coding": [None, [], {"system": [], "code": {}}]}]
)
def test_what_is_no_concept_means_nothing(concept: Any) -> None:
    assert CodeBook().means(concept) == ()
