"""The cache on disk: what was kept comes back, anything else counts as nothing, and nothing of it is ever an error."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.predictors import cache

CONTENT = b"what was computed" * 99


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "kept"))
    return tmp_path / "kept"


def whole(stream: BinaryIO) -> bytes:
    return stream.read()


def keep(name: str = "one", content: bytes = CONTENT) -> None:
    cache.save(name, [content[:5], content[5:]])


def the_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_what_was_kept_comes_back(folder: Path) -> None:
    assert cache.load("one", whole) is None
    keep()
    assert cache.load("one", whole) == CONTENT
    assert cache.load("two", whole) is None
    keep(content=b"another")
    assert cache.load("one", whole) == b"another"
    assert the_file(folder).stat().st_mode & 0o077 == 0 or os.name == "nt"


@settings(deadline=None, max_examples=60, derandomize=True, database=None)
@given(data=st.data())
def test_a_damaged_file_counts_as_none(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    where = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(cache.VARIABLE, str(where))
        keep()
        path = the_file(where)
        sound = path.read_bytes()
        kind = data.draw(st.sampled_from(["flip", "cut", "longer", "other"]))
        at = data.draw(st.integers(0, len(sound) - 1))
        flipped = sound[:at] + bytes([sound[at] ^ 1 << data.draw(st.integers(0, 7))]) + sound[at + 1 :]
        damaged = {"flip": flipped, "cut": sound[:at], "longer": sound + b"\0", "other": data.draw(st.binary())}[kind]
        path.write_bytes(damaged)
        assert cache.load("one", whole) is None
        keep()
        assert cache.load("one", whole) == CONTENT


def test_a_file_of_another_name_counts_as_none(folder: Path) -> None:
    keep()
    path = the_file(folder)
    path.rename(path.with_name(path.name.replace("one", "two")))
    assert cache.load("two", whole) is None


def test_what_a_reader_refuses_counts_as_none(folder: Path) -> None:
    def refuses(stream: BinaryIO) -> bytes:
        raise ValueError(stream)

    keep()
    assert the_file(folder).exists()
    assert cache.load("one", refuses) is None


def test_off_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv(cache.VARIABLE, "off")
    keep()
    assert cache.load("one", whole) is None
    assert list(tmp_path.iterdir()) == []


def test_it_lies_where_caches_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(cache.VARIABLE)
    monkeypatch.setattr(cache.sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.folder() == tmp_path / "codelength"
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.folder() == tmp_path / ".cache" / "codelength"
    monkeypatch.setattr(cache.sys, "platform", "darwin")
    assert cache.folder() == tmp_path / "Library" / "Caches" / "codelength"


def unusable_file(path: Path) -> Path:
    path.write_bytes(b"a file where a folder should be")
    return path


def unusable_parent(path: Path) -> Path:
    return unusable_file(path) / "below"


@pytest.mark.parametrize("unusable", [unusable_file, unusable_parent])
def test_a_folder_that_cannot_be_made_is_no_error(
    unusable: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(cache.VARIABLE, str(unusable(tmp_path / "file")))
    keep()
    assert cache.load("one", whole) is None


def test_a_folder_that_cannot_be_written_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root may write everywhere, it is opening for writing and setting times that fail here."""
    keep()

    def refused(*_args: object, **_options: object) -> None:
        raise PermissionError("read-only file system")

    monkeypatch.setattr(cache, "NamedTemporaryFile", refused)
    monkeypatch.setattr(cache.os, "utime", refused)
    keep("two")
    assert cache.load("one", whole) == CONTENT
    assert cache.load("two", whole) is None
    assert the_file(folder).name.startswith("one")


def test_a_disk_that_fills_up_leaves_nothing(folder: Path) -> None:
    def parts() -> Iterator[bytes]:
        yield CONTENT
        raise OSError(28, "No space left on device")

    cache.save("one", parts())
    assert list(folder.iterdir()) == []


def test_an_interrupt_leaves_nothing(folder: Path) -> None:
    def parts() -> Iterator[bytes]:
        yield CONTENT
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.save("one", parts())
    assert list(folder.iterdir()) == []


def test_what_was_used_longest_ago_goes_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = {name: os.urandom(2000) for name in ("one", "two", "three", "four")}
    monkeypatch.setattr(cache, "MOST_BYTES", 7000)
    for age, name in ((300, "one"), (200, "two"), (100, "three")):
        keep(name, noise[name])
        (path,) = folder.glob(f"{name}*")
        then = path.stat().st_mtime - age
        os.utime(path, (then, then))
    assert cache.load("one", whole) == noise["one"]
    keep("four", noise["four"])
    left = {name for name in noise if cache.load(name, whole) == noise[name]}
    assert left == {"one", "three", "four"}
    keep("too much", os.urandom(9000))
    assert cache.load("too much", whole) is None
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 7000


def test_what_died_processes_left_is_removed(folder: Path) -> None:
    keep()
    old, new = folder / "a.unfinished", folder / "b.unfinished"
    for path, age in ((old, 2 * 86400), (new, 60)):
        path.write_bytes(b"half")
        then = path.stat().st_mtime - age
        os.utime(path, (then, then))
    keep("two")
    assert not old.exists()
    assert new.exists()


CONTENDER = """
import sys
from codelength.predictors import cache
content = sys.argv[1].encode() * 20000
for _ in range(40):
    cache.save("one", [content])
    got = cache.load("one", lambda stream: stream.read())
    assert got is not None and len(set(got)) == 1 and len(got) == 20000, got
"""


def test_processes_do_not_disturb_each_other(folder: Path) -> None:
    """Each reads what one of them wrote, whole."""
    running = [subprocess.Popen([sys.executable, "-c", CONTENDER, letter]) for letter in "abc"]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert the_file(folder).name.startswith("one")


@pytest.mark.skipif(os.name != "posix", reason="owners and modes are those of POSIX")
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777, 0o1777])
def test_a_folder_that_others_may_write_to_counts_as_none(folder: Path, mode: int) -> None:
    keep()
    folder.chmod(mode)
    assert cache.load("one", whole) is None
    keep("two")
    assert the_file(folder).name.startswith("one")
    folder.chmod(0o755)
    assert cache.load("one", whole) == CONTENT


@pytest.mark.skipif(os.name != "posix", reason="owners and modes are those of POSIX")
def test_a_file_that_others_may_write_counts_as_none(folder: Path) -> None:
    keep()
    for mode, there in ((0o660, None), (0o602, None), (0o644, CONTENT), (0o600, CONTENT)):
        the_file(folder).chmod(mode)
        assert cache.load("one", whole) == there


@pytest.mark.skipif(os.name != "posix", reason="owners and modes are those of POSIX")
@pytest.mark.parametrize("whose", ["file", "folder"])
def test_what_another_user_planted_counts_as_none(folder: Path, monkeypatch: pytest.MonkeyPatch, whose: str) -> None:
    """A sound file, in a folder that was ours or is the other's."""
    keep()
    planted = the_file(folder).stat().st_ino if whose == "file" else folder.stat().st_ino
    true = os.fstat

    def of_another(descriptor: int) -> os.stat_result:
        about = true(descriptor)
        if about.st_ino != planted:
            return about
        return os.stat_result([12345 if k == 4 else value for k, value in enumerate(about)])

    assert cache.load("one", whole) == CONTENT
    monkeypatch.setattr(cache.os, "fstat", of_another)
    assert cache.load("one", whole) is None
