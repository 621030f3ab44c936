"""The parameters of `cm` that suit some data: what a frame says when nobody has said more than `cm` and a preset.

Chosen from the first MiB and the size, and written into the frame's spec, so that a decoder chooses nothing. Images,
DNA, machine code, samples, records and English prose have codes of their own; of texts so much of the primer is read
first as suits their size.

Text has few characters that no text has (controls, what is not UTF-8) and some white space; a digit string or DNA has
none. English prose is told by its function words (the, of, and, ...: on why they are so many, Zipf 1935), a tenth to a
third of its words, fewer in logs, in sources of few comments and in other languages. Nearly every text saves something
by 64 kB of the primer, other data may lose (`python -m benchmarks.chosen`); more is worth its time on prose only.

Cost: 64 kB of the data are looked at, a few milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from codelength.predictors.dna.detect import detect_dna
from codelength.predictors.pixels.detect import detect_image, detect_image_header
from codelength.predictors.prose.detect import is_wrapped
from codelength.predictors.records.detect import detect_records
from codelength.predictors.samples.detect import detect_samples, detect_sound
from codelength.predictors.x86.detect import detect_x86

Parameters = dict[str, int | str]

CHOSEN = ("primer", "fine")
"""A spec that sets one of these has chosen: nothing is added to it."""

Detector = Callable[[bytes, int | None], str | None]
"""From the first MiB and the size in bytes, or None, to the spec of a code that is made for such data."""

CODES: tuple[Detector, ...] = (detect_sound, detect_image, detect_dna, detect_x86, detect_samples, detect_records)
"""Asked in this order; the first that answers has decided."""

FAST_CODES: tuple[Detector, ...] = (detect_image_header, detect_x86)
"""The same for the preset "fast": where bytes alone are worth less than what other programs make as fast."""

PRESET_CODES = {"fast": ("x86",), "max": ("x86", "records")}
"""Codes that have a model of their own for a preset."""

_FUNCTION_WORDS = frozenset(
    b"the of and to that is for with as this from are not it be by which have an been their has were".split()
)
_WORD = re.compile(rb"[A-Za-z]+")
_STRAY = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffd]")
_WHITE = re.compile("[ \t\n\r]")

LARGE = 1 << 20
"""From so many bytes on, all that is looked at, a text under the default preset is coded with `fine=1`."""

LARGE_PROSE = 1 << 17
"""The same for `prose`, which is a third faster."""

LEAST_PROSE = 1 << 10
"""Shorter prose is left to `cm`: words as symbols need a lexicon of 12 MB in memory."""

LEAST_PROSE_GIVEN = 64
"""The same where side information is given, which takes as much; shorter texts do not show what they are."""

_ONE_IN, _ONE_IN_SHORT = 10, 20
"""How many words of prose have a function word among them; less than `LEAST_PROSE` may by chance have fewer."""

_PIECES = 16
_PIECE = 4096


@dataclass(frozen=True, slots=True)
class Reading:
    """How much of the primer is read: `most` kilobytes; from 16 kB of data on `least`, for prose grown to `share` times
    the data; never more than `times` the data, so that little data costs little.
    """

    least: int
    most: int
    share: float
    times: int


_READING = {"default": Reading(64, 256, 0.5, 4), "max": Reading(256, 2048, 2.0, 8)}
"""By preset; `fast` reads none: it is there for its speed."""


def other_code(head: bytes, size: int | None, preset: str, *, side: bool = False) -> str | None:
    """The spec of another code that is made for such data; None where `cm` is to code it. Under `fast` only images that
    say that they are, machine code and prose have one. `side`: whether side information is given.

    Examples
    --------
    >>> other_code(b"gattacactg" * 99, None, "default")
    'dna'
    >>> other_code(b"It is not the size of the data that counts. " * 99, None, "max")
    'prose:preset=max,primer=34'
    """
    codes = FAST_CODES if preset == "fast" else CODES
    spec = next((spec for code in codes if (spec := code(head, size)) is not None), None)
    name, _, said = (spec or "").partition(":")
    if name in PRESET_CODES.get(preset, ()):
        return f"{name}:preset={preset},{said}" if said else f"{name}:preset={preset}"
    return spec or _prose(head, size, preset, side)


def _prose(head: bytes, size: int | None, preset: str, side: bool) -> str | None:
    """The spec of `prose`, with what suits it under `cm` too; None for what is no English prose, or little."""
    sample = _sample(head)
    least = LEAST_PROSE_GIVEN if side else LEAST_PROSE
    one_in = _ONE_IN_SHORT if len(head) < LEAST_PROSE else _ONE_IN
    if len(head) < least or not _is_text(sample) or not _is_prose(sample, one_in):
        return None
    parameters: Parameters = {"preset": preset} if preset != "default" else {}
    if preset == "default" and len(head) >= LARGE_PROSE:
        parameters["fine"] = 1
    parameters |= suited(head, size, preset, side=side)
    if is_wrapped(head):
        parameters["wrap"] = 1
    said = ",".join(f"{name}={value}" for name, value in parameters.items())
    return f"prose:{said}" if said else "prose"


def suited(head: bytes, size: int | None, preset: str, *, side: bool = False) -> Parameters:
    """The parameters to add to a spec that has none but a preset.

    Parameters
    ----------
    head
        The first MiB of the data, or all of it.
    size
        Bytes of data, None if unknown: then they are taken to be what is in `head`.
    preset
        "fast", "default" or "max".
    side
        Whether side information is given. That is read in place of a primer.

    Returns
    -------
    dict
        Parameters by name; none for data that plain `cm` suits.

    Examples
    --------
    >>> suited(b"It is not the size of the data that counts. " * 999, None, "default")
    {'primer': 64}
    >>> suited(bytes(1000), None, "default")
    {}
    """
    reading = _READING.get(preset)
    if side or reading is None:
        return {}
    sample = _sample(head)
    if not _is_text(sample):
        return {}
    kilobytes = _kilobytes(reading, len(head) if size is None else size, prose=_is_prose(sample))
    parameters: Parameters = {"fine": 1} if preset == "default" and len(head) >= LARGE else {}
    return parameters | {"primer": kilobytes} if kilobytes else parameters


def _kilobytes(reading: Reading, size: int, *, prose: bool) -> int:
    wanted = max(reading.least, int(reading.share * size) >> 10) if prose else reading.least
    return min(wanted, reading.most, reading.times * size >> 10)


def _sample(head: bytes) -> bytes:
    """All of a small head, else pieces spread evenly: what a file begins with is often unlike the rest."""
    if len(head) <= _PIECES * _PIECE:
        return head
    starts = [k * (len(head) - _PIECE) // (_PIECES - 1) for k in range(_PIECES)]
    return b"\n".join(head[start : start + _PIECE] for start in starts)


def _is_text(sample: bytes) -> bool:
    """Whether there are few characters that no text has, and white space."""
    text = sample.decode("utf-8", "replace")
    return len(_STRAY.findall(text)) < 0.15 * len(text) and len(_WHITE.findall(text)) > 0.03 * len(text)


def _is_prose(sample: bytes, one_in: int = _ONE_IN) -> bool:
    """Whether one in so many of its words is a function word of English."""
    words = _WORD.findall(sample)
    return one_in * sum(word.lower() in _FUNCTION_WORDS for word in words) >= max(len(words), 1)
