"""Ids of records sort by time and do not repeat; trace ids have the form that others expect."""

import re

from app.identifiers import new_trace_id, record_ids


def test_record_ids_are_of_version_7_and_differ() -> None:
    new_id = record_ids()
    made = [new_id() for _ in range(5000)]
    assert len(set(made)) == len(made)
    assert {(each.version, each.variant) for each in made} == {(7, "specified in RFC 4122")}


def test_record_ids_begin_with_the_time_so_that_later_ones_sort_behind_earlier_ones() -> None:
    new_id = record_ids()
    times = [new_id().int >> 80 for _ in range(5000)]
    assert times == sorted(times)


def test_two_makers_do_not_make_the_same_ids() -> None:
    one, other = record_ids(), record_ids()
    assert not {one() for _ in range(1000)} & {other() for _ in range(1000)}


def test_trace_ids_are_of_the_w3c_form_and_differ() -> None:
    made = [new_trace_id() for _ in range(5000)]
    assert len(set(made)) == len(made)
    assert all(re.fullmatch(r"(?!0{32})[0-9a-f]{32}", each) for each in made)
