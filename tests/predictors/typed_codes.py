"""The typed codes that tests ask, by spec, and what each of them has to do with data."""

from __future__ import annotations

from contextlib import suppress

import pytest

from codelength.api import compress, decompress
from codelength.catalogue import make
from codelength.core import CodelengthError, Predictor

IMAGES = [
    "pixels:width=28,rows=28",
    "pixels:width=10,channels=3,padding=2",
    "pixels:width=7,channels=4,rows=5,offset=11",
    "pixels:width=16,bits=16,rows=4,offset=5,stack=1",
    "pixels:width=9,bits=16,big_endian=1",
    "pixels:width=3,channels=2,bits=16,rows=2,padding=2",
    "pixels:width=1",
    "bilevel:width=3",
    "bilevel:width=216,offset=7",
]

RECORDS = [
    "records:width=4",
    "records:width=13,key=2",
    "records:preset=max,width=5,key=0",
    "records:width=300",
    "records:width=1",
]

SAMPLES = [
    "samples",
    "samples:form=s16be,channels=2,offset=9",
    "samples:form=u8,channels=3",
    "samples:form=s24le,channels=2,offset=1",
    "samples:form=s24be",
    "samples:form=s32le",
    "samples:form=ibm32",
]

SPECS = [*IMAGES, *RECORDS, *SAMPLES]


def predictor(spec: str) -> Predictor:
    code = make(spec)
    assert isinstance(code, Predictor)
    return code


def round_trip(code: Predictor, data: bytes) -> int:
    """Size of the stream, which says what `bits` says and gives the data back."""
    stream = code.encode(data)
    assert code.decode(stream, max_size=len(data)) == data
    assert abs(8 * len(stream) - code.bits(data).bits) <= 32 + 1e-4 * code.bits(data).bits
    return len(stream)


def check_damage(data: bytes, spec: str) -> None:
    """No flip of a bit of a small frame (every fifth is tried) decodes to other content, and no truncation decodes."""
    frame = compress(data, code=spec)
    assert decompress(frame) == data
    for bit in range(0, 8 * len(frame), 5):
        bad = bytearray(frame)
        bad[bit // 8] ^= 1 << bit % 8
        with suppress(CodelengthError):
            assert decompress(bytes(bad)) == data, bit
    for end in range(len(frame)):
        with pytest.raises(CodelengthError):
            decompress(frame[:end])
