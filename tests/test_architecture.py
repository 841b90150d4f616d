"""The house rules a program can check: who may import whom, how long things are, what is never written."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "app").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

# A part of `app` and the parts of `app` it may import, besides itself. What is not listed may not exist.
LAYERS: dict[str, set[str]] = {
    "engine": set(),
    "knowledge": {"engine"},
    "transparency": set(),
    "audit": {"version", "transparency", "knowledge", "engine"},
    "access": {"ehr_clients_file", "audit", "knowledge", "engine"},
    "interop": {"services", "knowledge", "engine", "version", "audit"},
    "services": {"version", "transparency", "access", "audit", "knowledge", "engine"},
    "fhir": {"interop", "services", "audit"},
    "hooks": {"interop", "services", "audit"},
    "web": {"services", "access", "audit", "knowledge", "engine"},
    "api": {
        "identifiers",
        "edge_settings",
        "settings",
        "fhir",
        "hooks",
        "services",
        "transparency",
        "access",
        "audit",
        "interop",
        "knowledge",
        "engine",
    },
    "setting": set(),
    "anchor_settings": {"setting"},
    "token_settings": {"setting"},
    "edge_settings": {"setting"},
    "ehr_clients_file": set(),
    "ehr_settings": {"setting", "ehr_clients_file", "knowledge"},
    "settings": {"setting", "anchor_settings", "token_settings", "edge_settings", "ehr_settings"},
    "version": set(),
    "identifiers": set(),
    "ehr": {"ehr_settings", "settings", "api", "fhir", "hooks", "interop", "services", "audit"},
    "main": {
        "ehr",
        "token_settings",
        "ehr_settings",
        "version",
        "identifiers",
        "api",
        "web",
        "settings",
        "hooks",
        "services",
        "access",
        "audit",
        "interop",
        "knowledge",
        "engine",
    },
    "cli": {
        "version",
        "identifiers",
        "main",
        "api",
        "web",
        "settings",
        "hooks",
        "services",
        "transparency",
        "access",
        "audit",
        "interop",
        "knowledge",
        "engine",
    },
    "asgi": {"main", "api", "audit", "settings"},
}
STANDARD_LIBRARY_ONLY = {
    "engine",
    "knowledge",
    "setting",
    "anchor_settings",
    "token_settings",
    "edge_settings",
    "ehr_clients_file",
    "ehr_settings",
    "settings",
}
NOT_A_NAME = {"utils", "util", "helpers", "helper", "common", "core", "base", "misc", "shared", "managers"}
LINES_OF_A_FILE = 250
LINES_OF_A_FUNCTION = 50
MEDIAN_LINES_OF_A_FUNCTION = 8
# A suppression names what it suppresses and says why.
SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore)\b")
EXPLAINED = re.compile(
    r"#\s*(noqa: [A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)*|type: ignore\[[a-z-]+(, ?[a-z-]+)*\])\s+(#|-+)\s*\S{2,}"
)


def part_of(path: Path) -> str:
    """The part of `app` that a file belongs to."""
    return path.relative_to(ROOT / "app").parts[0].removesuffix(".py")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree(path)))


def imports(path: Path) -> Iterator[str]:
    """The full name of everything a file imports."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports by a relative name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function, its docstring not counted."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def decorated_or_called(path: Path, names: set[str]) -> Iterator[ast.Call | ast.Attribute]:
    """Every use of pytest's `skip`, `xfail` and the like, with its call where it is called."""
    nodes = list(ast.walk(tree(path)))
    calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    called = {call.func for call in calls}
    yield from (call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in names)
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr in names and node not in called:
            yield node


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_layer_imports_only_what_is_below_it(path: Path) -> None:
    if (part := part_of(path)) == "__init__":
        return
    assert part in LAYERS, f"{part} has no place in the layers"
    for name in imports(path):
        root, _, rest = name.partition(".")
        if root == "app":
            assert rest.split(".")[0] in LAYERS[part] | {part}, f"{path} imports {name}"
        elif part in STANDARD_LIBRARY_ONLY:
            assert root in sys.stdlib_module_names, f"{path} imports {name}"


