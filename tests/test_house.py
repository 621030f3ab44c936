"""The house keeps its rules: who may import whom (DESIGN.md, "The house"), and every public name is documented."""

import ast
import importlib
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "codelength"

MAY_IMPORT = {
    "core": set(),
    "data": {"core"},
    "coding": {"core"},
    "compressors": {"core"},
    "predictors": {"core", "coding"},
    "models": {"core", "coding", "data"},
    "codes": {"core", "coding"},
    "measures": {"core"},
    "tasks": {"core", "data", "codes", "measures"},
    "report": {"core"},
}
EVERY_ROOM = {*MAY_IMPORT, "catalogue", "api"}
MAY_IMPORT |= {
    "catalogue": EVERY_ROOM - {"catalogue", "api"},
    "api": EVERY_ROOM - {"api"},
    "cli": EVERY_ROOM,
    "__init__": EVERY_ROOM,
    "__main__": {"cli"},
}

FILES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported_rooms(path: Path) -> Iterator[tuple[str, int]]:
    """Every room that a file imports anywhere, also inside functions and for types only, with the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            base = node.module or ""
            names = [f"{base}.{alias.name}" for alias in node.names] if base == "codelength" else [base]
        for name in names:
            parts = name.split(".")
            if parts[0] == "codelength" and len(parts) > 1:
                yield parts[1], getattr(node, "lineno", 0)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_imports_only_what_its_room_may(path: Path) -> None:
    room = room_of(path)
    assert room in MAY_IMPORT, f"{room} is no room of the house: write it into DESIGN.md first"
    # What __init__ gives away by name (`from codelength import __version__`) is the package itself, not a room.
    for other, line in imported_rooms(path):
        assert other in {room, "__version__"} | MAY_IMPORT[room], f"{path.name}:{line}: {room} may not import {other}"


def test_the_rule_sees_a_forbidden_import(tmp_path: Path) -> None:
    guilty = tmp_path / "guilty.py"
    guilty.write_text(
        "def f():\n    from codelength.predictors.kt import KT\n    return KT\nfrom codelength import cli\n"
    )
    assert sorted(imported_rooms(guilty)) == [("cli", 4), ("predictors", 2)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_says_what_it_is_and_can_be_read_at_one_sitting(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), f"{path}: no docstring"
    assert text.count("\n") <= 400, f"{path}: split it"


def test_every_public_name_is_documented() -> None:
    bare = []
    for init in sorted(PACKAGE.rglob("__init__.py")):
        name = ".".join(("codelength", *init.parent.relative_to(PACKAGE).parts))
        module = importlib.import_module(name)
        for public in getattr(module, "__all__", ()):
            value = getattr(module, public)
            if (inspect.isclass(value) or inspect.isfunction(value)) and not inspect.getdoc(value):
                bare.append(f"{name}.{public}")
    assert not bare


def test_names_of_no_meaning_are_not_used() -> None:
    meaningless = {"util", "utils", "helper", "helpers", "misc", "common", "mgr", "manager"}
    assert not [path for path in FILES if path.stem in meaningless]


def test_importing_the_package_imports_nothing_heavy() -> None:
    program = (
        "import sys, codelength; print(sorted({'numba', 'numpy', 'matplotlib', 'rich', 'typer'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_command_line_starts_without_what_computes() -> None:
    program = (
        "import sys, codelength.cli.main; "
        "print(sorted({'numba', 'matplotlib', 'scipy', 'zstandard', 'brotli', 'joblib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
