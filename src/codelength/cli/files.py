"""The files of the commands: input that streams, output that is whole or not there (`core.whole`). `-` is stdin or
stdout; an existing pipe or device is written to as it is.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from codelength.core import DataError, whole_file
from codelength.core.whole import Written
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
    sink = cast(BinaryIO, Written(sys.stdout.buffer, Path("stdout")))
    yield sink
    sink.flush()


@contextmanager
def new_file(path: Path, *, force: bool, like: os.stat_result | None = None) -> Iterator[BinaryIO]:
    """`whole_file`, or an existing pipe or device written to as it is.

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
        The file exists already, is a directory, or cannot be written: no such directory, no permission, a full disk.
    """
    if path.is_dir():
        raise DataError(f"{display(path)}: is a directory; name a file")
    refuse_existing(path, force=force)
    as_it_is = path.exists() and not path.is_file()
    try:
        with _device(path) if as_it_is else whole_file(path, replace=force, like=like) as file:
            yield file
    except BrokenPipeError:
        raise
    except FileExistsError as error:
        raise _exists(path) from error
    except OSError as error:
        if error.filename != os.fspath(path):
            raise  # of what is read, not of what is written
        reason = (error.strerror or str(error)).lower()
        raise DataError(f"{display(path)}: cannot be written ({reason})") from error


@contextmanager
def _device(path: Path) -> Iterator[BinaryIO]:
    device = path.open("wb")
    try:
        sink = cast(BinaryIO, Written(device, path))
        yield sink
        sink.flush()
    finally:
        with contextlib.suppress(OSError):  # what is still held was refused already
            device.close()


def refuse_existing(path: Path, *, force: bool) -> None:
    """Raise `DataError` if such a file is there and may not be replaced, or its directory is not; pipes and devices may
    be written to.
    """
    if not force and path.is_file():
        raise _exists(path)
    if not path.absolute().parent.is_dir():
        raise DataError(f"{display(path)}: cannot be written (no such file or directory)")


def _exists(path: Path) -> DataError:
    return DataError(f"{display(path)}: exists already; -f overwrites it, -o names another")


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
