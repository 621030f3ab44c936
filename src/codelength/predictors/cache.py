"""A cache on disk: what can be computed again, kept so that it need not be.

It lies in the user's cache folder (XDG_CACHE_HOME/codelength, or what is usual on the system), or where
CODELENGTH_CACHE says; CODELENGTH_CACHE=off is none. A file is

    magic | BLAKE2b of the file's name and all that follows | a zstd stream

It is written under another name and then renamed, so processes never meet half of one; nothing of it is used before
its digest is found right. A file that is damaged, or no file of ours, counts as none; against someone who may write to
the folder a digest is no guard. A folder that cannot be written is no error. All files together take at most
`MOST_BYTES`; those used longest ago go first.

Cost, beside the disk's: a second for 900 MB to check, 650 MB to unpack, 300 MB to pack.
"""

from __future__ import annotations

import os
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
        with path.open("rb") as file:
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
