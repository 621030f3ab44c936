"""Paths -> bytes. A file is its bytes as they are (nothing is unpacked); a directory is the concatenation of its files,
recursively, in the order of their names; a pipe is what comes out of it; `-` is standard input (a file of that name is
read by its full path).

In a directory whatever cannot be read is left out and said so (`Source.skipped`): hidden files, unreadable ones,
devices and pipes, and links that lead back to a directory already visited. A path that the user named must be
readable. Cost: one read of every file, all of it in memory, so `max_size` bounds it.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from codelength.core import DataError
from codelength.data.sizes import format_size

MAX_SIZE = 1 << 30
"""Bytes that one source may have unless the caller says otherwise."""

STDIN = "-"

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """What a path held.

    Attributes
    ----------
    name
        The path as the user wrote it, printable on one line.
    content
        Its bytes.
    files
        How many files they came from.
    skipped
        What a directory held that was left out, one line each with the reason.
    """

    name: str
    content: bytes
    files: int = 1
    skipped: tuple[str, ...] = ()


def display(path: str | os.PathLike[str]) -> str:
    r"""A path as one printable line: control characters and undecodable bytes are written as escapes.

    Examples
    --------
    >>> print(display("two" + chr(10) + "lines"))
    two\nlines
    """
    text = os.fspath(path)
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def is_stdin(path: str | os.PathLike[str]) -> bool:
    """Whether a path means standard input."""
    return os.fspath(path) == STDIN


def read_path(path: str | os.PathLike[str], *, max_size: int = MAX_SIZE, allow_empty: bool = False) -> Source:
    """The bytes of a file, a pipe, standard input, or all files below a directory.

    Parameters
    ----------
    path
        What to read.
    max_size
        Refuse more bytes than this.
    allow_empty
        Whether no bytes at all are an answer.

    Raises
    ------
    DataError
        Missing, unreadable, empty, or too large.
    """
    name = display(path)
    if not is_stdin(path) and Path(path).is_dir():
        source = _read_directory(Path(path), name, max_size)
    else:
        source = Source(name, _read_file(Path(path), name, max_size))
    if not source.content and not allow_empty:
        left_out = f" ({len(source.skipped)} left out, the first: {source.skipped[0]})" if source.skipped else ""
        raise DataError(f"{name}: is empty{left_out}; there is nothing to measure or learn from")
    return source


def read_paths(paths: Sequence[str | os.PathLike[str]], *, max_size: int = MAX_SIZE) -> list[Source]:
    """`read_path` of each; sources that bear the same name twice are refused, since a table could not tell them apart.

    Raises
    ------
    DataError
        As `read_path`, or a path that was named twice.
    """
    names = [display(path) for path in paths]
    for at, name in enumerate(names):
        if name in names[:at]:
            raise DataError(f"{name}: was named twice; name each source once")
    return [read_path(path, max_size=max_size) for path in paths]


def walk_files(directory: Path, skipped: list[str]) -> Iterator[Path]:
    """Regular files below `directory` in the order of their names; what is left out is added to `skipped`."""
    yield from _walk(directory, set(), skipped)


def _walk(directory: Path, visited: set[tuple[int, int]], skipped: list[str]) -> Iterator[Path]:
    try:
        at = directory.stat()
        if (at.st_dev, at.st_ino) in visited:
            skipped.append(f"{display(directory)}: leads back to a directory already read")
            return
        visited.add((at.st_dev, at.st_ino))
        entries = sorted(directory.iterdir(), key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        skipped.append(f"{display(directory)}: {_reason(error)}")
        return
    for entry in entries:
        if entry.name.startswith("."):
            skipped.append(f"{display(entry)}: is hidden")
            continue
        try:
            mode = entry.stat().st_mode
        except OSError as error:
            skipped.append(f"{display(entry)}: {_reason(error)}")
            continue
        if stat.S_ISDIR(mode):
            yield from _walk(entry, visited, skipped)
        elif stat.S_ISREG(mode):
            yield entry
        else:
            skipped.append(f"{display(entry)}: is not a regular file")


def _read_directory(directory: Path, name: str, max_size: int) -> Source:
    skipped: list[str] = []
    parts: list[bytes] = []
    left = max_size
    for path in walk_files(directory, skipped):
        try:
            with path.open("rb") as file:
                content = file.read(left + 1)
        except OSError as error:
            skipped.append(f"{display(path)}: {_reason(error)}")
            continue
        if len(content) > left:
            raise _too_large(name, max_size)
        left -= len(content)
        parts.append(content)
    return Source(name, b"".join(parts), len(parts), tuple(skipped))


def _read_file(path: Path, name: str, max_size: int) -> bytes:
    try:
        with _opened(path) as file:
            if not is_stdin(path):
                status = os.fstat(file.fileno())
                if stat.S_ISREG(status.st_mode) and status.st_size > max_size:
                    raise _too_large(name, max_size, status.st_size)
            # A pipe or a device may never end: read piece by piece and stop one byte past what is allowed.
            parts: list[bytes] = []
            size = 0
            while size <= max_size and (piece := file.read(min(_PIECE, max_size + 1 - size))):
                parts.append(piece)
                size += len(piece)
    except (OSError, ValueError) as error:
        raise DataError(f"{name}: {_reason(error)}") from error
    if size > max_size:
        raise _too_large(name, max_size)
    return b"".join(parts)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    if not is_stdin(path):
        with path.open("rb") as file:
            yield file
    elif sys.stdin.isatty():
        raise DataError("stdin is a terminal: name a file, or pipe something in")
    else:
        yield sys.stdin.buffer


def _too_large(name: str, max_size: int, size: int | None = None) -> DataError:
    has = f"holds {format_size(size)}, more than" if size is not None else "holds more than"
    return DataError(f"{name}: {has} the {format_size(max_size)} allowed; raise --max-size (max_size=...) to read it")


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "does not exist"
    if isinstance(error, PermissionError):
        return "may not be read (permission denied)"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read ({error.strerror.lower()})"
    return f"cannot be read ({error})"
