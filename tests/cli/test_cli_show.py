"""generate, program, demo: samples repeat with their seed, programs print their file, the demo is the main job."""

import base64
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codelength.cli import stdlib
from codelength.core import DataError

Run = Callable[..., Any]


@pytest.mark.parametrize("code", ["kt", "zlib"])
def test_the_same_seed_draws_the_same_bytes(run: Run, data_dir: Path, tmp_path: Path, code: str) -> None:
    common = ["generate", "--code", code, "--given", data_dir / "calgary" / "progc", "--bytes", "40"]
    first = run(*common, "--seed", "1")
    assert (first.code, len(first.bytes)) == (0, 40)
    assert run(*common, "--seed", "1").bytes == first.bytes
    assert run(*common, "--seed", "2").bytes != first.bytes
    assert base64.b64decode(run(*common, "--seed", "1", "--json").json["base64"]) == first.bytes
    record = run(*common, "--seed", "1", "--json", "-o", "drawn").json
    assert (record["output"], record["bytes"]) == ("drawn", 40)
    assert (tmp_path / "drawn").read_bytes() == first.bytes
    assert "exists already" in run(*common, "-o", "drawn").complaint


def test_samples_cannot_steer_a_terminal() -> None:
    from codelength.cli.generate import harmless

    assert harmless(b"a\x1b[31m\x07\tb\n\xff") == "a\ufffd[31m\ufffd\tb\n\ufffd"


def test_a_program_prints_the_file(run: Run, tmp_path: Path, data_dir: Path) -> None:
    path = data_dir / "canterbury" / "grammar.lsp"
    ran = run("program", path, "-o", "prog.py")
    assert ran.code == 0
    assert "upper" in ran.out
    printed = subprocess.run([sys.executable, "-I", tmp_path / "prog.py"], capture_output=True, check=True)
    assert printed.stdout == path.read_bytes()
    assert "exists already" in run("program", path, "-o", "prog.py").complaint
    record = run("program", path, "-f", "-o", "prog.py", "--json").json
    assert record["k_at_most"] == {"bits": 8.0 * (tmp_path / "prog.py").stat().st_size, "kind": "upper", "stderr": None}
    assert record["program_bytes"] == min(record["sizes"].values())
    assert run("program", path, "-o", "-", "--json").code == 2


def test_the_demo(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole job on smaller pieces: the other half first, noise and shuffled bytes of no use, a page."""
    monkeypatch.setattr(stdlib, "TASK_SIZE", 6_000)
    monkeypatch.setattr(stdlib, "SOURCE_SIZE", 16_000)
    ran = run("demo", "--jobs", "1")
    assert ran.code == 0
    assert ran.out.startswith("other half of asyncio helps most")
    assert "codelength-demo.html" in ran.err
    assert max(map(len, ran.out.splitlines())) <= 80
    page = (tmp_path / "codelength-demo.html").read_text(encoding="utf-8")
    assert "shuffled asyncio" in page
    record = run("demo", "-o", "other.html", "--json", "--code", "zlib", "-j", "1").json
    saved = {row["name"]: row["saved"]["bits"] for row in record["sources"]}
    assert max(saved["random bytes"], saved["shuffled asyncio"]) < 0.2 * saved["other half of asyncio"]
    assert (record["report"], (tmp_path / "other.html").is_file()) == ("other.html", True)


def test_the_demos_data_are_the_same_each_time_and_apart() -> None:
    data = stdlib.standard_library(0)
    assert data == stdlib.standard_library(0)
    assert len(data.pool) >= 7
    assert sorted(data.pool["shuffled asyncio"]) == sorted(data.pool["other half of asyncio"])
    assert not any(data.task[:2000] in source for source in data.pool.values())


def test_a_python_without_sources_is_told_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, run: Run) -> None:
    monkeypatch.setattr("sysconfig.get_paths", lambda: {"stdlib": os.fspath(tmp_path / "python311.zip")})
    assert "no sources of asyncio" in run("demo").complaint
    assert list(tmp_path.iterdir()) == []


def test_a_licence_is_found_without_pythons_own(tmp_path: Path) -> None:
    assert b"opyright" in stdlib.licence(tmp_path)
    (tmp_path / "LICENSE.txt").write_bytes(b"mine")
    assert stdlib.licence(tmp_path) == b"mine"


def test_too_little_of_a_package_is_not_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "asyncio").mkdir()
    (tmp_path / "asyncio" / "__init__.py").touch()
    monkeypatch.setattr("sysconfig.get_paths", lambda: {"stdlib": os.fspath(tmp_path)})
    with pytest.raises(DataError, match="no sources of asyncio"):
        stdlib.standard_library(0)
