"""The commands choose what suits a file when nobody has said it, say what they chose, and take --preset everywhere."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from codelength.cli.options import PresetOption

Run = Callable[..., Any]

PROSE = b"It is not the size of the data that counts, but the size of the code. " * 30
NUMBERS = bytes(range(256)) * 8


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "prose").write_bytes(PROSE)
    (tmp_path / "numbers").write_bytes(NUMBERS)
    (tmp_path / "empty").write_bytes(b"")
    return tmp_path


def test_the_presets_are_those_of_the_code() -> None:
    from codelength.predictors.mixing.presets import PRESETS

    (choices, _) = get_args(get_args(PresetOption)[0])
    assert list(get_args(choices)) == list(PRESETS)


def test_list_shows_what_was_chosen(run: Run, folder: Path) -> None:
    record = run("compress", "prose", "numbers", "empty", "--json").json
    assert [file["code"] for file in record["files"]] == ["prose:primer=8", "cm", "cm"]
    listed = run("list", "prose.clen", "numbers.clen", "empty.clen", "--json").json
    assert [file["frames"][0]["code"] for file in listed["files"]] == ["prose:primer=8", "cm", "cm"]
    assert "prose:primer=8" in run("list", "prose.clen").out
    assert run("decompress", "-c", "prose.clen", "numbers.clen", "empty.clen").bytes == PROSE + NUMBERS
    assert folder.is_dir()


def test_stdin_gets_the_frame_of_the_file(run: Run, folder: Path) -> None:
    frame = run("compress", "prose", "-c").bytes
    assert run("compress", stdin=PROSE).bytes == run("compress", "--code", "cm", stdin=PROSE).bytes == frame
    assert run("decompress", stdin=frame).bytes == PROSE
    assert run("decompress", stdin=run("compress", stdin=b"").bytes).bytes == b""
    assert folder.is_dir()


@pytest.mark.parametrize("preset", ["fast", "default", "max"])
def test_a_preset_is_in_the_frame_and_decodes(run: Run, folder: Path, preset: str) -> None:
    spec = {"fast": "prose:preset=fast", "default": "prose:primer=8", "max": "prose:preset=max,primer=16"}[preset]
    assert run("compress", "prose", "--preset", preset, "--json").json["files"][0]["code"] == spec
    frame = (folder / "prose.clen").read_bytes()
    assert run("decompress", stdin=frame).bytes == PROSE
    assert run("compress", "-c", "prose", "--code", "cm", "--preset", preset).bytes == frame
    assert run("compress", "-c", "prose", "--code", f"cm:preset={preset}").bytes == frame


def test_explicit_parameters_win(run: Run, folder: Path) -> None:
    for code, spec in (("cm:primer=0", "cm"), ("cm:primer=2", "cm:primer=2")):
        assert run("compress", "prose", "-f", "--code", code, "--json").json["files"][0]["code"] == spec
        assert run("decompress", "-c", "prose.clen").bytes == PROSE
    assert run("compress", "prose", "-f", "--given", "numbers", "--json").json["files"][0]["code"] == "prose"
    assert run("decompress", "-c", "prose.clen", "--given", "numbers").bytes == PROSE
    assert folder.is_dir()


def test_bits_are_those_of_compress(run: Run, folder: Path) -> None:
    record = run("bits", "prose", "numbers", "--json").json
    assert [(row["asked"], row["code"]) for row in record["rows"]] == [("cm", "prose:primer=8"), ("cm", "cm")]
    for row in record["rows"]:
        frame = len(run("compress", "-c", row["file"]).bytes)
        assert 0 <= frame - row["bits"]["bits"] / 8 < 14 + len(row["code"]) + 9
    shown = run("bits", "prose", "numbers").out
    assert "prose:primer=8" in shown
    assert shown.count("total") == 1
    fixed = run("bits", "prose", "--code", "cm", "--json").json["rows"][0]
    assert (fixed["asked"], fixed["code"]) == ("cm", "cm")
    assert fixed["bits"]["bits"] > record["rows"][0]["bits"]["bits"]
    given = run("bits", "prose", "--given", "numbers", "--json").json["rows"][0]
    assert given["code"] == "prose"
    best = run("bits", "prose", "--preset", "max", "--json").json["rows"][0]
    assert best["code"] == "prose:preset=max,primer=16"
    assert folder.is_dir()


COMMANDS = [
    ["compress", "prose", "-c"],
    ["bits", "prose"],
    ["shared", "prose", "numbers"],
    ["select", "--task", "prose", "--pool", "numbers"],
    ["explain", "prose", "--json"],
    ["generate", "-n", "5"],
    ["demo", "--json"],
]


@pytest.mark.parametrize("args", COMMANDS, ids=lambda args: args[0])
def test_a_preset_of_another_code_is_a_usage_error(run: Run, folder: Path, args: list[str]) -> None:
    for code in ("kt", "cm+ctw", "cm:preset=max"):
        ran = run(*args, "--preset", "fast", "--code", code)
        assert (ran.code, ran.out) == (2, "")
        said = " ".join(ran.err.replace("│", " ").split())
        assert "--code cm:preset=fast" in said
        assert f"--code says {code}" in said
    assert run(*args, "--preset", "best").code == 2
    assert folder.is_dir()


def test_measuring_commands_take_the_preset_as_a_fixed_code(run: Run, folder: Path) -> None:
    (folder / "half").write_bytes(PROSE[:700])
    shared = run("shared", "prose", "half", "--preset", "fast", "--json").json
    assert shared["code"] == "cm:preset=fast"
    assert run("shared", "prose", "half", "--preset", "default", "--json").json["code"] == "cm"
    generated = run("generate", "-n", "5", "--preset", "fast", "--json").json
    assert generated["code"] == "cm:preset=fast"
    explained = run("explain", "half", "--preset", "fast", "--json").json
    assert explained["code"] == "cm:preset=fast"
