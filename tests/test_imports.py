"""The import table of docs/architecture.md: who may import whom, and who owns which outside thing."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EDGES = {
    *("kb.errors", "kb.logs", "kb.config", "kb.effects", "kb.formula", "kb.names", "kb.namespaces", "kb.scratch"),
    "kb.vocabulary",
}
READS_FROM = {
    "kb.intake": {"kb.intake"},
    "kb.protocols": {"kb.intake", "kb.protocols"},
    "kb.mapping": {"kb.intake", "kb.protocols", "kb.mapping"},
    "kb.store": {"kb.intake", "kb.protocols", "kb.mapping", "kb.store"},
    "kb.ask": {"kb.intake", "kb.protocols", "kb.mapping", "kb.store", "kb.ask"},
    "kb.elsewhere": {"kb.intake", "kb.protocols", "kb.store", "kb.elsewhere"},
    "kb.operations": {"kb.store", "kb.ask", "kb.operations"},
    "kb.cli": {
        *("kb.intake", "kb.protocols", "kb.mapping", "kb.store", "kb.ask", "kb.elsewhere", "kb.operations", "kb.cli")
    },
    "web": {"kb.protocols", "kb.mapping", "kb.store", "kb.ask", "kb.elsewhere", "kb.operations", "kb.cli", "web"},
}
"""Room → the rooms that it may import, besides the edges."""

OWNERS = {
    "brotli": {"web.coding"},
    "zstandard": {"web.coding"},
    "flask": {"web"},
    "openpyxl": {"kb.protocols", "kb.mapping"},
    "numpy": {"kb.store.buildings", "kb.ask.buildings"},
    "pyarrow": {"kb.store.distributions.tables", "kb.store.buildings.tables"},
    "granian": {"web.server"},
    "mcp": {"web.mcp.tools"},
    "prometheus_client": {"web.operations.metrics", "web.operations.gauges"},
    "pydantic": {"web.mcp.tools"},
    "pyproj": {"kb.mapping", "kb.store.buildings.points"},
    "python_calamine": {"kb.intake"},
    "rapidfuzz": {"kb.mapping", "kb.ask.search.words", "kb.store.buildings.same"},
    "pyshacl": {"kb.protocols"},
    "shacl": {"kb.protocols"},
    "shapely": {"kb.store.buildings", "kb.ask.buildings"},
    "sqlite3": {"kb.store.database"},
    "SPARQLWrapper": {"kb.store.remote"},
    "tantivy": {"kb.store.search_index", "kb.ask.search"},
    "tree_sitter": {"kb.ask.grammar"},
    "tree_sitter_sparql": {"kb.ask.grammar"},
}
"""Outside package → the only modules or rooms that import it."""

MODULES = sorted([*ROOT.glob("kb/**/*.py"), *ROOT.glob("web/**/*.py")])


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> Iterator[str]:
    """Full names of what the module imports, wherever the statement stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, rooms: set[str]) -> bool:
    return any(name == room or name.startswith(room + ".") for room in rooms)


def allowed(module: str) -> set[str]:
    if within(module, EDGES):
        return EDGES
    return EDGES | next((rooms for room, rooms in READS_FROM.items() if within(module, {room})), set())


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_follow_the_table(path: Path) -> None:
    module = name_of(path)
    for name in imported(path):
        if within(name, {"kb", "web"}):
            assert within(name, allowed(module)), f"{module} imports {name}"
        package = name.partition(".")[0]
        if package in OWNERS:
            assert within(module, OWNERS[package]), f"{module} imports {name}, which {OWNERS[package]} owns"


@pytest.mark.parametrize("package", OWNERS)
def test_every_owner_imports_what_it_owns(package: str) -> None:
    users = {name_of(path) for path in MODULES if any(name.partition(".")[0] == package for name in imported(path))}
    for owner in OWNERS[package]:
        assert any(within(user, {owner}) for user in users), f"{owner} does not import {package}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_environment_has_one_reader(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = [n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr in ("environ", "getenv")]
    read = [n for n in named if ast.unparse(n) != "request.environ"]  # which is that of WSGI
    assert not read or name_of(path) == "kb.config"


STORE = {"kb.store", "kb.ask", "kb.intake.sparql", "kb.protocols.whole_rules"}
"""Where pyoxigraph's Store may be named; in the last two it is in memory, empty or of what is being checked."""


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_store_opens_in_its_rooms_only(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "Store"]
    opens = any(name == "pyoxigraph.Store" for name in imported(path))
    assert not (opens or named) or within(name_of(path), STORE)


def test_a_planted_import_is_caught() -> None:
    assert not within("web.home", allowed("kb.ask.lists"))
    assert not within("kb.store.primary", allowed("kb.protocols.check"))
    assert within("kb.store.primary", allowed("kb.ask.lists"))


def test_modules_stay_small() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: n for name, n in lengths.items() if n > 400} == {}
