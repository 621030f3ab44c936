"""Compressing into frames and back: whole bytes objects, and one binary file to another with bounded memory.

A code named `cm`, with no primer set, is given the parameters that suit the data (`catalogue.choice`).
They are chosen from the first MiB, which is held until it is coded, and stand in the frame. What is nearly a copy of
the side information is coded by `delta` instead (`copied`).
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from codelength.api.codes import Side, Spec, joined, primed, resolve
from codelength.catalogue import DEFAULT, HEAD, choice, copier, make
from codelength.core import Code

if TYPE_CHECKING:
    from codelength.coding.frame import FrameInfo

MAX_SIZE = 1 << 30
"""Bytes that a decoder returns at most unless the caller allows more: 1 GiB."""


def compress(data: bytes, code: Spec = DEFAULT, given: Side = None) -> bytes:
    """One frame that holds `data`: the file format of docs/format.md, with its digest.

    Parameters
    ----------
    data
        What to compress.
    code
        A catalogue spec or a code. "cm" with no more than a preset or memory is given what suits the data, and the
        frame says so; with no more than a preset, what is nearly a copy of `given` is coded by "delta". "cm:primer=0"
        and a code as an object stay as they are.
    given
        Side information. Whoever decompresses the frame gives the same.

    Raises
    ------
    UnknownCodeError
        No such code, or one that takes no side information where some is given.

    Examples
    --------
    >>> import codelength as cl
    >>> cl.decompress(cl.compress(b"abracadabra", code="zlib"))
    b'abracadabra'
    """
    sink = io.BytesIO()
    frame_writer(code, given)(io.BytesIO(data), sink, len(data))
    return sink.getvalue()


def decompress(frame: bytes, given: Side = None, max_size: int = MAX_SIZE) -> bytes:
    """What one or more frames hold, in their order.

    Parameters
    ----------
    frame
        Frames, as `compress` or the command line made them.
    given
        The side information they were made with.
    max_size
        Refuse to return more bytes than this.

    Raises
    ------
    StreamError
        No frame, or one that is truncated, damaged, of a later version or too large.
    SideInformationError
        Made with other side information.
    """
    sink = io.BytesIO()
    frame_reader(given, max_size)(io.BytesIO(frame), sink)
    return sink.getvalue()


class FrameWriter(Protocol):
    """`compress` from one binary file to another."""

    def __call__(self, source: BinaryIO, sink: BinaryIO, size: int | None = None, /) -> FrameInfo:
        """Code all that `source` holds; `size` in bytes, where it is known, helps to choose what suits the data."""
        ...


def frame_writer(code: Spec = DEFAULT, given: Side = None) -> FrameWriter:
    """`compress` from one binary file to another, a block at a time: a function that primes once and serves many."""
    from codelength.api.copied import try_copy
    from codelength.coding.blocks import block_coder
    from codelength.coding.frame import side_digest, write_frame
    from codelength.coding.peek import peeked

    side = joined(given)
    digest = side_digest(side) if side else None
    fit = choice(code) if isinstance(code, str) else None
    copies = copier(code) if isinstance(code, str) and side else None

    @lru_cache(maxsize=1)
    def ready(fitted: str | None) -> tuple[str, Code[bytes]]:
        plain = resolve(code if fitted is None else fitted)
        return plain.spec, primed(plain, side)

    @lru_cache(maxsize=1)
    def copying(spec: str) -> Any:
        return primed(make(spec), side)

    if fit is None:
        ready(None)  # what cannot be is said before anything is read

    def write(source: BinaryIO, sink: BinaryIO, size: int | None = None, /) -> FrameInfo:
        fitted = None
        if digest is not None and copies is not None:
            info, source = try_copy(source, sink, size, copying(copies), digest)
            if info is not None:
                return info
        if fit is not None:
            head, source = peeked(source, HEAD)
            fitted = fit(head, size, bool(side))
        spec, conditioned = ready(fitted)
        coder, block_size = block_coder(conditioned)
        return write_frame(source, sink, spec=spec, coder=coder, block_size=block_size, side=digest)

    return write


def frame_reader(given: Side = None, max_size: int = MAX_SIZE) -> Callable[[BinaryIO, BinaryIO], list[FrameInfo]]:
    """`decompress` from one binary file to another: a function that serves many. What it has written to the sink
    counts only once it has returned.
    """
    from codelength.coding.blocks import block_coder
    from codelength.coding.frame import read_frames, side_digest

    side = joined(given)
    digest = side_digest(side) if side else None
    ready = lru_cache(maxsize=1)(lambda spec: primed(make(spec), side))

    def read(source: BinaryIO, sink: BinaryIO) -> list[FrameInfo]:
        return read_frames(
            source, sink, open_coder=lambda spec: block_coder(ready(spec))[0], side=digest, max_size=max_size
        )

    return read
