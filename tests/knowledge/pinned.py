"""The pinned text of every calculation: a change of what it does needs a new edition.

Stored records name the edition of each calculation, so an edition must go on coming to the same result.
`python -m tests.knowledge.pinned` pins what is new and refuses what changed under an old edition; before a
release, delete the file to pin everything anew.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

from app.engine.calculate import Calculation
from app.engine.conditions import Condition, checks
from app.engine.evidence import Threshold
from app.knowledge.ruleset import POSTOP_LUMBAR

LOCK = Path(__file__).with_name("calculations.lock")


def pinned() -> dict[str, str]:
    """What the file says: the hash for each name and edition."""
    lines = LOCK.read_text().splitlines() if LOCK.exists() else []
    return dict(line.rsplit(" ", 1) for line in lines)


def current() -> dict[str, str]:
    """What the code says."""
    return {
        f"{calculation.gives.name} {calculation.edition}": text_hash(calculation)
        for calculation in POSTOP_LUMBAR.calculations
    }


def text_hash(calculation: Calculation) -> str:
    """The hash of the function, of all that it calls in app.knowledge, and of the values that they read."""
    texts = dict(_texts(calculation.work_out, set()))
    takes = " ".join(calculation.takes)
    whole = "\n".join([takes, *(texts[name] for name in sorted(texts))])
    return hashlib.sha256(whole.encode()).hexdigest()


def _texts(function: Callable[..., Any], seen: set[str]) -> Iterator[tuple[str, str]]:
    plain = inspect.unwrap(function)
    assert isinstance(plain, FunctionType), f"{function} is no plain function"
    seen.add(plain.__qualname__)
    tree = ast.parse(textwrap.dedent(inspect.getsource(plain)))
    yield plain.__qualname__, ast.unparse(_bare(tree))
    for name in sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - seen):
        if name in plain.__globals__:
            yield from _value_text(name, plain.__globals__[name], seen)


def _value_text(name: str, value: Any, seen: set[str]) -> Iterator[tuple[str, str]]:
    if callable(value) and getattr(value, "__module__", "").startswith("app.knowledge"):
        yield from _texts(value, seen)
    elif isinstance(value, Threshold):
        yield name, f"{name} = {value.value!r} {value.unit}"
    elif isinstance(value, Condition):
        asked = [(check.fact.name, check.op, check.value) for check in checks(value)]
        yield name, f"{name} = {asked!r}"
    elif isinstance(value, int | float | str | tuple | dict):
        yield name, f"{name} = {value!r}"


def _bare(tree: ast.Module) -> ast.Module:
    """The tree without docstrings and decorators: neither changes what is worked out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
            if ast.get_docstring(node) is not None:
                node.body = node.body[1:] or [ast.Pass()]
    return tree


def main() -> None:
    """Pin what is new; refuse what changed under an old edition."""
    before, now = pinned(), current()
    if changed := sorted(name for name in now if before.get(name, now[name]) != now[name]):
        raise SystemExit(f"Changed without a new edition: {', '.join(changed)}")
    lines = [f"{name} {text_hash}" for name, text_hash in sorted((before | now).items())]
    LOCK.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
