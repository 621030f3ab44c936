"""A file is whole or not there: on file systems with unnamed files, and on those without."""

import errno
import os
from pathlib import Path

import pytest

from codelength.core import whole_file


@pytest.fixture(params=["unnamed", "named", "no links"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How files come to their names: as the system has it, without unnamed files, and without links too."""
    kind = str(request.param)

    def no_unnamed(path: object, flags: int, *args: object, **options: object) -> int:
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
        return real_open(path, flags, *args, **options)  # type: ignore[arg-type]

    def no_links(*_args: object, **_options: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    real_open = os.open
    if kind != "unnamed":
        monkeypatch.setattr(os, "open", no_unnamed)
    if kind == "no links":
        monkeypatch.setattr(os, "link", no_links)
    return kind


def write(path: Path, content: bytes, *, replace: bool = False) -> None:
    with whole_file(path, replace=replace) as file:
        file.write(content)
        assert not path.exists() or path.read_bytes() != content


def test_a_file_is_there_when_it_is_done(way: str, tmp_path: Path) -> None:
    assert way
    path = tmp_path / "a"
    write(path, b"first")
    with pytest.raises(FileExistsError) as caught:
        write(path, b"second")
    assert caught.value.filename == str(path)
    assert path.read_bytes() == b"first"
    write(path, b"third", replace=True)
    assert path.read_bytes() == b"third"
    write(tmp_path / "b", b"new", replace=True)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a", "b"]


def test_somebody_else_was_quicker(way: str, tmp_path: Path) -> None:
    """What has appeared meanwhile is not replaced unasked."""
    assert way
    path = tmp_path / "a"
    with pytest.raises(FileExistsError), whole_file(path, replace=False) as file:
        file.write(b"ours")
        path.write_bytes(b"theirs")
    assert path.read_bytes() == b"theirs"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_what_ends_in_an_error_leaves_nothing(way: str, tmp_path: Path, error: type[BaseException]) -> None:
    assert way
    with pytest.raises(error), whole_file(tmp_path / "a", replace=True) as file:
        file.write(b"half")
        raise error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", ["fsync", "fchmod"])
def test_a_disk_that_is_full_at_the_end_leaves_nothing(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert way
    path = tmp_path / "a"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match="No space left") as caught:
        write(path, b"new", replace=True)
    assert caught.value.filename == str(path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_has_a_name_while_it_is_written(tmp_path: Path) -> None:
    if not hasattr(os, "O_TMPFILE"):
        expected = 1
    else:
        try:
            os.close(os.open(tmp_path, os.O_TMPFILE | os.O_WRONLY))
            expected = 0
        except OSError:
            expected = 1
    with whole_file(tmp_path / "a", replace=False) as file:
        file.write(b"text")
        assert len(list(tmp_path.iterdir())) == expected


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(FileExistsError, match="no regular file"):
            write(path, b"x", replace=True)
    assert (tmp_path / "pipe").is_fifo()


def test_mode_and_times_are_taken_over(way: str, tmp_path: Path) -> None:
    assert way
    model = tmp_path / "model"
    model.touch()
    model.chmod(0o640)
    os.utime(model, ns=(10**18, 10**18 + 12_345_678))
    with whole_file(tmp_path / "a", replace=False, like=model.stat()) as file:
        file.write(b"text")
    status = (tmp_path / "a").stat()
    assert (status.st_mode & 0o777, status.st_mtime_ns) == (0o640, 10**18 + 12_345_678)
    write(tmp_path / "b", b"x")
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o666 & ~mask
