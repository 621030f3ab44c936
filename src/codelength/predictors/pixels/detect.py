"""Is this file an image, and how do its samples lie? Headers first, then the rows' likeness.

Headers: PNM (P4, P5, P6), BMP (uncompressed), idx of bytes (LeCun's format of MNIST), DICOM (implicit or explicit VR,
little endian, uncompressed pixel data). Without a header: bytes are compared with those L before, for all L up to
MAX_STRIDE, in some windows; an image differs least from its row above, and little from its pixel before.

    bilevel   popcount(x[i] ^ x[i - L])      grey, colour, 16 bits   |x[i] - x[i - L]|

A log of long lines or a table of rows may look like an image: without a header a piece is coded as an image, by `cm`
(`mixing.trial`) and, where rows are found too (`records.detect`), as records; the image has to cost least.

Only integers; the same answer everywhere. Costs about .2 s whatever the size, half a second more where rows look alike,
and nothing where a header is known.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.mixing.trial import PIECE, pays
from codelength.predictors.pixels.bilevel import Bilevel
from codelength.predictors.pixels.predictor import Pixels
from codelength.predictors.pixels.state import Layout
from codelength.predictors.records.detect import records_of

MAX_STRIDE = 2200
WINDOW = 6000
LEAST = 16384
"""Bytes in which rows are looked for, at least."""

MOST_WIDTH = 1 << 17


class Found(NamedTuple):
    """Where an image lies: bytes from row to row, then as in `Layout`."""

    bilevel: bool
    stride: int
    sample_bytes: int = 1
    channels: int = 1
    rows: int = 0
    offset: int = 0
    stack: int = 0
    big_endian: int = 0

    @property
    def spec(self) -> str:
        """The code for it."""
        if self.bilevel:
            return f"bilevel:width={self.stride}" + (f",offset={self.offset}" if self.offset else "")
        pixel = self.sample_bytes * self.channels
        image = Layout(
            width=self.stride // pixel,
            channels=self.channels,
            bits=8 * self.sample_bytes,
            rows=self.rows,
            offset=self.offset,
            padding=self.stride % pixel,
            stack=self.stack,
            big_endian=self.big_endian,
        )
        return f"pixels:{image.spec}"


def detect_image(head: bytes, size: int | None = None) -> str | None:
    """The code that suits the image in `head`, or None where there is none.

    Parameters
    ----------
    head
        The first bytes of the data: a header needs some kilobytes; rows without a header are looked for in 16 kB and
        more, and the more the surer.
    size
        Bytes of data; None where it is unknown, or `head` is all of them.

    Returns
    -------
    str or None
        A spec of `pixels` or `bilevel`.

    Examples
    --------
    >>> detect_image(b"P5 50 40 255 " + bytes(2000))
    'pixels:width=50,offset=13'
    """
    length = max(len(head), size or 0)
    found = _told(head, length)
    if found is not None:
        return _spec(found, length)
    if len(head) < LEAST:
        return None
    windows = _windows(np.frombuffer(head, dtype=np.uint8))
    found = _rows_of_bits(windows) or _rows_of_samples(windows)
    spec = _spec(found, length)
    return spec if found is not None and spec is not None and _costs_least(spec, found.stride, head) else None


def detect_image_header(head: bytes, size: int | None = None) -> str | None:
    """The same for files that say by a header that they are images: at once, whatever the data."""
    length = max(len(head), size or 0)
    return _spec(_told(head, length), length)


def _told(head: bytes, length: int) -> Found | None:
    return _netpbm(head) or _bmp(head) or _idx(head) or _dicom(head, length)


def _spec(found: Found | None, length: int) -> str | None:
    """The code for it, if its rows lie within the data and are not too large."""
    if found is None or not 0 < found.stride <= MOST_WIDTH or found.stride > length - found.offset:
        return None
    try:
        return found.spec
    except ValueError:  # rows or frames larger than are kept
        return None


def _costs_least(spec: str, stride: int, head: bytes) -> bool:
    """Whether a piece of what looks like an image, from a row's beginning, costs less than by `cm` or as records."""
    start = max(0, (len(head) - PIECE) // 2) // stride * stride
    piece = head[start : start + PIECE]
    name, _, said = spec.partition(":")
    options = {key: int(value) for key, _, value in (item.partition("=") for item in said.split(","))}
    image = Bilevel(**options) if name == "bilevel" else Pixels(**options)
    if not pays(image, piece):
        return False
    rows = records_of(head)
    return rows is None or image.bits(piece).bits + 8 * len(spec) <= rows.bits(piece).bits + 8 * len(rows.spec)


def _netpbm(data: bytes) -> Found | None:
    """Portable bitmaps (P4), grey maps (P5) and pixmaps (P6): numbers between blanks and comments."""
    kind = re.match(rb"P[456](?=[\s#])", data)
    if not kind:
        return None
    fields: list[int] = []
    at, wanted = 2, 2 if data[1:2] == b"4" else 3
    while len(fields) < wanted:
        part = re.compile(rb"(?:\s+|#[^\n]*\n)+(\d{1,6})").match(data, at, 4000)
        if not part:
            return None
        fields.append(int(part[1]))
        at = part.end()
    at += 1
    width = fields[0]
    if data[1:2] == b"4":
        return Found(True, (width + 7) // 8, offset=at)
    wide = 2 if fields[2] > 255 else 1
    channels = 3 if data[1:2] == b"6" else 1
    return Found(False, width * wide * channels, wide, channels, 0, at, big_endian=int(wide == 2))


def _little(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")


def _bmp(data: bytes) -> Found | None:
    if data[:2] != b"BM" or len(data) < 54 or _little(data, 14, 4) < 40 or _little(data, 30, 4) not in (0, 3):
        return None
    offset, width, bits = _little(data, 10, 4), _little(data, 18, 4), _little(data, 28, 2)
    if bits not in (1, 8, 24, 32) or not 0 < width < 1 << 17 or not 54 <= offset < len(data):
        return None
    stride = (width * bits + 31) // 32 * 4
    return Found(bits == 1, stride, channels=max(1, bits // 8), offset=offset)


def _idx(data: bytes) -> Found | None:
    if data[:3] != b"\0\0\x08" or len(data) < 20 or data[3] not in (3, 4):
        return None
    count, *shape = (int.from_bytes(data[4 + 4 * k : 8 + 4 * k], "big") for k in range(data[3]))
    channels = shape[2] if len(shape) == 3 else 1
    if not (count and shape[0] and shape[1] and 1 <= channels <= 4):
        return None
    return Found(False, shape[1] * channels, 1, channels, shape[0], 4 + 4 * data[3])


def _dicom_number(data: bytes, head: int, element: bytes) -> int:
    """An unsigned short of group 0028 before `head`, implicit or explicit VR; 0 where it is not there."""
    for form in (element + b"\x02\0\0\0", element + b"US\x02\0"):
        at = data.rfind(b"\x28\0" + form, 0, head)
        if at >= 0:
            return _little(data, at + 8, 2)
    return 0


def _dicom(data: bytes, length: int) -> Found | None:
    head = data.find(b"\xe0\x7f\x10\0", 0, 1 << 16)
    if head < 0 or not (data[128:132] == b"DICM" or data[:2] == b"\x08\0"):
        return None
    implicit = data[head + 4 : head + 6] not in (b"OW", b"OB")
    offset = head + (8 if implicit else 12)
    held = _little(data, offset - 4, 4)
    rows, columns = _dicom_number(data, head, b"\x10\0"), _dicom_number(data, head, b"\x11\0")
    bits, channels = _dicom_number(data, head, b"\0\x01"), _dicom_number(data, head, b"\x02\0") or 1
    if bits not in (8, 16) or rows < 2 or columns < 2 or channels > 4 or held > length - offset:
        return None
    stride = columns * channels * bits // 8
    frames = held // (stride * rows)
    return Found(False, stride, bits // 8, channels, rows, offset, stack=int(frames > 1 and channels == 1))


def _windows(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Up to four windows of MAX_STRIDE + WINDOW bytes with the most differences in them: (windows, bytes)."""
    size = min(MAX_STRIDE + WINDOW, len(data))
    starts = np.linspace(0, len(data) - size, 12).astype(np.int64) & ~1
    pieces = [data[a : a + size] for a in starts]
    order = sorted(range(len(pieces)), key=lambda k: (-int(np.count_nonzero(np.diff(pieces[k]))), k))
    return np.stack([pieces[k] for k in order[:4]])


def _rows_of_bits(windows: NDArray[np.uint8]) -> Found | None:
    ones = np.array([v.bit_count() for v in range(256)], dtype=np.uint8)
    here = windows[:, MAX_STRIDE:]
    n = here.size
    dark = int(ones[here].sum())
    if not n // 20 < dark < 5 * n or int(np.count_nonzero((here == 0) | (here == 255))) * 2 < n:
        return None
    mixed = here[(here != 0) & (here != 255)]
    if 4 * int(ones[(mixed ^ mixed >> 1) & 127].sum()) > 11 * mixed.size:  # bits of a grey level change as noise does
        return None
    cost = np.array(
        [
            int(ones[here ^ windows[:, MAX_STRIDE - lag : windows.shape[1] - lag]].sum())
            for lag in range(1, MAX_STRIDE + 1)
        ]
    )
    stride = int(np.argmin(cost[15:])) + 16
    if 2 * int(cost[stride - 1]) < int(np.median(cost)) and 4 * int(cost[stride - 1]) < 3 * dark:
        return Found(True, stride)
    return None


def _rows_of_samples(windows: NDArray[np.uint8]) -> Found | None:
    """Grey, colour or 16-bit rows: close to the row above and to the pixel before, far from most other lags."""
    data = windows.astype(np.int16)
    here = data[:, MAX_STRIDE:]
    costs = []
    for lag in range(1, MAX_STRIDE + 1):
        difference = np.abs(here - data[:, MAX_STRIDE - lag : data.shape[1] - lag])
        costs.append(int(np.minimum(difference, 256 - difference).sum()))
    cost = np.array(costs)
    usual = int(np.median(cost))
    stride = int(np.argmin(cost[47:])) + 48
    pixel = int(np.argmin(cost[:4])) + 1
    if 5 * int(cost[stride - 1]) > 2 * usual or 2 * int(cost[pixel - 1]) > usual or stride % pixel:
        return None
    if pixel != 2:
        return Found(False, stride, 1, pixel)
    quiet = [int(np.count_nonzero(np.diff(windows[:, k::2].astype(np.int16), axis=1))) for k in (0, 1)]
    return Found(False, stride, 2, 1, big_endian=int(quiet[0] < quiet[1]))
