"""Try every mutant on every golden case, and print the score and the survivors: `make check-knowledge`.

A mutant is killed when a golden case fails an expectation under it. One that no patient could tell from the
rule (equivalent.py) does not count. Every other one stands in survivors.yaml with a reason, or the run fails.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import yaml

from app.knowledge.ruleset import POSTOP_LUMBAR
from tests.knowledge.corpus import examples
from tests.mutation.corpus import Corpus
from tests.mutation.equivalent import telling
from tests.mutation.mutants import KINDS, Mutant, mutants
from tests.proofs.laws import Prover

EXPLAINED = Path(__file__).parents[1] / "knowledge" / "survivors.yaml"


def explained() -> dict[str, str]:
    """The survivors that may stay, by the mutant's name, with the reason."""
    found: dict[str, str] = yaml.safe_load(EXPLAINED.read_text()) or {}
    return found


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def report(every: Sequence[Mutant], survivors: Sequence[Mutant], same: Sequence[Mutant]) -> None:
    """The score, and where the survivors are."""
    told = len(every) - len(same)
    say(f"{len(every)} mutants, {len(same)} of them no patient could tell from the rule")
    say(f"{told - len(survivors)} of {told} killed by a golden case: {1 - len(survivors) / told:.1%}")
    for kind in KINDS:
        left, all_told = (sum(each.kind == kind for each in group) for group in (survivors, every))
        say(f"  {kind}: {left} of {all_told} survive")
    for chapter, left in Counter(each.rule.id.split(".")[0] for each in survivors).most_common():
        say(f"  chapter {chapter}: {left} survive")


def main(show_patients: bool) -> int:
    """The exit status: 1 where a survivor is not explained, or an explained one no longer survives."""
    corpus, prover = Corpus(examples()), Prover(POSTOP_LUMBAR)
    every = list(mutants(POSTOP_LUMBAR))
    alive = [mutant for mutant in every if corpus.killer(mutant) is None]
    told = {str(mutant): telling(prover, mutant) for mutant in alive}
    survivors = [mutant for mutant in alive if told[str(mutant)]]
    report(every, survivors, [mutant for mutant in alive if not told[str(mutant)]])
    known = explained()
    bare = [mutant for mutant in survivors if str(mutant) not in known]
    for mutant in bare:
        say(f"NOT EXPLAINED  {mutant}  ({sum(1 for _ in corpus.differing(mutant))} cases reach it)")
        if show_patients:
            say(str(told[str(mutant)]))
    stale = known.keys() - set(map(str, survivors))
    for name in sorted(stale):
        say(f"NO LONGER SURVIVES  {name}")
    for name in corpus.broken:
        say(f"FAILS WITHOUT ANY CHANGE  {name}")
    return 1 if bare or stale or corpus.broken else 0


if __name__ == "__main__":
    sys.exit(main("--patients" in sys.argv[1:]))
