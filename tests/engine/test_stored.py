"""A stored ruleset: the same bytes everywhere, and nothing loads that is not what was stored."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.engine.assess import Assessor
from app.engine.calculate import Calculation
from app.engine.canonical import canonical, digest, ruleset_json, thresholds_of
from app.engine.conditions import all_of
from app.engine.errors import CalculationChanged, RulesetUnreadable
from app.engine.facts import Choice
from app.engine.load import ruleset_from_json
from app.engine.rules import Decision
from app.engine.ruleset import Ruleset
from tests.engine.strategies import (
    CALCULATIONS,
    COLD,
    COLOUR,
    FIRST_DAY,
    HEAVY,
    MARKS,
    WEIGHT,
    WET,
    Advice,
    bulk,
    random_ruleset,
    rule,
    ruleset,
    some_of,
)

ROOT = Path(__file__).parents[2]
ANSWER = Choice(name="answer", label="Answer", options=("go", "stay"))
STORED = ruleset(
    bulk,
    Decision(id="d", title="D", gives=ANSWER, rules=(rule(COLD.is_true(), "cold", since=FIRST_DAY),)),
    rule(some_of(2, WEIGHT >= HEAVY, COLOUR.is_one_of("red", "green"), MARKS.has("dot"))),
)


def load(plain: Any, calculations: tuple[Calculation, ...] = CALCULATIONS) -> Ruleset:
    return ruleset_from_json(json.dumps(plain).encode(), calculations, [Advice])


def steps(plain: Any) -> Any:
    return plain["chapters"][0]["steps"]


def set_at(*path: str | int, to: Any) -> Callable[[Any], None]:
    """A change of one place in the stored text."""

    def change(plain: Any) -> None:
        for key in path[:-1]:
            plain = plain[key]
        plain[path[-1]] = to

    return change


STEPS = ("chapters", 0, "steps")
WHEN = (*STEPS, 2, "when")
INJECTION = "x'); __import__('os').abort() #"

UNREADABLE: list[tuple[Callable[[Any], object], str]] = [
    (set_at("facts", "wet", "kind", to="Fact"), "unknown kind of fact"),
    (set_at("facts", "wet", "kind", to="__import__"), "a kind is looked up, never called by name"),
    (set_at("facts", "wet", "name", to=INJECTION), "a fact's name is an identifier"),
    (set_at("facts", "wet", "name", to="wet\n    import os"), "a fact's name is an identifier"),
    (set_at("facts", "wet", "name", to=["wet"]), "a fact's name is text"),
    (set_at("facts", "wet", "colour", to="red"), "a field that facts do not have"),
    (set_at("facts", "wet", to=None), "a fact without fields"),
    (set_at("facts", to=[]), "facts are named"),
    (set_at("given", 0, to="wight"), "a given fact that is not described"),
    (set_at(*STEPS, 0, "gives", to="bulge"), "an unknown calculation"),
    (set_at(*STEPS, 1, "gives", to="wet"), "a decision gives a choice"),
    (set_at(*STEPS, 1, "gives", to="nothing"), "a decision gives a fact that is described"),
    (set_at(*STEPS, 2, "then", "kind", to="verdict"), "an unknown kind of conclusion"),
    (set_at(*STEPS, 2, "then", "shout", to="!"), "a field that the conclusion does not have"),
    (set_at(*STEPS, 2, "evidence", to=[]), "a rule without evidence"),
    (set_at(*STEPS, 2, "evidence", 0, "source", to="scroll"), "an unknown source"),
    (set_at(*STEPS, 2, "since", to="tomorrow"), "not a day"),
    (set_at(*WHEN, to=None), "not a condition"),
    (set_at(*WHEN, to={"fact": "wet", "op": "or", "value": True}), "an unknown operator"),
    (set_at(*WHEN, to={"fact": "wight", "op": "<", "value": 1}), "an unknown fact"),
    (set_at(*WHEN, to={"fact": "weight", "op": "<", "value": 1e999}), "an infinite value"),
    (set_at(*WHEN, to={"fact": "weight", "op": "<", "threshold": "LIGHT"}), "an unknown threshold"),
    (set_at(*WHEN, "at_least", to="2) or abort("), "how many is a whole number"),
    (set_at(*WHEN, "at_least", to=1.5), "how many is a whole number"),
    (set_at(*WHEN, "at_least", to=4), "four of three"),
    (set_at("thresholds", "HEAVY", "value", to=float("nan")), "NaN"),
    (set_at("chapters", to=7), "chapters are a list"),
    (lambda plain: plain.pop("version"), "no version"),
]


@pytest.mark.parametrize("change", [pytest.param(change, id=reason) for change, reason in UNREADABLE])
def test_stored_text_that_says_something_unknown_is_refused(change: Callable[[Any], object]) -> None:
    plain = ruleset_json(STORED)
    change(plain)
    with pytest.raises(RulesetUnreadable):
        load(plain)


@pytest.mark.parametrize("text", [b"", b"{", b"null", b"[]", b'"x"', b"\xff", b"[" * 100_000])
def test_text_that_is_no_ruleset_is_refused(text: bytes) -> None:
    with pytest.raises(RulesetUnreadable):
        ruleset_from_json(text, CALCULATIONS, [Advice])


EDITED = [
    replace(bulk, edition=bulk.edition + 1),
    replace(bulk, takes=("length", "weight")),
    replace(bulk, needs=frozenset({"weight"})),
    replace(bulk, uses=()),
    replace(bulk, uses=(replace(HEAVY, value=3),)),
]


@pytest.mark.parametrize("edited", EDITED)
def test_another_edition_of_a_calculation_is_not_run_in_its_place(edited: Calculation) -> None:
    with pytest.raises(CalculationChanged, match="bulk is not the stored edition"):
        load(ruleset_json(STORED), (edited,))


def test_a_calculation_whose_words_changed_still_runs_and_keeps_the_stored_words() -> None:
    reworded = replace(bulk, gives=replace(bulk.gives, label="Bulk (weight times length)"))
    loaded = load(ruleset_json(STORED), (reworded,))
    assert loaded == STORED
    assert digest(loaded) == digest(STORED)


def test_texts_in_a_stored_ruleset_are_never_run() -> None:
    said = rule(all_of(COLOUR.is_("red"), WET.is_true()), "r", INJECTION, title=INJECTION, dossier=INJECTION)
    colour = replace(COLOUR, label=INJECTION, options=(*COLOUR.options, INJECTION))
    hostile = ruleset(replace(said, when=colour.is_(INJECTION)), facts=(colour,))
    assessor = Assessor(load(ruleset_json(hostile)))
    assert INJECTION not in assessor.program.source
    assert assessor.assess({"colour": INJECTION}).truths == b"\x02"


def test_named_thresholds_are_stored_once_with_their_source() -> None:
    plain = ruleset_json(STORED)
    assert list(thresholds_of(STORED)) == [HEAVY]
    assert plain["thresholds"]["HEAVY"]["value"] == 2.5
    assert plain["thresholds"]["HEAVY"]["evidence"][0]["source"] == "book"
    assert steps(plain)[2]["when"]["of"][0] == {
        "fact": "weight",
        "op": ">=",
        "value": 2.5,
        "threshold": "HEAVY",
    }


def test_the_canonical_text_has_sorted_names_and_no_spare_space() -> None:
    text = canonical(STORED)
    assert json.dumps(json.loads(text), sort_keys=True, separators=(",", ":")).encode() == text


ANY_CHANGE: list[Callable[[], Ruleset]] = [
    lambda: replace(STORED, version="2"),
    lambda: replace(STORED, name="sense"),
    lambda: ruleset(replace(bulk, edition=4), *list(STORED.steps)[1:]),
    lambda: ruleset(*list(STORED.steps)[:2]),
    lambda: ruleset(*list(STORED.steps)[:2], replace(STORED.rules[1], title="Another title")),
    lambda: ruleset(*list(STORED.steps)[:2], replace(STORED.rules[1], until=FIRST_DAY)),
]


def test_any_change_changes_the_digest() -> None:
    assert len({digest(STORED), *(digest(change()) for change in ANY_CHANGE)}) == 1 + len(ANY_CHANGE)


PRINT_DIGEST = """
from app.engine.canonical import digest
from tests.engine.strategies import random_ruleset
print(*[digest(random_ruleset(seed)) for seed in range(5)])
"""


def run_fresh(python: str, hash_seed: str, code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a new process; pyenv's stand-ins want the version named."""
    version = Path(python).name.removeprefix("python")
    env = os.environ | {"PYTHONHASHSEED": hash_seed, "PYENV_VERSION": version, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [python, "-S", "-c", code]
    return subprocess.run(command, env=env, cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S603 - our own interpreter, our own words


def other_interpreters() -> list[str]:
    """The other Pythons that run on the machine: pyenv's stand-ins are found, but may not run."""
    paths = [shutil.which(f"python{version}") for version in ("3.11", "3.12", "3.13", "3.14")]
    return [path for path in paths if path and run_fresh(path, "1", "").returncode == 0]


@pytest.mark.wire
def test_the_digest_is_the_same_in_every_process_and_python_version() -> None:
    expected = [digest(random_ruleset(seed)) for seed in range(5)]
    processes = [
        (sys.executable, "1"),
        (sys.executable, "2"),
        *((path, "3") for path in other_interpreters()),
    ]
    for python, hash_seed in processes:
        done = run_fresh(python, hash_seed, PRINT_DIGEST)
        assert done.stdout.split() == expected, done.stderr
