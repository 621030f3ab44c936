"""Paths -> bytes: the bytes as they are, a directory in the order of its names, and one clear line for the rest."""

import os
import socket
import threading
from pathlib import Path

import pytest

from codelength.core import DataError
from codelength.data import display, read_path, read_paths


def refused(path: Path, **options: int) -> str:
    with pytest.raises(DataError) as caught:
        read_path(path, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert display(path) in message
    return message


def test_a_file_is_its_bytes(data_dir: Path) -> None:
    path = data_dir / "calgary" / "geo"
    source = read_path(path)
    assert source.content == path.read_bytes()
    assert (source.name, source.files, source.skipped) == (str(path), 1, ())


def test_a_packed_file_is_not_unpacked(data_dir: Path) -> None:
    path = data_dir / "mnist" / "t10k-labels-idx1-ubyte.gz"
    assert read_path(path).content[:2] == b"\x1f\x8b"


def test_a_directory_is_its_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name, content in {"b": b"2", "a": b"1", "c/z": b"4", "c/a": b"3", "d": b""}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    source = read_path(tmp_path)
    assert source.content == b"1234"
    assert source.files == 5
    assert source.skipped == ()


def test_what_a_directory_leaves_out_is_said(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"kept")
    (tmp_path / ".hidden").write_bytes(b"hidden")
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "itself").symlink_to("itself")
    source = read_path(tmp_path)
    assert source.content == b"kept"
    for name in (".hidden", "fifo", "dangling", "loop", "itself"):
        assert sum(f"/{name}:" in line for line in source.skipped) == 1
    assert len(source.skipped) == 5


def test_a_symlink_to_a_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"content")
    (tmp_path / "link").symlink_to("real")
    assert read_path(tmp_path / "link").content == b"content"


def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    writer = threading.Thread(target=fifo.write_bytes, args=(b"x" * 100_000,))
    writer.start()
    assert read_path(fifo).content == b"x" * 100_000
    writer.join()


def test_bad_paths(tmp_path: Path) -> None:
    assert "does not exist" in refused(tmp_path / "missing")
    (tmp_path / "empty").touch()
    assert "is empty" in refused(tmp_path / "empty")
    assert read_path(tmp_path / "empty", allow_empty=True).content == b""
    (tmp_path / "file").write_bytes(b"x")
    assert "cannot be read" in refused(tmp_path / "file" / "below")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "socket"))
    assert "cannot be read" in refused(tmp_path / "socket")
    listener.close()


def test_an_empty_directory_says_what_it_left_out(tmp_path: Path) -> None:
    (tmp_path / ".only").write_bytes(b"hidden")
    assert "is hidden" in refused(tmp_path)


def test_too_much_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(11))
    assert "more than the 10 B allowed" in refused(tmp_path / "file", max_size=10)
    assert len(read_path(tmp_path / "file", max_size=11).content) == 11
    (tmp_path / "other").write_bytes(bytes(5))
    assert "more than the 15 B allowed" in refused(tmp_path, max_size=15)
    assert len(read_path(tmp_path, max_size=16).content) == 16


def test_a_device_that_never_ends_is_refused() -> None:
    assert "more than the 3 MB allowed" in refused(Path("/dev/zero"), max_size=3_000_000)


def test_an_unreadable_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "zopen").write_bytes(b"y")
    real = Path.open

    def denied(self: Path, *args: object, **options: object) -> object:
        if self.name == "secret":
            raise PermissionError(13, "Permission denied")
        return real(self, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", denied)
    assert "permission denied" in refused(tmp_path / "secret")
    source = read_path(tmp_path)
    assert source.content == b"y"
    assert "permission denied" in source.skipped[0]


def test_a_name_cannot_break_the_line(tmp_path: Path) -> None:
    for name in ("two\nlines", "\x1b[31mred", "bad\udcff"):
        assert display(name).isprintable()
        assert "does not exist" in refused(tmp_path / name)


def test_naming_a_source_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    with pytest.raises(DataError, match="named twice"):
        read_paths([tmp_path / "a", tmp_path / "a"])
