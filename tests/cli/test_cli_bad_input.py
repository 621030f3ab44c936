"""Bad input: one clear line, exit 1, nothing half-written; with --json the same as one object."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import codelength as cl

Run = Callable[..., Any]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with a sound file and bad ones."""
    (tmp_path / "good").write_bytes(b"some text to work with, and some more of it\n" * 20)
    (tmp_path / "empty").touch()
    (tmp_path / "binary").write_bytes(bytes(range(256)) * 4)
    (tmp_path / "bad.jsonl").write_bytes(b'{"text": "fine"}\n{"text": \n')
    (tmp_path / "no").mkdir()
    return tmp_path


CASES = [
    (["bits", "missing"], "missing: does not exist"),
    (["bits", "empty"], "empty: is empty"),
    (["bits", "no"], "no: is empty"),
    (["bits", "good", "good"], "named twice"),
    (["bits", "good", "--max-size", "10"], "more than the 10 B allowed"),
    (["bits", "good", "--given", "missing"], "missing: does not exist"),
    (["bits", "good", "--given", "empty"], "empty: is empty"),
    (["bits", "good", "--code", "nonsense"], "no code is called 'nonsense'"),
    (["bits", "good", "--code", "zlib:level=99"], "zlib:level=99"),
    (["bits", "good", "--code", "zlib:colour=3"], "zlib:colour=3"),
    (["bits", "good", "--code", "zlib+kt"], "cannot be mixed"),
    (["shared", "good", "missing"], "missing: does not exist"),
    (["shared", "good", "missing", "empty"], "missing: does not exist"),
    (["select", "--task", "missing", "--pool", "good"], "missing: does not exist"),
    (["select", "--task", "empty", "--pool", "good"], "empty: is empty"),
    (["select", "--task", "good", "--pool", "empty"], "empty: is empty"),
    (["select", "--documents", "--task", "good", "--pool", "binary"], "is binary"),
    (["select", "--documents", "--task", "good", "--pool", "bad.jsonl"], "bad.jsonl, line 2: malformed JSON"),
    (["select", "--documents", "--task", "good", "--pool", "empty"], "holds no document"),
    (["compress", "missing", "--code", "kt"], "missing: does not exist"),
    (["compress", "no", "--code", "kt"], "no: is a directory"),
    (["compress", ".", "--code", "kt"], ".: is a directory"),
    (["compress", "/", "--code", "kt"], "/: is a directory"),
    (["compress", "good", "--code", "nonsense"], "no code is called 'nonsense'"),
    (["decompress", "good", "-o", "out"], "not a codelength frame"),
    (["decompress", "empty", "-o", "out"], "the input is empty"),
    (["test", "binary"], "not a codelength frame"),
    (["list", "good"], "not a codelength frame"),
    (["generate", "--given", "missing", "--code", "kt"], "missing: does not exist"),
    (["program", "missing", "-o", "out"], "missing: does not exist"),
    (["program", "empty", "-o", "out"], "empty: is empty"),
]


@pytest.mark.parametrize(("args", "message"), CASES, ids=[" ".join(args) for args, _ in CASES])
def test_one_clear_line_and_nothing_written(run: Run, files: Path, args: list[str], message: str) -> None:
    before = sorted(files.iterdir())
    ran = run(*args)
    assert message in ran.complaint
    assert ran.out == ""
    assert sorted(files.iterdir()) == before


@pytest.mark.parametrize(("args", "message"), CASES, ids=[" ".join(args) for args, _ in CASES])
def test_the_same_as_one_json_object(run: Run, files: Path, args: list[str], message: str) -> None:
    ran = run(*args, "--json")
    assert ran.code == 1
    assert message in ran.json["error"]["message"]
    assert ran.complaint
    assert files.is_dir()


def test_a_future_version_and_an_unknown_code_are_named(run: Run, files: Path) -> None:
    frame = run("compress", "-c", "good", "--code", "kt").bytes
    (files / "future").write_bytes(frame[:3] + b"\x63" + frame[4:])
    assert "version 99" in run("decompress", "future", "-o", "out").complaint
    (files / "unknown").write_bytes(frame.replace(b"kt", b"qq", 1))
    assert "no code is called 'qq'" in run("decompress", "unknown", "-o", "out").complaint
    assert not (files / "out").exists()


def test_a_report_that_cannot_be_written_is_one_line(run: Run, files: Path) -> None:
    (files / "other").write_bytes(b"other text")
    ran = run("shared", "good", "other", "--code", "zlib", "--report", "no/such/page.html")
    assert ran.code == 1
    assert "no/such/page.html" in ran.err.splitlines()[-1]
    assert ran.out == "", "said before anything is computed"


def test_a_report_takes_the_place_of_nothing_but_a_report(run: Run, files: Path) -> None:
    (files / "other").write_bytes(b"other text")
    pair = ("shared", "good", "other", "--code", "zlib", "--report")
    before = (files / "good").read_bytes()
    assert "exists and is no page" in run(*pair, "good").complaint
    assert (files / "good").read_bytes() == before
    assert "is a directory" in run(*pair, "no").complaint
    assert run(*pair, "page.html").code == run(*pair, "page.html").code == 0


def test_what_a_directory_left_out_is_said(run: Run, files: Path) -> None:
    (files / "no" / "seen").write_bytes(b"seen")
    (files / "no" / ".hidden").write_bytes(b"hidden")
    ran = run("bits", "no", "--code", "kt")
    assert (ran.code, ran.err.strip()) == (0, "warning: left out no/.hidden: is hidden")
    assert run("bits", "no", "--code", "kt", "--json").json["warnings"] == ["left out no/.hidden: is hidden"]


def test_names_with_markup_or_escapes_stay_names(run: Run, files: Path) -> None:
    for name in ("[red]x[bold]", "\x1b[31mred"):
        (files / name).write_bytes(b"text " * 50)
        ran = run("bits", name, "good", "--code", "zlib")
        assert ran.code == 0
        assert "\x1b" not in ran.out
    assert "[red]x" in run("bits", "[red]x[bold]", "--code", "zlib").out


@pytest.mark.parametrize(
    "command",
    [
        ["bits", "good"],
        ["shared", "good", "binary"],
        ["select", "--task", "good", "--pool", "binary"],
        ["search", "good"],
        ["demo"],
    ],
    ids=lambda command: command[0],
)
def test_no_worker_is_a_usage_error(run: Run, files: Path, command: list[str]) -> None:  # noqa: ARG001
    ran = run(*command, "--jobs", "0")
    assert ran.code == 2
    assert "1 or more" in ran.err
    assert ran.out == ""


def test_no_worker_is_an_error_in_python() -> None:
    for work in (
        lambda: cl.select(b"a task", {"x": b"one", "y": b"other"}, jobs=0),
        lambda: cl.search(b"squares", threads=0),
    ):
        with pytest.raises(cl.CodelengthError, match="1 or more"):
            work()
