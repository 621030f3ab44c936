"""A file that is whole or not there: it gets its name only when all of it is on the disk.

On Linux it is written without any name (O_TMPFILE, since 3.11) and linked under its own when it is done (linkat), so
that nothing is left of a process that is killed, by whatever signal or by a power cut. A link cannot take the place of
a file that is there: to replace one, the finished file is linked under a hidden name beside it, which is renamed over
the old one by the very next system call. Only a kill between those two calls leaves anything: the whole new file,
hidden, beside the whole old one. Where a file system or another system has no unnamed files, it is written under the
hidden name `.codelength-*.tmp` in the same directory; a kill that cannot be caught leaves that.

Cost: one fsync of the file and one of its directory.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

_PREFIX = ".codelength-"
_SUFFIX = ".tmp"

_OPEN_FILES = Path("/proc/self/fd")
_HAS_NO_UNNAMED = {errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT, errno.ENOSYS}
"""What kernels and file systems answer that have no unnamed files; a missing directory is found out again by name."""


@contextmanager
def whole_file(path: Path, *, replace: bool, like: os.stat_result | None = None) -> Iterator[BinaryIO]:
    """A file that appears under its name only when the block ends without an error.

    Parameters
    ----------
    path
        Where it shall be. A symbolic link is followed.
    replace
        Whether a file that is there may be replaced.
    like
        Mode and times to take over.

    Raises
    ------
    OSError
        Naming `path`: a file exists already, its directory cannot be written to, or the disk is full. Then nothing is
        left of the new file, and an old one is as it was.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with whole_file(Path(folder, "a"), replace=False) as file:
    ...         n = file.write(b"text")
    ...         before = list(Path(folder).glob("*a*"))
    ...     before, Path(folder, "a").read_bytes()
    ([], b'text')
    """
    target = Path(os.path.realpath(path))
    with _named_in_errors(path):
        if target.exists() and not target.is_file():
            raise FileExistsError(errno.EEXIST, "exists and is no regular file")
        name: str | None = None
        descriptor = _unnamed(target.parent)
        if descriptor is None:
            descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=_PREFIX, suffix=_SUFFIX)
    file = os.fdopen(descriptor, "wb")
    try:
        yield cast(BinaryIO, Written(file, path))
        with _named_in_errors(path):
            file.flush()
            os.fchmod(descriptor, stat.S_IMODE(like.st_mode) & 0o777 if like is not None else 0o666 & ~_umask())
            if like is not None:
                os.utime(descriptor, ns=(like.st_atime_ns, like.st_mtime_ns))
            os.fsync(descriptor)
            if name is None:
                _link(descriptor, target, replace=replace)
            file.close()
            if name is not None:
                _rename(Path(name), target, replace=replace)
    except BaseException:
        with contextlib.suppress(OSError):  # closing writes what is still held, which a full disk refuses once more
            file.close()
        if name is not None:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
        raise
    _sync_directory(target.parent)


class Written:
    """A file to write to whose errors name it, as the person knows it."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = file
        self._path = path

    def write(self, data: bytes, /) -> int:
        """All of `data`."""
        with _named_in_errors(self._path):
            return self._file.write(data)

    def flush(self) -> None:
        """Hand over what is held."""
        with _named_in_errors(self._path):
            self._file.flush()


@contextmanager
def _named_in_errors(path: Path) -> Iterator[None]:
    """People know a file by the name they gave, not by that of a temporary one or by none."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = os.fspath(path), None
        raise


def _unnamed(directory: Path) -> int | None:
    """A file without a name, or None where there are none."""
    if not (hasattr(os, "O_TMPFILE") and _OPEN_FILES.is_dir()):
        return None
    try:
        return os.open(directory, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if error.errno in _HAS_NO_UNNAMED:
            return None
        raise


def _link(descriptor: int, target: Path, *, replace: bool) -> None:
    """Give an unnamed file its name."""
    try:
        _link_as(descriptor, target)
    except FileExistsError:
        if not replace:
            raise
        beside = target.with_name(f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}")
        _link_as(descriptor, beside)
        try:
            beside.replace(target)
        except BaseException:
            beside.unlink()
            raise


def _link_as(descriptor: int, name: Path) -> None:
    # A directory's descriptor, even where it is not needed, makes Python call linkat, which follows the link in /proc.
    os.link(_OPEN_FILES / str(descriptor), name, src_dir_fd=descriptor, follow_symlinks=True)


def _rename(beside: Path, target: Path, *, replace: bool) -> None:
    """Give a finished file its name: by a link where nothing may be replaced, since renaming asks nobody."""
    if not replace:
        try:
            os.link(beside, target)
        except FileExistsError:
            raise
        except OSError:
            # A file system without links: what was not there a moment ago is taken to be absent.
            if target.exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        else:
            beside.unlink()
            return
    beside.replace(target)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        # Some file systems sync no directories; the name itself has been given.
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
