"""Contexts and selectors of samples, one line each: numbers in two's complement or unsigned, and IBM's floats."""

from __future__ import annotations

from codelength.predictors.mixing import state as layout
from codelength.predictors.mixing.contexts import (
    WITH_DEPTH,
    WITH_PARTIAL,
    Context,
    Model,
    Selector,
    last,
    recent,
)
from codelength.predictors.mixing.named import Named
from codelength.predictors.samples import state

_NAMED = Named(state.NAMES)

_NUMBERS = (
    Context("order 0"),
    Context("order 1", last(1)),
    Context("order 2", last(2)),
    _NAMED.sees("PLACE"),
    _NAMED.sees("PLACE", bytes_before=1),
    _NAMED.sees("PLACE", bytes_before=2),
    _NAMED.sees("PLACE", "BEST"),
    _NAMED.sees("PLACE", "BEST", "SCALE"),
    _NAMED.sees("PLACE", "LONG", "SHORT"),
    _NAMED.sees("PLACE", "BEST", bytes_before=1),
    _NAMED.sees("PLACE", "LONG", bytes_before=1),
    _NAMED.sees("PLACE", "SHAPE", "SCALE"),
    _NAMED.sees("PLACE", "PLAIN"),
)

_FLOATS = (
    Context("order 3", last(3)),
    Context("order 4", last(4)),
    Context("PLACE, byte 4", _NAMED.part("PLACE"), recent(0xFF000000)),
    Context("PLACE, bytes 1, 4", _NAMED.part("PLACE"), recent(0xFF0000FF)),
    Context("PLACE, bytes 1-2, middle", _NAMED.part("PLACE"), recent(0xFFF0)),
    Context("PLACE, bytes 1-2, outer", _NAMED.part("PLACE"), recent(0xF000F0)),
    Context("bytes 2-3", recent(0xFFFF00)),
    Context("bytes 1-4, cut", recent(0xF0F0F0FF)),
)


def model_of(form: str) -> Model:
    """What suits samples of a form."""
    floats = state.FORMS[form][1] == state.IBM
    return Model(
        contexts=(*_NUMBERS, *_FLOATS) if floats else _NUMBERS,
        selectors=(
            Selector("last byte", layout.LAST, 256),
            Selector("match", layout.MATCH_ROW, 88),
            _NAMED.by("PLACE", 4, WITH_PARTIAL),
            _NAMED.by("PLACE_SCALE", state.SCALED_PLACES, WITH_DEPTH),
            _NAMED.by("SHAPE", state.SHAPES if floats else 64, WITH_DEPTH),
        ),
        rate=32,
        memory=22,
        slots_per_byte=32,
        detail=False,
    )
