"""Contexts and selectors of records, one line each.

Rows of weights and contexts that hold the key are there only where a record has one. What is here was chosen by adding
and dropping lines on canterbury/kennedy.xls and calgary/obj2 (`docs/decisions.md`).
"""

from __future__ import annotations

from typing import NamedTuple

from codelength.predictors.mixing import state as layout
from codelength.predictors.mixing.contexts import (
    WITH_DEPTH,
    WITH_MATCH,
    WITH_PARTIAL,
    Context,
    Model,
    Selector,
    last,
    recent,
)
from codelength.predictors.mixing.named import Named
from codelength.predictors.records import state

POSITIONS = 256
KEYED_POSITIONS = 64
"""Positions that have rows of weights of their own; later ones share the last."""

HISTORIES_COUNTED = 32
"""Contexts with a history are counted up to one less."""


class RecordsModel(NamedTuple):
    """What is mixed, and which contexts (by their place) also have direct counters."""

    model: Model
    direct: tuple[int, ...]


_NAMED = Named(state.NAMES)

_GENERAL = (
    Context("order 0"),
    Context("order 1", last(1)),
    Context("order 2", last(2)),
    Context("order 3", last(3)),
    Context("order 4", last(4)),
    Context("bytes 2-3", recent(0xFFFF00)),
)

_COUNTED = (
    _NAMED.sees("POSITION"),
    _NAMED.sees("POSITION", "KEY_BYTE"),
    _NAMED.sees("POSITION", "PREFIX"),
    _NAMED.sees("POSITION", "KEY_BYTE", "PREFIX"),
)
"""With direct counters beside their histories."""

_FIELDS = (
    _NAMED.sees("POSITION", "UP"),
    _NAMED.sees("POSITION", "UP", bytes_before=1),
    _NAMED.sees("POSITION", "KEY_BYTE", "FOLLOWED1"),
    _NAMED.sees("POSITION", "KEY_BYTE", "FOLLOWED2"),
    _NAMED.sees("POSITION", "FOLLOWED3"),
    _NAMED.sees("POSITION", "UPS2"),
    _NAMED.sees("POSITION", "FOLLOWED1", bytes_before=1),
    _NAMED.sees("POSITION", "LINE"),
    _NAMED.sees("POSITION", bytes_before=1),
    _NAMED.sees("POSITION", bytes_before=2),
    _NAMED.sees("PERIOD_UP"),
    _NAMED.sees("PERIOD_UP", bytes_before=1),
    _NAMED.sees("PERIOD_UPS"),
    _NAMED.sees("UP", bytes_before=1),
    _NAMED.sees("UP", bytes_before=2),
    _NAMED.sees("UPS2"),
)

_COUNTED_MORE = (_NAMED.sees("POSITION", "UP", "KEY_BYTE"), _NAMED.sees("POSITION", "UP", "PREFIX"))

_FIELDS_MORE = (
    _NAMED.sees("POSITION", "PLANE"),
    _NAMED.sees("POSITION", "KEY_BYTE", "KEY_STEP", bytes_before=1),
    _NAMED.sees("POSITION", "PREFIX", "PREFIX_BEFORE"),
    _NAMED.sees("POSITION", "UPS3"),
    _NAMED.sees("UP", "UP_NEXT", bytes_before=1),
    Context("order 5", last(5)),
    Context("order 6", last(6)),
    Context("bytes 2, 4", recent(0xFF00FF00)),
    Context("bytes 1-4, cut", recent(0xF0F0F0FF)),
)

PRESETS = {
    "default": ((*_COUNTED, *_GENERAL, *_FIELDS), len(_COUNTED)),
    "max": (
        (*_COUNTED, *_COUNTED_MORE, *_GENERAL, *_FIELDS, *_FIELDS_MORE),
        len(_COUNTED) + len(_COUNTED_MORE),
    ),
}
"""Contexts, and how many of the first have direct counters."""


def model_of(preset: str, width: int, key: int) -> RecordsModel:
    """What suits records of `width` bytes with or without a key."""
    contexts, counted = PRESETS[preset]
    keyed = key != state.NO_KEY
    kept = [each for each in contexts if keyed or "KEY_BYTE" not in each.name]
    positions = min(width, POSITIONS)
    selectors = (
        Selector("partial byte", layout.NOTHING, 1, WITH_PARTIAL),
        Selector("last byte", layout.LAST, 256),
        Selector("match", layout.MATCH_ROW, 88),
        _NAMED.by("POSITION", positions, WITH_DEPTH),
        _NAMED.by("UP", 256),
        _NAMED.by("HISTORIES", positions * HISTORIES_COUNTED),
        _NAMED.by("POSITION", positions, WITH_MATCH),
        *((_NAMED.by("KEY_PLACE", 256 * min(width, KEYED_POSITIONS)),) if keyed else ()),
    )
    model = Model(tuple(kept), selectors, rate=16, memory=22, slots_per_byte=64, detail=False)
    return RecordsModel(model, tuple(k for k, each in enumerate(kept) if each in contexts[:counted]))
