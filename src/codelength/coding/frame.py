"""The frame: the file format that carries a code's name, its blocks and a digest of the content.

    magic 3 | version 1 | flags 1 | spec: length 1, ASCII | [side information's digest 8] |
    { raw size LEB128 > 0 | payload size LEB128 | payload } ... | 0 | digest 8

`docs/format.md` specifies it byte by byte, and what it promises. Frames may follow one another; their content is the
contents joined. Writing and reading hold one block in memory. What a reader has written to its sink counts only once
the reader has returned: the digest comes last. Cost over the payloads: 14 bytes, the spec, 8 with side information,
and 2 to 9 a block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import BinaryIO

from codelength.coding.binary import length_prefix, read_length
from codelength.core import BlockCoder, SideInformationError, StreamError

MAGIC = b"\x93CL"
VERSION = 1
DIGEST_SIZE = 8

MAX_BLOCK = 1 << 26
"""Bytes of content in a block at most: 64 MiB."""

_WITH_SIDE = 1
_PIECE = 1 << 20


def max_payload(raw: int) -> int:
    """Bytes that the payload of a block of `raw` bytes may have: 32 for each, and 1024.

    A byte is 8 binary decisions of at most 32 bits each, so no predictor's block ever needs more; other codes stay
    far below.
    """
    return 32 * raw + 1024


def side_digest(side: bytes) -> bytes:
    """What a frame says of its side information: BLAKE2b of 8 bytes, as `b2sum -l 64` prints it."""
    return blake2b(side, digest_size=DIGEST_SIZE).digest()


@dataclass(frozen=True, slots=True)
class FrameInfo:
    """What a frame says of itself. Sizes in bytes; `stream` is the whole frame; `digest` covers header and content."""

    spec: str
    raw: int
    stream: int
    blocks: int
    side: bytes | None
    digest: bytes


def write_frame(
    source: BinaryIO, sink: BinaryIO, *, spec: str, coder: BlockCoder, block_size: int, side: bytes | None = None
) -> FrameInfo:
    """Code all that `source` holds into one frame.

    Parameters
    ----------
    source, sink
        Binary files; neither need be seekable.
    spec
        What the decoder makes its coder from: 1 to 255 characters of printable ASCII.
    coder
        Fresh, and for this frame only.
    block_size
        Bytes in a block, 1 to `MAX_BLOCK`.
    side
        `side_digest` of the side information that `coder` was given.

    Raises
    ------
    ValueError
        A spec, block size or digest that a frame cannot hold.
    StreamError
        A coder that expands a block beyond `max_payload`: no reader would take it.
    """
    if not 1 <= block_size <= MAX_BLOCK:
        raise ValueError(f"block_size is {block_size}; expected 1 to {MAX_BLOCK}")
    head = _header(spec, side)
    digest = blake2b(head, digest_size=DIGEST_SIZE)
    sink.write(head)
    raw, stream, blocks = 0, len(head), 0
    while block := _read_up_to(source, block_size):
        payload = coder.encode(block)
        if len(payload) > max_payload(len(block)):
            raise StreamError(f"code {spec!r} made {len(payload):,} bytes of {len(block):,}: too many for a frame")
        digest.update(block)
        sizes = length_prefix(len(block)) + length_prefix(len(payload))
        sink.write(sizes)
        sink.write(payload)
        raw += len(block)
        stream += len(sizes) + len(payload)
        blocks += 1
    sink.write(b"\0" + digest.digest())
    return FrameInfo(spec, raw, stream + 1 + DIGEST_SIZE, blocks, side, digest.digest())


def read_frames(
    source: BinaryIO,
    sink: BinaryIO,
    *,
    open_coder: Callable[[str], BlockCoder],
    side: bytes | None = None,
    max_size: int,
) -> list[FrameInfo]:
    """Decode all frames that `source` holds, to its end.

    Parameters
    ----------
    source, sink
        Binary files; neither need be seekable. What is in the sink is not to be used if this raises.
    open_coder
        Makes a fresh coder from a spec, conditioned on the side information. May raise `UnknownCodeError`.
    side
        `side_digest` of that side information, or None without.
    max_size
        Bytes of content, of all frames together, at most.

    Returns
    -------
    list of FrameInfo
        One for each frame, at least one.

    Raises
    ------
    StreamError
        No frame, a frame that is truncated, damaged or of a later version, one of more than `max_size` bytes, or one
        that takes more memory than there is.
    SideInformationError
        A frame that was made with other side information, with none where some is given, or the reverse.
    """
    infos: list[FrameInfo] = []
    written = 0
    for head in _headers(source):
        _check_side(head.side, side)
        with _memory_permitting(head.spec):
            coder = open_coder(head.spec)
        digest = blake2b(head.raw, digest_size=DIGEST_SIZE)
        raw, stream, blocks = 0, len(head.raw), 0
        while sizes := _read_sizes(source, max_size - written):
            with _memory_permitting(head.spec):
                block = coder.decode(_read_exactly(source, sizes.payload), sizes.raw)
            if len(block) != sizes.raw:
                raise StreamError(f"a block says {sizes.raw:,} bytes and decodes to {len(block):,}: it is damaged")
            digest.update(block)
            sink.write(block)
            written += len(block)
            raw += len(block)
            stream += sizes.own + sizes.payload
            blocks += 1
        if _read_exactly(source, DIGEST_SIZE) != digest.digest():
            raise StreamError("the content does not match its digest: the frame is damaged")
        infos.append(FrameInfo(head.spec, raw, stream + 1 + DIGEST_SIZE, blocks, head.side, digest.digest()))
    return infos


def frames_info(source: BinaryIO) -> Iterator[FrameInfo]:
    """What each frame of `source` says of itself; nothing is decoded, so the content is not checked.

    Raises
    ------
    StreamError
        No frame, or one that is truncated, of a later version, or malformed outside its payloads.
    """
    for head in _headers(source):
        raw, stream, blocks = 0, len(head.raw), 0
        while sizes := _read_sizes(source, None):
            left = sizes.payload
            while left:
                left -= len(_read_exactly(source, min(left, _PIECE)))
            raw += sizes.raw
            stream += sizes.own + sizes.payload
            blocks += 1
        digest = _read_exactly(source, DIGEST_SIZE)
        yield FrameInfo(head.spec, raw, stream + 1 + DIGEST_SIZE, blocks, head.side, digest)


@contextmanager
def _memory_permitting(spec: str) -> Iterator[None]:
    """What a frame asks for and the machine does not have is the frame's fault: whoever reads on goes on."""
    try:
        yield
    except MemoryError as error:
        raise StreamError(f"decoding with code {spec!r} takes more memory than there is here") from error


