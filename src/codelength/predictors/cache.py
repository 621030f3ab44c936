"""A cache on disk: what can be computed again, kept so that it need not be.

It lies in the user's cache folder (XDG_CACHE_HOME/codelength, or what is usual on the system), or where
CODELENGTH_CACHE says; CODELENGTH_CACHE=off is none. A file is

    magic | BLAKE2b of the file's name and all that follows | a zstd stream

It is written under another name and then renamed, so processes never meet half of one; nothing of it is used before
its digest is found right. A file that is damaged, or no file of ours, counts as none. A digest is no guard against
someone who may write to the folder: on POSIX systems a folder or a file that anybody but this user and root owns, or
may write to, counts as none too, and nothing is kept there. A folder that cannot be written is no error. All files
together take at most `MOST_BYTES`; those used longest ago go first.

Cost, beside the disk's: a second for 900 MB to check, 650 MB to unpack, 300 MB to pack.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, BinaryIO, TypeVar

import zstandard

VARIABLE = "CODELENGTH_CACHE"
OFF = "off"

MOST_BYTES = 512 << 20

_SUFFIX, _UNFINISHED = ".cache", ".unfinished"
_MAGIC = b"codelength cache 1\n"
_DIGEST = 32
_PIECE = 1 << 20
_LEVEL = 1
_DAY = 86400

Content = TypeVar("Content")


def folder() -> Path | None:
    """Where the cache lies; None where there is none."""
    said = os.environ.get(VARIABLE, "")
    if said:
        return None if said.lower() == OFF else Path(said)
    if os.name == "nt":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local) / "codelength" / "cache" if local else None
    shared = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if not shared.is_absolute():
        try:
            home = Path.home()
        except RuntimeError:
            return None
        shared = home / "Library" / "Caches" if sys.platform == "darwin" else home / ".cache"
    return shared / "codelength"


def load(name: str, read: Callable[[BinaryIO], Content]) -> Content | None:
    """What `read` makes of the content that is kept under a name; None where there is none that is sound.

    Parameters
    ----------
    name
        Part of the file's name. It says all that the content depends on.
    read
        Reads the content from a stream; a `ValueError` says that it is not what was expected.
    """
    where = folder()
    if where is None:
        return None
    path = where / f"{name}{_SUFFIX}"
    try:
        with _opened(path) as file:
            if file.read(len(_MAGIC)) != _MAGIC or file.read(_DIGEST) != _digest(name, file):
                return None
            file.seek(len(_MAGIC) + _DIGEST)
            content = read(zstandard.ZstdDecompressor().stream_reader(file))
    except (OSError, ValueError, zstandard.ZstdError):
        return None
    with suppress(OSError):
        os.utime(path)
    return content


def save(name: str, parts: Iterable[bytes | memoryview]) -> None:
    """Keep what the parts make together under a name; where that is not possible, nothing happens."""
    where = folder()
    if where is None:
        return
    unfinished = None
    try:
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_ours(where.stat()):
            return
        with NamedTemporaryFile(dir=where, suffix=_UNFINISHED, delete=False) as file:
            unfinished = Path(file.name)
            file.write(_MAGIC + bytes(_DIGEST))
            with zstandard.ZstdCompressor(level=_LEVEL).stream_writer(file, closefd=False) as packed:
                for part in parts:
                    packed.write(part)
            size = file.tell()
            file.seek(len(_MAGIC) + _DIGEST)
            digest = _digest(name, file)
            file.seek(len(_MAGIC))
            file.write(digest)
        if size <= MOST_BYTES:
            unfinished.replace(where / f"{name}{_SUFFIX}")
            _make_room(where)
    except OSError:
        pass
    finally:
        if unfinished is not None:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)


def _opened(path: Path) -> BinaryIO:
    """A file of the folder, once both are found to be ours; `PermissionError` where one is not.

    The folder is opened first and the file looked up in it, so that neither is another than what was asked about.
    """
    if os.name != "posix":
        return path.open("rb")
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if not _is_ours(os.fstat(folder)):
            raise PermissionError(f"others may write to {path.parent}")
        file = os.fdopen(os.open(path.name, os.O_RDONLY, dir_fd=folder), "rb")
    finally:
        os.close(folder)
    if not _is_ours(os.fstat(file.fileno())):
        file.close()
        raise PermissionError(f"others may write to {path}")
    return file


def _is_ours(about: os.stat_result) -> bool:
    """Whether nobody but this user and root can have written it: what ssh asks of its files."""
    if os.name != "posix":
        return True
    return about.st_uid in (0, os.geteuid()) and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _digest(name: str, file: IO[bytes]) -> bytes:
    """Of the name, and of what the file holds from here to its end."""
    digest = blake2b(name.encode(), digest_size=_DIGEST)
    while piece := file.read(_PIECE):
        digest.update(piece)
    return digest.digest()


def _make_room(where: Path) -> None:
    """Remove what was used longest ago, until the rest is small enough, and what processes that died have left."""
    kept = []
    for path in where.iterdir():
        with suppress(OSError):
            about = path.stat()
            if path.suffix == _SUFFIX:
                kept.append((about.st_mtime, about.st_size, path))
            elif path.suffix == _UNFINISHED and about.st_mtime < time.time() - _DAY:
                path.unlink()
    total = sum(size for _, size, _ in kept)
    for _, size, path in sorted(kept):
        if total <= MOST_BYTES:
            break
        with suppress(OSError):
            path.unlink()
        total -= size
