"""Contexts and selectors of images, one line each: samples of two bytes, grey, colour, black and white.

Few are enough: without any context a colour image costs half a percent more (the experts and templates do the work).
Rates are low, for mixers of images have little to follow.
"""

from __future__ import annotations

from dataclasses import replace

from codelength.predictors.mixing import state as layout
from codelength.predictors.mixing.contexts import (
    PLAIN,
    WITH_DEPTH,
    WITH_PARTIAL,
    Context,
    Model,
    Part,
    Selector,
    last,
)
from codelength.predictors.pixels import features, templates
from codelength.predictors.pixels.state import Layout


def _part(name: str) -> Part:
    """A register; some may be negative, so 32 bits of them, of which no product leaves 63."""
    return Part(layout.KIND + features.REGISTERS.index(name), 0xFFFFFFFF)


def _sees(*names: str) -> Context:
    """A context of registers of `features`, by name."""
    return Context(" ".join(names), *(_part(name) for name in names))


def _by(name: str, size: int, also: int = PLAIN) -> Selector:
    return Selector(name, layout.KIND + features.REGISTERS.index(name), size, also)


def _by_template(name: str) -> Selector:
    return Selector(name, layout.KIND + templates.REGISTERS.index(name), 256)


DEEP = Model(
    contexts=(
        _sees("BLEND_VALUE", "SECOND"),
        _sees("BLEND_VALUE", "GRADE", "SECOND"),
        _sees("ZONED_VALUE", "GRADE", "SECOND"),
        _sees("SLOW_VALUE", "SECOND"),
        _sees("W", "N", "SECOND"),
        _sees("W", "OTHER", "SECOND"),
        _sees("N", "OTHER", "SECOND"),
        _sees("PLANE_VALUE", "SECOND"),
        _sees("BLEND_FINE", "SECOND"),
        _sees("BLEND_VALUE", "ERROR_W", "SECOND"),
        _sees("DELTA_VALUE", "SECOND"),
        _sees("W", "NE"),
        _sees("MEAN_W_N", "OTHER", "GRADE"),
        _sees("PLANE_VALUE", "OTHER"),
    ),
    selectors=(
        _by("SECOND", 2, WITH_PARTIAL),
        _by("GRADE", 64, WITH_DEPTH),
        _by("BLEND_BYTE", 256),
        _by("DOUBT", 1024),
        _by("ZONED_BYTE", 256),
    ),
    rate=20,
    memory=22,
    slots_per_byte=64,
    detail=False,
)
"""Samples of two bytes: scans, raw sensor data."""

GREY = Model(
    contexts=(
        Context("order 0"),
        _sees("BLEND_VALUE", "GRADE"),
        _sees("W", "N", "NW", "NE"),
        _sees("W", "N", "WW", "NN"),
        _sees("W", "RING4"),
        _sees("RING2"),
        _sees("RING3"),
        Context("place", _part("COLUMN_AT"), _part("ROW_AT"), _part("W") & 0xC0, _part("N") & 0xC0),
        _sees("PLANE_VALUE", "ERROR_W"),
        _sees("BLEND_VALUE", "N", "ERROR_W"),
    ),
    selectors=(
        _by("GRADE", 64, WITH_DEPTH),
        Selector("last byte", layout.LAST, 256),
        _by("N", 256),
        _by("DOUBT", 1024),
        _by("ZONED_BYTE", 256),
    ),
    rate=8,
    memory=22,
    slots_per_byte=32,
    detail=False,
)

TILE = replace(
    GREY,
    contexts=(*GREY.contexts, _sees("MIRROR", "ZONED_VALUE")),
    selectors=(
        *GREY.selectors,
        _by("ROW_AT", 32, WITH_DEPTH),
        _by("COLUMN_AT", 32, WITH_DEPTH),
        _by("PLACE", 256, WITH_DEPTH),
    ),
)
"""Grey frames of at most 32 rows and columns: where in the frame a sample lies says much, so does the other side."""

COLOUR = Model(
    contexts=(
        Context("order 0"),
        _sees("BLEND_VALUE", "GRADE", "CHANNEL_AT"),
        _sees("W", "OTHER", "CHANNEL_AT"),
        _sees("N", "OTHER", "CHANNEL_AT"),
        _sees("W", "N", "CHANNEL_AT"),
        _sees("OTHER", "OTHER_W", "W", "CHANNEL_AT"),
        _sees("DELTA_VALUE", "ERROR_W", "CHANNEL_AT"),
    ),
    selectors=(
        _by("GRADE", 64, WITH_DEPTH),
        _by("ZONED_GRADE", 128, WITH_DEPTH),
        _by("ZONED_BYTE", 256),
        _by("DOUBT", 1024),
        _by("CHANNEL_AT", 4, WITH_PARTIAL),
    ),
    rate=8,
    memory=22,
    slots_per_byte=32,
    detail=False,
)

BILEVEL = Model(
    contexts=(
        Context("order 0"),
        Context("order 1", last(1)),
        Context("order 2", last(2)),
        Context("order 3", last(3)),
    ),
    selectors=(
        Selector("partial byte", layout.NOTHING, 1, WITH_PARTIAL),
        _by_template("SMALL"),
        _by_template("RUNS"),
        _by_template("COLUMN"),
        _by_template("TRUST"),
    ),
    rate=32,
    memory=22,
    slots_per_byte=16,
    detail=False,
)


def model_of(image: Layout) -> Model:
    """The model that suits the samples of an image."""
    if image.bits == 16:
        return DEEP
    if image.channels > 1:
        return COLOUR
    return TILE if image.tile else GREY