def test_no_module_is_named_for_nothing() -> None:
    assert [path for path in SOURCES + TESTS if {*path.parts[:-1], path.stem} & NOT_A_NAME] == []


def test_no_file_is_too_long_to_read_at_once() -> None:
    files = [path for path in SOURCES if part_of(path) != "knowledge"]
    assert [path for path in files if len(path.read_text().splitlines()) > LINES_OF_A_FILE] == []


def test_no_function_is_too_long_to_hold_in_mind() -> None:
    every = [(path, function) for path in SOURCES for function in functions(path)]
    too_long = [
        f"{path}:{each.lineno} {each.name}" for path, each in every if length(each) > LINES_OF_A_FUNCTION
    ]
    lengths = sorted(length(function) for _, function in every)

    assert too_long == []
    assert lengths[len(lengths) // 2] <= MEDIAN_LINES_OF_A_FUNCTION


def test_nothing_is_imported_inside_a_function() -> None:
    inside = [
        f"{path}:{node.lineno}"
        for path in SOURCES
        for function in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


def test_nothing_happens_when_a_module_is_imported() -> None:
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    allowed = (ast.Import, ast.ImportFrom, *definitions)
    acting = [
        f"{path}:{node.lineno}"
        for path in SOURCES
        for node in tree(path).body
        if not isinstance(node, allowed) and not _is_text(node) and not _is_guard(node)
    ]
    assert acting == []


def test_every_suppression_names_its_rule_and_its_reason() -> None:
    bare = [
        f"{path}:{number}"
        for path in SOURCES + TESTS
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if SUPPRESSION.search(line) and not EXPLAINED.search(line) and path != Path(__file__)
    ]
    assert bare == []


def test_nothing_is_skipped_without_a_reason() -> None:
    silent = [
        f"{path}:{use.lineno}"
        for path in TESTS
        for use in decorated_or_called(path, {"skip", "skipif", "xfail", "importorskip"})
        if not isinstance(use, ast.Call)
        or not (any(keyword.arg == "reason" for keyword in use.keywords) or _first_is_text(use))
    ]
    assert silent == []


def test_our_own_modules_are_never_patched() -> None:
    assert [path for path in TESTS if any(name.startswith("unittest.mock") for name in imports(path))] == []


@pytest.mark.parametrize(
    ("line", "explained"),
    [
        ("x = 1  # noqa: BLE001 - the last resort", True),
        ("x = 1  # type: ignore[override] # as the library's own", True),
        ("x = 1  # noqa: BLE001", False),
        ("x = 1  # noqa", False),
        ("x = 1  # type: ignore", False),
        ("x = 1  # type: ignore[override]", False),
    ],
)
def test_the_check_for_suppressions_has_teeth(line: str, explained: bool) -> None:
    assert SUPPRESSION.search(line)
    assert bool(EXPLAINED.search(line)) is explained


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_guard(node: ast.stmt) -> bool:
    # `if TYPE_CHECKING:` and `if __name__ == "__main__":`
    return (
        isinstance(node, ast.If)
        and re.match(r"TYPE_CHECKING|__name__ ==", ast.unparse(node.test)) is not None
    )


def _first_is_text(call: ast.Call) -> bool:
    # A call in the body of a test gives its reason first; the first argument of a mark is its condition.
    return bool(call.args) and isinstance(call.args[0], ast.Constant | ast.JoinedStr)


def test_the_names_of_our_own_code_systems_are_spelled_in_one_module() -> None:
    spelled = {path.relative_to(ROOT).as_posix() for path in SOURCES if "urn:decompass" in path.read_text()}

    assert spelled == {"app/interop/systems.py"}
