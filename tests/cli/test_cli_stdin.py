"""`-` is stdin wherever a file is read once, and refused in words where it cannot be."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

TEXT = b"the quick brown fox jumps over the lazy dog. " * 20
OTHER = b"the lazy dog sleeps while the brown fox jumps. " * 20
LINES = b"".join(b"the fox in line %d\n" % n for n in range(40))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "text").write_bytes(TEXT)
    (tmp_path / "other").write_bytes(OTHER)
    (tmp_path / "lines").write_bytes(LINES)
    return tmp_path


READERS = [
    (["bits", "{}", "--code", "zlib"], TEXT, "text"),
    (["bits", "text", "--given", "{}", "--code", "zlib"], OTHER, "other"),
    (["shared", "{}", "other", "--code", "zlib"], TEXT, "text"),
    (["shared", "text", "other", "{}", "--code", "zlib"], LINES, "lines"),
    (["select", "--task", "{}", "--pool", "other", "--code", "zlib"], TEXT, "text"),
    (["select", "--task", "text", "--pool", "{}", "lines", "--code", "zlib"], OTHER, "other"),
    (["select", "--documents", "--task", "lines", "--pool", "{}", "--code", "zlib"], LINES, "lines"),
    (["generate", "--code", "kt", "-n", "9", "--given", "{}"], TEXT, "text"),
    (["program", "{}", "-o", "/dev/null", "-f"], TEXT, "text"),
]


@pytest.mark.parametrize(("args", "fed", "name"), READERS, ids=[" ".join(args) for args, _, _ in READERS])
def test_a_dash_says_what_the_file_says(run: Run, folder: Path, args: list[str], fed: bytes, name: str) -> None:
    def told(path: str, stdin: bytes | None) -> dict[str, Any]:
        record = run(*[arg.format(path) for arg in args], "--json", stdin=stdin).json
        assert "error" not in record
        return record

    def without_names(value: Any) -> Any:
        if isinstance(value, dict):
            return {without_names(key): without_names(inner) for key, inner in value.items() if key != "seconds"}
        if isinstance(value, list):
            return [without_names(inner) for inner in value]
        return "?" if value in (name, "-") else value

    assert folder.is_dir()
    assert without_names(told("-", fed)) == without_names(told(name, None))


def test_side_information_for_a_frame_comes_through_a_pipe(run: Run, folder: Path) -> None:
    assert run("compress", "text", "--code", "kt", "--given", "-", stdin=OTHER).code == 0
    assert run("test", "text.clen", "--given", "-", stdin=OTHER).code == 0
    assert run("decompress", "-c", "text.clen", "--given", "-", stdin=OTHER).bytes == TEXT
    assert folder.is_dir()


TWICE = [
    ["bits", "-", "--given", "-"],
    ["bits", "-", "-"],
    ["shared", "-", "-"],
    ["select", "--task", "-", "--pool", "-"],
    ["select", "--documents", "--task", "-", "--pool", "-"],
    ["compress", "--given", "-"],
    ["compress", "-", "-c", "--given", "-"],
    ["decompress", "-", "-"],
    ["test", "-", "-"],
    ["list", "-", "-"],
    ["generate", "--given", "-", "--given", "-"],
]


@pytest.mark.parametrize("args", TWICE, ids=" ".join)
def test_stdin_is_not_read_twice(run: Run, args: list[str]) -> None:
    ran = run(*args, stdin=TEXT)
    assert (ran.code, ran.out) == (2, "")
    assert "only once" in " ".join(ran.err.replace("│", " ").split())


@pytest.mark.parametrize(
    "args",
    [
        ["bits", "text", "--report", "-"],
        ["select", "--documents", "--task", "lines", "--pool", "lines", "--out", "-"],
        ["demo", "-o", "-"],
    ],
    ids=" ".join,
)
def test_a_dash_is_refused_where_the_result_has_stdout(run: Run, folder: Path, args: list[str]) -> None:
    ran = run(*args)
    assert (ran.code, ran.out) == (2, "")
    assert "needs a file's name" in " ".join(ran.err.replace("│", " ").split())
    assert not (folder / "-").exists()


def test_bad_stdin_is_one_line(run: Run, folder: Path) -> None:
    assert run("bits", "-", stdin=b"").complaint == "-: is empty; there is nothing to measure or learn from"
    assert "more than the 10 B allowed" in run("bits", "-", "--max-size", "10", stdin=TEXT).complaint
    assert "is binary" in run("select", "--documents", "-t", "-", "-p", "lines", stdin=bytes(99)).complaint
    (folder / "-").write_bytes(b"a file with a strange name")
    assert run("bits", folder / "-", "--code", "kt", "--json").json["rows"]
