"""Damage for the fuzzer: streams, frames and specs, changed at random in the ways that find defects.

A stream is changed blindly: bits flipped, bytes set, inserted, removed, repeated, cut off, two streams joined, a length
claimed that is not there. A frame (docs/format.md, read here anew and not with the code under test) is also changed
by its fields: version, flags, spec, sizes of blocks, side information's digest; then sealed again with a digest that
fits, so that a reader gets past it. Everything follows from the `random.Random` that is handed in.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from hashlib import blake2b
from importlib import import_module
from random import Random

from codelength.catalogue import CATALOGUE

BYTES = (0, 1, 0x7F, 0x80, 0xFE, 0xFF)
LENGTHS = (0, 1, 127, 128, 1 << 16, (1 << 26) - 1, 1 << 26, (1 << 26) + 1, 1 << 31, 1 << 32, 1 << 60, (1 << 63) - 1)
VALUES = (
    *("-1", "0", "1", "2", "3", "4", "6", "9", "11", "12", "14", "15", "16", "22", "24", "26", "27", "30", "31", "32"),
    *("48", "63", "64", "65", "255", "256", "4096", "2147483648", "9" * 30, "9" * 200, "-", "--5", "-0", "007", ""),
    *("x", "None", "True", "1.5", "1e9", "nan", "text", "font", "fast", "max", "(1,2)", "[]", "[0]*99999", " 1", "="),
    *("s24be", "ibm32"),
)


@dataclass(frozen=True)
class Frame:
    """The fields of a frame; sizes as claimed, whatever the payloads hold."""

    version: int
    flags: int
    spec: bytes
    side: bytes
    blocks: tuple[tuple[int, int, bytes], ...]
    """Raw size, payload size, payload."""
    digest: bytes

    @property
    def head(self) -> bytes:
        return b"\x93CL" + bytes([self.version, self.flags, len(self.spec) & 255]) + self.spec + self.side

    def sealed(self, content: bytes) -> Frame:
        """With a digest that fits this content."""
        return replace(self, digest=blake2b(self.head + content, digest_size=8).digest())

    def __bytes__(self) -> bytes:
        blocks = b"".join(leb(raw) + leb(size) + payload for raw, size, payload in self.blocks)
        return self.head + blocks + b"\0" + self.digest


def leb(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def parsed(frame: bytes) -> Frame:
    """The fields of a sound frame."""
    end = 6 + frame[5]
    side = frame[end : end + 8 * (frame[4] & 1)]
    at = end + len(side)
    blocks: list[tuple[int, int, bytes]] = []
    while frame[at]:
        raw, at = _leb_at(frame, at)
        size, at = _leb_at(frame, at)
        blocks.append((raw, size, frame[at : at + size]))
        at += size
    return Frame(frame[3], frame[4], frame[6:end], side, tuple(blocks), frame[at + 1 : at + 9])


def _leb_at(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 0x80:
            return value, at


def mutated(rng: Random, stream: bytes, other: bytes) -> bytes:
    """A stream with one to four blind changes; `other` is a stream to take pieces from."""
    data = bytearray(stream)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        at = rng.randrange(len(data) + 1)
        length = min(len(data) - at, rng.choice((1, 1, 2, 4, 8, 64, 1000)))
        match rng.randrange(12):
            case 0 | 1 | 2 if at < len(data):
                data[at] ^= 1 << rng.randrange(8)
            case 3 if at < len(data):
                data[at] = rng.choice(BYTES)
            case 4:
                data[at:at] = rng.randbytes(rng.choice((1, 1, 2, 4, 30)))
            case 5:
                del data[at : at + length]
            case 6:
                data[at:at] = data[at : at + length] * rng.choice((1, 2, 50))
            case 7:
                del data[at:]
            case 8:
                data[at:] = other[rng.randrange(len(other) + 1) :]
            case 9:
                data += rng.choice((b"\0", b"\xff", b"\x80", rng.randbytes(3))) * rng.choice((1, 9, 1000))
            case 10:
                data[at : at + rng.randrange(4)] = leb(rng.choice(LENGTHS))
            case _:
                data[at : at + length] = rng.randbytes(length)
    return bytes(data)


def mutated_frame(rng: Random, frame: bytes, other: bytes, content: bytes) -> tuple[bytes, bool]:
    """A frame with some field changed, and whether it was sealed again, so that its digest promises nothing."""
    fields, strange = parsed(frame), parsed(other)
    kind = rng.randrange(8)
    if kind == 0:
        fields = replace(fields, version=rng.choice((0, 2, 99, 255)))
    elif kind == 1:
        fields = replace(fields, flags=rng.randrange(256))
    elif kind in (2, 3):
        spec = hostile_spec(rng).encode("latin-1", "replace")[: rng.choice((255, 255, 300))]
        fields = replace(fields, spec=spec)
    elif kind == 4:
        fields = replace(fields, blocks=_claimed(rng, fields.blocks))
    elif kind == 5:
        fields = replace(fields, blocks=tuple(rng.sample([*fields.blocks, *strange.blocks], k=len(fields.blocks))))
    elif kind == 6:
        fields = replace(fields, side=rng.choice((b"", rng.randbytes(8), strange.side)), flags=rng.randrange(2))
    else:
        raw, _, payload = rng.choice(fields.blocks or strange.blocks or ((1, 0, b""),))
        damage = mutated(rng, payload, other)
        fields = replace(fields, blocks=((raw, len(damage), damage),) * rng.choice((1, 2)))
    sealed = rng.random() < 0.5
    return bytes(fields.sealed(content) if sealed else fields), sealed


def _claimed(rng: Random, blocks: tuple[tuple[int, int, bytes], ...]) -> tuple[tuple[int, int, bytes], ...]:
    """One block that claims more or less than it has."""
    changed = list(blocks or ((1, 1, b"x"),))
    at = rng.randrange(len(changed))
    raw, size, payload = changed[at]
    way = rng.randrange(4)
    if way == 0:
        raw = rng.choice((raw + 1, raw - 1, *LENGTHS))
    elif way == 1:
        size = rng.choice((size + 1, max(0, size - 1), *LENGTHS))
    elif way == 2:
        raw, size = rng.choice(LENGTHS), rng.choice(LENGTHS)
    else:
        # As large as a reader takes it: what is held and computed before the payload proves to be short?
        raw, payload = rng.choice((1 << 14, 1 << 20, 1 << 26)), rng.choice((payload, b"", b"\0" * 40, b"\xff" * 40))
        size = len(payload)
    changed[at] = (max(0, raw), size, payload)
    return tuple(changed)


def hostile_spec(rng: Random) -> str:
    """A spec that was written by nobody who means well."""
    if rng.random() < 0.15:
        return "".join(chr(rng.randrange(256)) for _ in range(rng.randrange(30)))
    many = rng.choice((1, 1, 1, 1, 1, 2, 3, 16, 17))
    sign = rng.choice("++~")
    return sign.join(_hostile_single(rng) for _ in range(many))


def _hostile_single(rng: Random) -> str:
    name = rng.choice((*CATALOGUE, *CATALOGUE, "", "cm2", "CM", "best", "../cm", "os"))
    if rng.random() < 0.3:
        return name
    known = [*_parameter_names(name), "self", "_side", "__class__", "level", ""]
    items = [f"{rng.choice(known)}={rng.choice(VALUES)}" for _ in range(rng.choice((1, 1, 1, 2, 3)))]
    return name + rng.choice((":", ":", ":", "", "::")) + ",".join(items)


def _parameter_names(name: str) -> list[str]:
    if name not in CATALOGUE:
        return []
    entry = CATALOGUE[name]
    return list(inspect.signature(getattr(import_module(entry.module), entry.attribute)).parameters)
