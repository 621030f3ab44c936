"""Whether data are nearly a copy of side information, found out by coding them as one while they are read.

The rule is in `predictors/delta/suited.py`. The frame is held until it is known: it is a hundredth of the data at most.
Where it fails, what was read is decoded from it again, so that nothing need be read or held twice. Data that have
nothing to do with the side information are told by 64 KiB of the first block, in a third of a second; more
than 100 MB of them, only once `delta` has made a hundredth of their size.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO

from codelength.api.codes import primed
from codelength.catalogue import HEAD, choice, copier, make
from codelength.coding.frame import side_digest, write_frame
from codelength.coding.peek import rejoined
from codelength.predictors.delta.suited import PIECE, PIECES, is_copy

if TYPE_CHECKING:
    from codelength.coding.frame import FrameInfo
    from codelength.predictors.delta import Delta


def try_copy(
    source: BinaryIO, sink: BinaryIO, size: int | None, code: Delta, side: bytes
) -> tuple[FrameInfo | None, BinaryIO]:
    """Write one frame, if the data are nearly a copy of what the code was given.

    Parameters
    ----------
    source, sink
        Binary files; neither need be seekable.
    size
        Bytes of the data, if known.
    code
        Given the side information.
    side
        The digest of that.

    Returns
    -------
    FrameInfo or None
        What has been written; None: nothing.
    BinaryIO
        A file that holds all of the data where nothing has been written. `source` is then not to be read any more.
    """
    trial = _Trial(code, size)
    frame = io.BytesIO()
    try:
        info = write_frame(source, frame, spec=code.spec, coder=trial, block_size=code.block_size, side=side)
    except _NoCopyError:
        return None, rejoined(trial.again(), source)
    if not is_copy(trial.spent, info.raw):
        return None, rejoined(trial.again(), source)
    sink.write(frame.getbuffer())
    return info, source


def fitted(spec: str, data: bytes, side: bytes) -> str:
    """The code that `compress` takes for data that are all there, given side information, where it is named `spec`."""
    copies, fit = copier(spec), choice(spec)
    if side and copies is not None:
        source, nowhere = io.BytesIO(data), io.BytesIO()
        if try_copy(source, nowhere, len(data), _given(copies, side), side_digest(side))[0] is not None:
            return copies
    return spec if fit is None else fit(data[:HEAD], len(data), bool(side))


@lru_cache(maxsize=1)
def _given(spec: str, side: bytes) -> Any:
    return primed(make(spec), side)


class _NoCopyError(Exception):
    """The trial has been given up."""


class _Trial:
    """A coder of blocks that gives up when it has made too much for a near copy."""

    def __init__(self, code: Delta, size: int | None) -> None:
        self._code = code
        self._coder = code.blocks()
        self._whole = size or code.block_size
        self._held: list[tuple[bytes, int]] = []
        self._last = b""
        self.spent = 0

    def encode(self, block: bytes, /) -> bytes:
        """The payload of the next block; the trial's only way to fail is to say so here."""
        self._last = block
        if not self._held and not is_copy(self._foretold(block), self._whole):
            raise _NoCopyError
        payload = self._coder.encode(block)
        self.spent += len(payload)
        if not is_copy(self.spent, max(self._whole, len(block) + sum(size for _, size in self._held))):
            raise _NoCopyError
        self._held.append((payload, len(block)))
        self._last = b""
        return payload

    def _foretold(self, block: bytes) -> int:
        """About how much a large block takes, from pieces of it; 0 for a small one."""
        if len(block) <= PIECES * PIECE:
            return 0
        starts = [k * (len(block) - PIECE) // (PIECES - 1) for k in range(PIECES)]
        made = sum(len(self._code.encode(block[start : start + PIECE])) for start in starts)
        return made * len(block) // (PIECES * PIECE)

    def decode(self, payload: bytes, size: int, /) -> bytes:
        """What `encode` was given."""
        return self._coder.decode(payload, size)

    def again(self) -> Iterator[bytes]:
        """All blocks so far once more."""
        coder = self._code.blocks()
        for payload, size in self._held:
            yield coder.decode(payload, size)
        yield self._last
