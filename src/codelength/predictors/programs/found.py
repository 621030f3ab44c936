"""What the search finds, as a value that can be sent: programs in turn, and what they get wrong.

    stream = length (LEB128), the programs' words filled up to a byte, the residual (range coder)
    words  = gamma(number of segments), then for each but the last gamma(its length), then every program

A program speaks of its segment only: t is 0 where that begins and its history is empty there. The residual's estimates
go on from one segment to the next. `bits` counts every part of the stream but the filling: it is exact.

Decoding runs what somebody else may have written, so it is bounded: a program's `steps` are known before anything runs,
and programs of more than 2**31 + 256 n steps over n symbols are refused; memory is that of the data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codelength.coding import binary
from codelength.core import Bits, StreamError
from codelength.predictors.programs import residual
from codelength.predictors.programs import tokens as tk
from codelength.predictors.programs.hidden import AnyProgram, parse
from codelength.predictors.programs.programmed import ProgrammedState, Reader
from codelength.predictors.programs.speaker import speaker
from codelength.predictors.programs.syntax import BitReader

MOST_SEGMENTS = 64
_MOST_WORDS = 4096
"""Bytes of a stream in which its programs must end."""


@dataclass(frozen=True, slots=True)
class Segment:
    """`size` symbols that one program speaks of."""

    program: AnyProgram
    size: int


def words_of(segments: tuple[Segment, ...]) -> str:
    """The segments as a string of 0 and 1 that tells its own end."""
    sizes = "".join(tk.gamma(segment.size) for segment in segments[:-1])
    return tk.gamma(len(segments)) + sizes + "".join(segment.program.words for segment in segments)


def said_by(segments: tuple[Segment, ...], data: NDArray[np.uint8], side: bytes) -> NDArray[np.uint8]:
    """What the programs say of `data` (n,) uint8, each symbol from what is before it."""
    parts, at = [np.empty(0, dtype=np.uint8)], 0
    for segment in segments:
        parts.append(speaker(segment.program, side).run(data[at : at + segment.size].tobytes()))
        at += segment.size
    return np.concatenate(parts)


def bounded(segments: tuple[Segment, ...]) -> bool:
    """Whether the programs together take no more steps than a decoder will run."""
    size = sum(segment.size for segment in segments)
    return sum(segment.program.steps(segment.size) for segment in segments) <= tk.MOST_STEPS + tk.STEPS * size


@dataclass(frozen=True, slots=True)
class Cost:
    """Parts of a codelength: that of the `length`, of the `program` with its header, of the `residual`; `misses`."""

    length: int
    program: int
    residual: float
    misses: int

    @property
    def bits(self) -> Bits:
        """Their sum: an upper bound on K up to the size of the interpreter, and exact as the length of a stream."""
        return Bits(self.length + self.program + self.residual)


def cost(segments: tuple[Segment, ...], data: bytes, side: bytes) -> Cost:
    """What `data` costs by these programs."""
    symbols = np.frombuffer(data, dtype=np.uint8)
    said = said_by(segments, symbols, side)
    return Cost(
        8 * len(binary.length_prefix(len(data))),
        len(words_of(segments)),
        residual.residual_bits(symbols, said),
        int(np.count_nonzero(said != symbols)),
    )


def encode(segments: tuple[Segment, ...], data: bytes, side: bytes) -> bytes:
    """The stream, within 32 bits + 0.01 % of `cost`."""
    words = words_of(segments)
    if len(words) > 8 * _MOST_WORDS:
        raise ValueError(f"programs of {len(words)} bits; at most {8 * _MOST_WORDS}")
    filled = words + "0" * (-len(words) % 8)
    packed = int(filled, 2).to_bytes(len(filled) // 8, "big")
    symbols = np.frombuffer(data, dtype=np.uint8)
    probs = np.empty((symbols.size, 8), dtype=np.uint32)
    residual.learn(residual.fresh(), symbols, said_by(segments, symbols, side), probs)
    return binary.length_prefix(len(data)) + packed + binary.encode(data, probs)


def decode(stream: bytes, side: bytes, *, conditional: bool, max_size: int) -> bytes:
    """The data back.

    Raises
    ------
    StreamError
        A stream that is damaged, or of more than `max_size` bytes.
    """
    size, start = binary.read_length(stream, max_size=max_size)
    head = stream[start : start + _MOST_WORDS]
    segments, used = _segments("".join(f"{byte:08b}" for byte in head), size, conditional)
    whole = (used + 7) // 8
    if head[used // 8 : whole] and head[whole - 1] & (0xFF >> (used - 8 * (whole - 1))):
        raise StreamError("the filling behind a program is not zero: the stream is damaged")
    payload = np.frombuffer(stream[start + whole :], dtype=np.uint8)
    registers = binary.open_registers(payload)
    shared = residual.fresh()
    out = bytearray()
    for segment in segments:
        state = ProgrammedState(shared, np.zeros(64, dtype=np.uint8))
        reader = Reader(speaker(segment.program, side), state)
        for _ in range(segment.size):
            out.append(reader.read(registers, payload))
            if binary.exhausted(registers, payload):
                raise StreamError("the stream ends too early: it is truncated or damaged")
    binary.check_end(registers, payload)
    return bytes(out)


def _segments(words: str, size: int, conditional: bool) -> tuple[tuple[Segment, ...], int]:
    reader = BitReader(words)
    number = reader.gamma()
    if number > MOST_SEGMENTS:
        raise StreamError(f"a stream of {number} programs; at most {MOST_SEGMENTS}: it is damaged")
    sizes = [reader.gamma() for _ in range(number - 1)]
    if sum(sizes) > size:
        raise StreamError("the segments are longer than the data: the stream is damaged")
    sizes.append(size - sum(sizes))
    at, segments = reader.at, []
    for length in sizes:
        program, at = parse(words, at, side=conditional)
        segments.append(Segment(program, length))
    if not bounded(tuple(segments)):
        raise StreamError("the programs may run for too long: the stream is damaged, or meant to do harm")
    return tuple(segments), at
