"""compress, decompress, test, list: what hands know about a compressor holds here."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codelength.core import CodelengthError

Run = Callable[..., Any]

TEXT = b"the quick brown fox jumps over the lazy dog. " * 30


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text"
    path.write_bytes(TEXT)
    return path


@pytest.mark.parametrize("code", ["cm", "kt", "zlib", "kt+ctw", "huffman"])
@pytest.mark.parametrize("content", [b"", b"x", TEXT, bytes(range(256)) * 5])
def test_there_and_back(run: Run, tmp_path: Path, code: str, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    assert run("compress", "a", "--code", code, "--rm").code == 0
    assert not (tmp_path / "a").exists()
    assert run("test", "a.clen").code == 0
    assert run("decompress", "a.clen").code == 0
    assert (tmp_path / "a").read_bytes() == content
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "a.clen"]


def test_the_source_is_kept_and_the_output_never_overwritten_unasked(run: Run, tmp_path: Path, text: Path) -> None:
    assert run("compress", "-k", text, "--code", "kt").code == 0
    first = (tmp_path / "text.clen").read_bytes()
    assert text.read_bytes() == TEXT
    assert "exists already" in run("compress", text, "--code", "zlib").complaint
    assert (tmp_path / "text.clen").read_bytes() == first
    assert run("compress", "-f", text, "--code", "zlib").code == 0
    assert (tmp_path / "text.clen").read_bytes() != first
    text.write_bytes(b"mine")
    assert "exists already" in run("decompress", "text.clen").complaint
    assert text.read_bytes() == b"mine"
    assert run("decompress", "-f", "text.clen").code == 0
    assert text.read_bytes() == TEXT


def test_a_pipe_is_the_default(run: Run) -> None:
    frame = run("compress", "--code", "kt", stdin=TEXT)
    assert frame.code == 0
    assert run("decompress", stdin=frame.bytes).bytes == TEXT
    assert run("decompress", "-", stdin=frame.bytes).bytes == TEXT
    assert run("test", stdin=frame.bytes).code == 0


def test_to_stdout_and_to_a_name(run: Run, tmp_path: Path, text: Path) -> None:
    frame = run("compress", "-c", text, "--code", "kt").bytes
    assert run("compress", text, "-o", "other.x", "--code", "kt").code == 0
    assert (tmp_path / "other.x").read_bytes() == frame
    assert run("compress", text, "-o", "-", "--code", "kt").bytes == frame
    assert run("decompress", "-c", "other.x").bytes == TEXT
    assert "-o" in run("decompress", "other.x").complaint
    assert run("decompress", "other.x", "-o", "back").code == 0
    assert (tmp_path / "back").read_bytes() == TEXT


def test_frames_may_follow_one_another(run: Run, tmp_path: Path) -> None:
    frames = (
        run("compress", "--code", "kt", stdin=b"one ").bytes + run("compress", "--code", "zlib", stdin=b"two").bytes
    )
    (tmp_path / "both.clen").write_bytes(frames)
    assert run("decompress", "-c", "both.clen").bytes == b"one two"
    listed = run("list", "both.clen", "--json").json["files"][0]["frames"]
    assert [(frame["code"], frame["bytes"]) for frame in listed] == [("kt", 4), ("zlib", 3)]
    assert sum(frame["frame_bytes"] for frame in listed) == len(frames)


def test_mode_and_time_are_kept(run: Run, tmp_path: Path, text: Path) -> None:
    text.chmod(0o640)
    os.utime(text, ns=(10**18, 10**18 + 12_345_678))
    run("compress", text, "--code", "kt", "--rm")
    run("decompress", "text.clen")
    for name in ("text", "text.clen"):
        status = (tmp_path / name).stat()
        assert status.st_mode & 0o777 == 0o640
        assert status.st_mtime_ns == 10**18 + 12_345_678


def test_given_is_needed_to_decompress(run: Run, tmp_path: Path, text: Path) -> None:
    (tmp_path / "x").write_bytes(TEXT)
    (tmp_path / "z").write_bytes(b"something else")
    plain = len(run("compress", "-c", text, "--code", "cm").bytes)
    assert run("compress", text, "--code", "cm", "--given", "x").code == 0
    assert (tmp_path / "text.clen").stat().st_size < plain - 20
    text.unlink()
    for side in ([], ["--given", "z"], ["--given", "x", "--given", "z"]):
        assert "side information" in run("decompress", "text.clen", *side).complaint
        assert not text.exists()
    assert run("decompress", "text.clen", "--given", "x").code == 0
    assert text.read_bytes() == TEXT
    assert run("list", "text.clen", "--json").json["files"][0]["frames"][0]["side_digest"]


def test_a_code_without_side_information_refuses_it(run: Run, tmp_path: Path, text: Path) -> None:
    (tmp_path / "x").write_bytes(TEXT)
    assert "takes no side information" in run("compress", text, "--code", "bz2", "--given", "x").complaint
    assert not (tmp_path / "text.clen").exists()


def test_several_files_and_one_that_fails(run: Run, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(TEXT)
    ran = run("compress", "a", "missing", "b", "--code", "kt")
    assert "missing: does not exist" in ran.complaint
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "a.clen", "b", "b.clen"]
    ran = run("test", "a.clen", "b", "--json")
    assert ran.code == 1
    assert [("ok" in file, "error" in file) for file in ran.json["files"]] == [(True, False), (False, True)]
    assert ran.json["error"]["type"] == "StreamError"


def test_no_flipped_bit_and_no_truncation_passes(run: Run, tmp_path: Path, text: Path) -> None:
    """Through the command: nothing appears under the target's name. (All flips: tests/coding.)"""
    run("compress", text, "--code", "kt", "--rm")
    frame = (tmp_path / "text.clen").read_bytes()
    for at in (0, 3, 4, 5, 6, len(frame) // 2, len(frame) - 1):
        (tmp_path / "text.clen").write_bytes(frame[:at] + bytes([frame[at] ^ 8]) + frame[at + 1 :])
        assert run("decompress", "text.clen").complaint
        (tmp_path / "text.clen").write_bytes(frame[:at])
        assert run("decompress", "text.clen").complaint
        assert [p.name for p in tmp_path.iterdir()] == ["text.clen"]


def test_max_size_guards(run: Run, text: Path) -> None:
    run("compress", text, "--code", "kt", "--rm")
    assert "larger than" in run("decompress", "text.clen", "--max-size", "1kB").complaint
    assert "larger than" in run("test", "text.clen", "--max-size", "1kB").complaint
    assert not text.exists()
    assert run("decompress", "text.clen", "--max-size", "2kB").code == 0


def test_contradictions_are_usage_errors(run: Run, text: Path) -> None:
    for args in (
        ["-c", "-o", "file"],
        ["-c", "--rm"],
        ["-k", "--rm"],
        ["-c", "--json"],
        [text, "-o", "file"],
        ["--max-size", "4 parsecs"],
        ["--no-such-option"],
    ):
        ran = run("compress", text, *args)
        assert (ran.code, ran.out) == (2, "")


def test_compressed_files_are_not_compressed_again_unasked(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.clen").write_bytes(b"x")
    assert "-f compresses it once more" in run("compress", "a.clen", "--code", "kt").complaint
    assert run("compress", "-f", "a.clen", "--code", "kt").code == 0


def test_a_device_is_written_to_and_a_link_is_followed(run: Run, tmp_path: Path, text: Path) -> None:
    assert run("compress", text, "-o", "/dev/null", "--code", "kt").code == 0
    assert not Path("/dev/null").is_file()
    (tmp_path / "real").touch()
    (tmp_path / "link").symlink_to("real")
    assert "exists already" in run("compress", text, "-o", "link", "--code", "kt").complaint
    assert run("compress", text, "-f", "-o", "link", "--code", "kt").code == 0
    assert (tmp_path / "link").is_symlink()
    assert run("decompress", "-c", "real").bytes == TEXT


def test_bad_targets(run: Run, tmp_path: Path, text: Path) -> None:
    assert "cannot be written" in run("compress", text, "-o", "no/such/dir/file", "--code", "kt").complaint
    (tmp_path / "folder").mkdir()
    assert "is a directory" in run("compress", text, "-o", "folder", "--code", "kt").complaint
    assert "is a directory" in run("compress", "folder", "--code", "kt").complaint


def test_a_full_disk_is_one_line_and_leaves_nothing(
    run: Run, tmp_path: Path, text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    complaint = run("compress", text, "--code", "kt", "--rm").complaint
    assert "text.clen: cannot be written (no space left on device)" in complaint
    assert [p.name for p in tmp_path.iterdir()] == ["text"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, CodelengthError])
def test_an_interrupted_write_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    from codelength.cli.files import new_file

    with pytest.raises(error), new_file(tmp_path / "target", force=False) as sink:
        sink.write(b"half")
        raise error
    assert list(tmp_path.iterdir()) == []


def test_what_compress_says_with_json(run: Run, text: Path) -> None:
    record = run("compress", text, "--code", "zlib", "--json").json
    (file,) = record["files"]
    assert (file["source"], file["output"], file["code"], file["bytes"]) == (
        str(text),
        f"{text}.clen",
        "zlib",
        len(TEXT),
    )
    assert file["frame_bytes"] == Path(f"{text}.clen").stat().st_size
    text.unlink()
    record = run("decompress", f"{text}.clen", "--json").json
    assert (record["files"][0]["bytes"], record["files"][0]["frames"]) == (len(TEXT), 1)
