"""Are these samples of a signal, and how are they written? Headers are read; headerless signals are found by trying.

Headers: WAV (RIFF; Microsoft and IBM 1991), AIFF (Apple 1989), AU (Sun). Without one, each form of 16 bits, low or high
byte first, one or two channels, is tried on the middle of the data: a signal is smooth, so the residual of the better
of two fixed predictors (the last sample; a straight line through the last two; Robinson's Shorten, 1994) is at least
two bits smaller than the sample is away from the median, and a bit smaller than with the other byte first. Sizes are
mean bit lengths, integer logarithms. IBM's floats: nine tenths of the numbers of four bytes have an exponent near 64
and a first digit that is not 0, and both signs occur. At last a piece is coded as samples and by `cm` (`mixing.trial`).

Cost: 5 milliseconds, and where something is found the trial.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.mixing.trial import PIECE, pays
from codelength.predictors.samples.predictor import MOST_OFFSET, Samples
from codelength.predictors.samples.state import MOST_CHANNELS

_SAMPLE = 1 << 16
_LEAST = 2048
"""Bytes, without a header."""

_SIXTEENTHS = 16
_GAIN = 2 * _SIXTEENTHS
_LEAST_RESIDUAL = 3 * _SIXTEENTHS

_WAV_PCM = {8: "u8", 16: "s16le", 24: "s24le", 32: "s32le"}
_AIFF = {8: "s8", 16: "s16be", 24: "s24be", 32: "s32be"}
_AU = {2: "s8", 3: "s16be", 4: "s24be", 5: "s32be"}
_EXTENSIBLE = 0xFFFE


def detect_sound(head: bytes, _size: int | None = None) -> str | None:
    """The spec of the code for samples, if `head` begins with a header of sound that is not compressed, and that pays.

    Examples
    --------
    >>> detect_sound(b"sound?") is None
    True
    """
    return _tried(sound_of(head), head)


def detect_samples(head: bytes, _size: int | None = None) -> str | None:
    """The spec of the code for samples, if the middle of `head`, the first MiB of the data, is a signal, and that pays.

    Examples
    --------
    >>> detect_samples(b"no signal, but a text. " * 999) is None
    True
    """
    return _tried(signal_of(head), head)


def sound_of(head: bytes) -> Samples | None:
    """The code for the sound that a header describes.

    Examples
    --------
    >>> header = b".snd" + b"".join(n.to_bytes(4, "big") for n in (24, 99, 3, 8000, 2))
    >>> sound_of(header + bytes(99))
    Samples('samples:form=s16be,channels=2,offset=24')
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return _wav(head)
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return _aiff(head)
    if head[:4] == b".snd":
        return _code(_AU.get(_big(head, 12)), _big(head, 20), _big(head, 4))
    return None


def signal_of(head: bytes) -> Samples | None:
    """The code for a signal without a header.

    Examples
    --------
    >>> arcs = [k % 200 * (200 - k % 200) + k * k % 97 for k in range(4000)]
    >>> signal_of(b"".join(sample.to_bytes(2, "big") for sample in arcs))
    Samples('samples:form=s16be')
    """
    if len(head) < _LEAST or head[:4] in (b"RIFF", b"RIFX", b"RF64", b"FORM"):  # a header that says something else
        return None
    start = max(0, (len(head) - _SAMPLE) // 2) & ~15
    middle = np.frombuffer(head[start : start + min(_SAMPLE, len(head) & ~15)], np.uint8)
    return Samples(form="ibm32") if _is_ibm(middle) else _headerless(middle)


def _tried(code: Samples | None, head: bytes) -> str | None:
    """The spec of a code that pays on a piece from the middle, frames kept whole."""
    if code is None:
        return None
    bare = Samples(code.form, code.channels)
    start = code.offset + max(0, (len(head) - code.offset - PIECE) // 2 // code.frame * code.frame)
    return code.spec if pays(bare, head[start : start + PIECE]) else None


def _code(form: str | None, channels: int, offset: int) -> Samples | None:
    if form is None or not 1 <= channels <= MOST_CHANNELS or offset > MOST_OFFSET:  # what a damaged header may say
        return None
    return Samples(form, channels, offset)


def _big(head: bytes, at: int, size: int = 4) -> int:
    return int.from_bytes(head[at : at + size], "big")


def _little(head: bytes, at: int, size: int) -> int:
    return int.from_bytes(head[at : at + size], "little")


def _wav(head: bytes) -> Samples | None:
    at, form, channels = 12, None, 0
    while at + 8 <= len(head):
        name, size = head[at : at + 4], _little(head, at + 4, 4)
        if name == b"fmt " and _little(head, at + 8, 2) in (1, _EXTENSIBLE):
            form, channels = _WAV_PCM.get(_little(head, at + 22, 2)), _little(head, at + 10, 2)
        if name == b"data":
            return _code(form, channels, at + 8)
        at += 8 + size + (size & 1)
    return None


def _aiff(head: bytes) -> Samples | None:
    at, form, channels = 12, None, 0
    while at + 8 <= len(head):
        name, size = head[at : at + 4], _big(head, at + 4)
        if name == b"COMM" and (head[8:12] == b"AIFF" or head[at + 26 : at + 30] == b"NONE"):
            form, channels = _AIFF.get(_big(head, at + 14, 2)), _big(head, at + 8, 2)
        if name == b"SSND":
            return _code(form, channels, at + 16 + _big(head, at + 8))
        at += 8 + size + (size & 1)
    return None


def _length(x: NDArray[np.int64]) -> int:
    """Mean bit length of |x|, in sixteenths."""
    edges = 1 << np.arange(20, dtype=np.int64)
    return int(np.searchsorted(edges, np.abs(x).reshape(-1), side="right").sum()) * _SIXTEENTHS // x.size


def _headerless(middle: NDArray[np.uint8]) -> Samples | None:
    """16-bit samples: which byte comes first, in how many channels."""
    found: dict[tuple[str, int], int] = {}
    gains: dict[tuple[str, int], int] = {}
    for form, code in (("s16le", "<i2"), ("s16be", ">i2")):
        for channels in (1, 2):
            x = middle.view(code).astype(np.int64).reshape(-1, channels)
            first = np.diff(x, axis=0)
            found[form, channels] = min(_length(first), _length(np.diff(first, axis=0)))
            gains[form, channels] = _length(x - np.sort(x, axis=0)[len(x) // 2]) - found[form, channels]
    form, channels = min(found, key=lambda each: found[each])
    best = found[form, channels]
    other = min(size for (name, _), size in found.items() if name != form)
    if best < _LEAST_RESIDUAL or gains[form, channels] < _GAIN or other - best < _SIXTEENTHS:
        return None
    return _code(form, channels, 0)


def _is_ibm(middle: NDArray[np.uint8]) -> bool:
    x = middle.reshape(-1, 4)
    exponents = x[:, 0] & 127
    normal = (exponents >= 62) & (exponents <= 69) & (x[:, 1] >= 16)
    negative = int(np.count_nonzero(normal & (x[:, 0] >= 128)))
    return 10 * int(np.count_nonzero(normal)) >= 9 * len(x) and len(x) <= 20 * negative <= 19 * len(x)
