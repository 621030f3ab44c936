"""Contexts and selectors of x86 code, one line each.

A context of a field of an instruction holds the decoder's state, so that opcodes, ModRM bytes and operands never share
a slot. What is here was chosen by adding and dropping lines on 400 kB of code of silesia/ooffice.
"""

from __future__ import annotations

from codelength.predictors.mixing import state as layout
from codelength.predictors.mixing.contexts import (
    FOLLOW1,
    FOLLOW2,
    PLAIN,
    WITH_DEPTH,
    WITH_PARTIAL,
    WORD,
    Context,
    Model,
    Part,
    Selector,
    last,
    recent,
)
from codelength.predictors.x86 import state
from codelength.predictors.x86.kernel import SEEN_AT_MOST


def _part(name: str) -> Part:
    return Part(layout.KIND + state.NAMES.index(name))


def _sees(*names: str, known: bool = False) -> Context:
    """A context of registers of `state`, by name; a name may be cut to its low bits: "OPS:8"."""
    parts = []
    for name in names:
        register, _, bits = name.partition(":")
        parts.append(_part(register) & (1 << int(bits)) - 1 if bits else _part(register))
    return Context(" ".join(names), *parts, known=known)


def _by(name: str, size: int, also: int = PLAIN) -> Selector:
    how = {PLAIN: "", WITH_PARTIAL: ", partial byte", WITH_DEPTH: ", depth"}[also]
    return Selector(f"by {name}{how}", layout.KIND + state.NAMES.index(name), size, also)


_HERE = ("STATE", "STRIP", "FIELD")
"""The instruction so far, its earlier operands aside."""

_SPELT = ("STATE", "CUR")
"""The same byte for byte."""

DEFAULT = Model(
    contexts=(
        Context("order 0"),
        Context("order 1", last(1)),
        Context("order 2", last(2)),
        Context("order 3", last(3), known=True),
        Context("order 4", last(4), known=True),
        Context("order 5", last(5), known=True),
        Context("order 6", last(6), known=True),
        Context("bytes 2-3", recent(0xFFFF00)),
        Context("bytes 2, 4", recent(0xFF00FF00)),
        Context("bytes 3-4", recent(0xFFFF0000)),
        Context("bytes 2-4", recent(0xFFFFFF00)),
        Context("bytes 1, 3", recent(0xFF00FF)),
        Context("bytes 1, 4", recent(0xFF0000FF)),
        _sees(*_HERE),
        _sees(*_SPELT),
        _sees(*_SPELT, "H1", known=True),
        _sees(*_SPELT, "H1", "H2"),
        _sees(*_SPELT, "H1", "H2", "H3"),
        _sees(*_SPELT, "S1", known=True),
        _sees(*_SPELT, "S1", "S2", known=True),
        _sees(*_SPELT, "S1", "S2", "S3", known=True),
        _sees(*_SPELT, "OPS:8"),
        _sees(*_SPELT, "OPS:16"),
        _sees(*_SPELT, "OPS"),
        _sees(*_SPELT, "OPS:16", "LABEL", "ALIGN"),
        _sees(*_SPELT, "TARGET"),
        _sees("STATE", "OP", "FIELD"),
        _sees("STATE", "FIELD", "RM"),
        _sees("STATE", "FIELD", "REGDISP"),
        _sees(*_SPELT, "S2"),
        _sees(*_SPELT, "S1", "S3"),
        _sees(*_HERE, "DESTS:8", "OPS:8"),
        _sees("STATE", "FOLLOWED1", "STRIP"),
        _sees("STATE", "FOLLOWED2", "STRIP"),
        _sees("STATE", "EXPECTED", "LONG"),
        Context("STATE OP SHIFT, last byte", _part("STATE"), _part("OP"), _part("SHIFT"), last(1)),
        _sees("STATE", "FIELD", "AHEAD", "AHEAD2"),
        _sees(*_SPELT, "TOLABEL", "LASTOP"),
        Context("bytes 4, 8 of words", _part("POS4"), recent(0xFF000000FF000000)),
        _sees("POS4", "PREV4"),
        Context("bytes 1, 4 of words", _part("POS4"), recent(0xFF0000FF)),
    ),
    selectors=(
        Selector("partial byte", layout.NOTHING, 1, WITH_PARTIAL),
        Selector("last byte", layout.LAST, 256),
        Selector("byte before", layout.BEFORE, 256),
        Selector("which contexts are known", layout.KNOWN, 256),
        Selector("match", layout.MATCH_ROW, 88),
        _by("STATE", 25, WITH_DEPTH),
        _by("HISTORIES", 25 * SEEN_AT_MOST),
        _by("OP", 1024),
        _by("DATA", 4, WITH_PARTIAL),
        _by("GUESS_ROW", 96),
    ),
    rate=4,
    memory=23,
)

MAX = Model(
    contexts=(
        *DEFAULT.contexts,
        _sees("POS4", "DELTA4"),
        _sees("STATE", "OP", "SHIFT"),
        _sees("STATE", "FIELD", "AHEAD"),
        _sees(*_SPELT, "TOLABEL"),
        _sees(*_SPELT, "S1", "LABEL"),
        _sees("CUR", "S1", "S2", "S3", "S4"),
        _sees(*_SPELT, "OPS", "OPS2"),
        _sees(*_SPELT, "S2", "S3"),
        _sees(*_HERE, "DESTS:16"),
        _sees(*_HERE, "MEM1"),
        _sees(*_HERE, "S1", "S2"),
        _sees(*_HERE, "PUSHED"),
        _sees("STATE", "RM", "FIELD", "PUSHED", "NORMS"),
        _sees("STATE", "EXPECTED", "FOLLOWED1"),
        Context("followed order 1", FOLLOW1, last(1)),
        Context("followed order 2", FOLLOW2, last(2)),
        Context("word", WORD, last(1)),
        Context("bytes 1, 2, 4", recent(0xFF00FFFF)),
        Context("byte 8", recent(0xFF00000000000000)),
        Context("bytes 2-5", recent(0xFFFFFFFF00)),
        Context("bytes 3-6", recent(0xFFFFFFFF0000)),
    ),
    selectors=(
        *DEFAULT.selectors,
        _by("STATE", 25, WITH_PARTIAL),
        _by("POS4", 4, WITH_PARTIAL),
        Selector("third byte", layout.THIRD, 256),
    ),
    rate=4,
    memory=24,
)

FAST = Model(
    contexts=(
        Context("order 1", last(1)),
        Context("order 2", last(2)),
        Context("order 3", last(3)),
        Context("order 4", last(4)),
        _sees(*_SPELT, "S1"),
        _sees(*_SPELT, "OPS:16"),
        _sees("STATE", "FIELD", "RM"),
    ),
    selectors=(_by("STATE", 25, WITH_DEPTH),),
    memory=22,
    slots_per_byte=16,
    detail=False,
)

PRESETS = {"fast": FAST, "default": DEFAULT, "max": MAX}
TWICE = {"fast": 0, "default": 0, "max": 1}
"""Whether each context has a second input."""