@dataclass(frozen=True, slots=True)
class _Head:
    raw: bytes
    spec: str
    side: bytes | None


@dataclass(frozen=True, slots=True)
class _Sizes:
    raw: int
    payload: int
    own: int


def _header(spec: str, side: bytes | None) -> bytes:
    if not (1 <= len(spec) <= 255 and spec.isascii() and spec.isprintable()):
        raise ValueError(f"spec {spec!r}: expected 1 to 255 characters of printable ASCII")
    if side is not None and len(side) != DIGEST_SIZE:
        raise ValueError(f"the side information's digest has {len(side)} bytes; expected {DIGEST_SIZE}")
    flags = 0 if side is None else _WITH_SIDE
    return MAGIC + bytes([VERSION, flags, len(spec)]) + spec.encode("ascii") + (side or b"")


def _headers(source: BinaryIO) -> Iterator[_Head]:
    """The header of each frame; between two of them whoever iterates reads the frame to its end."""
    number = 0
    while True:
        magic = _read_up_to(source, len(MAGIC))
        if not magic and number:
            return
        if not magic:
            raise StreamError("the input is empty: there is no frame in it")
        if magic != MAGIC:
            what = f"what follows frame {number} is not a frame" if number else "not a codelength frame"
            raise StreamError(f"{what}: it begins with {magic.hex(' ')}, a frame with {MAGIC.hex(' ')}")
        version, flags = _read_exactly(source, 2)
        if version != VERSION:
            raise StreamError(f"the frame is of version {version}, this program reads {VERSION}: get a newer one")
        if flags & ~_WITH_SIDE:
            raise StreamError(f"the frame has unknown flags ({flags:#04x}): it is damaged or needs a newer codelength")
        length = _read_exactly(source, 1)
        name = _read_exactly(source, length[0])
        spec = name.decode("latin-1")
        if not (spec and spec.isascii() and spec.isprintable()):
            raise StreamError(f"the frame names its code {spec!r}, which is not printable ASCII: it is damaged")
        side = _read_exactly(source, DIGEST_SIZE) if flags & _WITH_SIDE else None
        yield _Head(magic + bytes([version, flags]) + length + name + (side or b""), spec, side)
        number += 1


def _check_side(made_with: bytes | None, given: bytes | None) -> None:
    if made_with == given:
        return
    if made_with is None and given is not None:
        raise SideInformationError(
            f"the frame was made without side information, but some was given (digest {given.hex()}): leave it out"
        )
    if made_with is not None and given is None:
        raise SideInformationError(
            f"the frame was made with side information (digest {made_with.hex()}), but none was given: give the same"
        )
    if made_with is not None and given is not None:
        raise SideInformationError(
            f"the frame was made with side information of digest {made_with.hex()}, what was given has {given.hex()}"
        )


def _read_sizes(source: BinaryIO, left: int | None) -> _Sizes | None:
    """Sizes of the next block, None at the end mark. Both are checked before anything of that size is held."""
    raw, raw_own = _read_length(source)
    if raw == 0:
        return None
    if raw > MAX_BLOCK:
        raise StreamError(f"a block claims {raw:,} bytes; a frame's have at most {MAX_BLOCK:,}: it is damaged")
    if left is not None and raw > left:
        raise StreamError(f"the content is larger than max_size: {raw:,} bytes more, where {left:,} are left")
    payload, payload_own = _read_length(source)
    if payload > max_payload(raw):
        raise StreamError(f"a block of {raw:,} bytes claims a payload of {payload:,}: the frame is damaged")
    return _Sizes(raw, payload, raw_own + payload_own)


def _read_length(source: BinaryIO) -> tuple[int, int]:
    digits = bytearray(_read_exactly(source, 1))
    while digits[-1] >= 0x80 and len(digits) < 10:
        digits += _read_exactly(source, 1)
    # Any length that 10 bytes can hold: the limits are the caller's.
    return read_length(bytes(digits), max_size=1 << 70)


def _read_up_to(source: BinaryIO, size: int) -> bytes:
    """`size` bytes, fewer only at the end of the file; held piece by piece as they arrive."""
    parts: list[bytes] = []
    left = size
    while left:
        part = source.read(min(left, _PIECE))
        if not part:
            break
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _read_exactly(source: BinaryIO, size: int) -> bytes:
    data = _read_up_to(source, size)
    if len(data) < size:
        raise StreamError("the input ends within a frame: it is truncated")
    return data
