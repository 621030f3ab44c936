"""Output files: written under a temporary name in the same directory, then renamed, so that under its own name a file
is whole or not there. `-` is stdout; an existing pipe or device is written to as it is.

Cost: one fsync of the file and one of its directory.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from codelength.core import DataError
from codelength.data.files import display

STREAM = Path("-")


def is_stream(path: Path) -> bool:
    """Whether a path means stdin or stdout."""
    return path == STREAM


@contextmanager
def stdout_bytes(*, binary: bool, force: bool) -> Iterator[BinaryIO]:
    """Stdout for bytes. Refuses a terminal where the bytes are not for eyes, unless forced."""
    if binary and not force and sys.stdout.isatty():
        raise DataError("stdout is a terminal and this is binary: redirect it, name a file with -o, or force with -f")
    sys.stdout.flush()
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


@contextmanager
def new_file(path: Path, *, force: bool, like: os.stat_result | None = None) -> Iterator[BinaryIO]:
    """A file that appears under its name only when the block ends without an error.

    Parameters
    ----------
    path
        Where it shall be. A symbolic link is followed.
    force
        Whether a file that is there may be replaced.
    like
        Mode and times to take over.

    Raises
    ------
    DataError
        The file exists already, or its directory cannot be written to.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        if target.is_dir():
            raise DataError(f"{display(path)}: is a directory; name a file")
        with target.open("wb") as device:
            yield device
        return
    refuse_existing(path, force=force)
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".codelength-", suffix=".tmp")
    except OSError as error:
        raise DataError(f"{display(path)}: cannot be written ({(error.strerror or str(error)).lower()})") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fchmod(file.fileno(), stat.S_IMODE(like.st_mode) & 0o777 if like is not None else 0o666 & ~_umask())
            if like is not None:
                os.utime(file.fileno(), ns=(like.st_atime_ns, like.st_mtime_ns))
            os.fsync(file.fileno())
        refuse_existing(path, force=force)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise
    _sync_directory(target.parent)


def refuse_existing(path: Path, *, force: bool) -> None:
    """Raise `DataError` if such a file is there and may not be replaced; pipes and devices may be written to."""
    if not force and path.is_file():
        raise DataError(f"{display(path)}: exists already; -f overwrites it, -o names another")


@contextmanager
def output(path: Path, *, binary: bool, force: bool, like: os.stat_result | None = None) -> Iterator[BinaryIO]:
    """`new_file`, or stdout for `-`."""
    if is_stream(path):
        with stdout_bytes(binary=binary, force=force) as sink:
            yield sink
    else:
        with new_file(path, force=force, like=like) as sink:
            yield sink


@contextmanager
def input_file(path: Path) -> Iterator[BinaryIO]:
    """A file's bytes to stream, or stdin for `-`.

    Raises
    ------
    DataError
        Missing, unreadable, or a directory.
    """
    if is_stream(path):
        if sys.stdin.isatty():
            raise DataError("stdin is a terminal: name a file, or pipe something in")
        yield sys.stdin.buffer
        return
    if path.is_dir():
        raise DataError(f"{display(path)}: is a directory; pack it with tar first")
    try:
        file = path.open("rb")
    except FileNotFoundError as error:
        raise DataError(f"{display(path)}: does not exist") from error
    except (OSError, ValueError) as error:
        reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
        raise DataError(f"{display(path)}: cannot be read ({reason})") from error
    with file:
        yield file


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        # Some file systems sync no directories; the rename itself has happened.
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
