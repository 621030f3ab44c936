"""What samples let contexts see: at the end of each sample predictors learn it and foresee the next of its channel.

Six predictions (`state`) each become the expected value of the next byte, given the bytes of this sample that are known
(`values`). `see_samples` is called once a byte; cost: 4 microseconds a sample, nearly all of it least squares.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import inlined, kernel
from codelength.predictors.mixing import expected
from codelength.predictors.mixing.expected import VALUE, half_octaves
from codelength.predictors.samples.cascade import follow, foresee
from codelength.predictors.samples.linear import fit, forecast
from codelength.predictors.samples.state import (
    AT,
    BEST,
    BEST_BYTE,
    BY_CASCADE,
    BY_LINE,
    BY_LONG,
    BY_MEAN,
    BY_SHORT,
    BY_STAGE,
    BYTES,
    CHANNEL,
    CHANNELS,
    COUNT,
    HERE,
    HIGH_FIRST,
    IBM,
    INPUTS,
    KEPT,
    KNOWN,
    LEAST_SQUARES,
    LONG,
    OFFSET,
    OWN,
    PLACE,
    PLACE_SCALE,
    PLAIN,
    PREDICTIONS,
    SCALE,
    SHAPE,
    SHORT,
    WRITTEN,
)
from codelength.predictors.samples.values import expect_byte, value_of

_ECHO_BITS = 8
"""What least squares leave is handed to the cascade in 2**-4 of a step."""

_REACH = np.int64(1) << 28
"""Predictions end at twice the range of the samples."""


@kernel
def begin_samples(r: Any, x: Any) -> None:
    """A target begins: its first byte is that of a header, or of the first sample."""
    for k in range(x.now.shape[0]):
        x.now[k] = 0
    for channel in range(x.past.shape[0]):
        for k in range(KEPT):
            x.past[channel, k] = 0
        for k in range(PREDICTIONS):
            x.predicted[channel, k] = 0
        for stage in range(x.newest.shape[1]):
            x.power[channel, stage] = 0
            x.forecasts[channel, stage] = 0
            for k in range(x.echoes.shape[2]):
                x.echoes[channel, stage, k] = 0
    for q in range(PREDICTIONS):
        x.numbers[q, expected.SCALE] = -1
    for k in range(PLACE, SHAPE + 1):
        r[k] = 0
    if x.layout[OFFSET] == 0:
        _expect(r, x)


@kernel
def see_samples(r: Any, x: Any, byte: Any, awake: Any) -> None:
    """One more byte is known: set the registers for the next one. Unless `awake`, predictors stay as they are."""
    now = x.now
    now[HERE] += 1
    at = now[HERE] - x.layout[OFFSET]
    if at < 0:
        return
    if at > 0:
        now[KNOWN] = now[KNOWN] << 8 | byte if x.layout[HIGH_FIRST] > 0 else now[KNOWN] | byte << (8 * now[AT])
        now[AT] += 1
        if now[AT] == x.layout[BYTES]:
            _take(x, np.int64(value_of(x)), awake)
            now[AT] = 0
            now[KNOWN] = 0
            now[CHANNEL] += 1
            if now[CHANNEL] == x.layout[CHANNELS]:
                now[CHANNEL] = 0
                now[COUNT] += 1
            _foresee(x)
    _expect(r, x)


@inlined
def _take(x: Any, value: Any, awake: Any) -> None:
    """A sample is complete: learn from it."""
    channel = x.now[CHANNEL]
    for q in range(PREDICTIONS):
        error = abs((value << 12) - x.predicted[channel, q])
        x.errors[channel, q] += ((error << 4) - x.errors[channel, q]) >> 4
    if awake > 0:
        for k in range(LEAST_SQUARES):
            fit(x, channel, k, value)
    left = ((value << 12) - x.predicted[channel, BY_LONG]) >> _ECHO_BITS
    follow(x, channel, left, awake)
    past = x.past[channel]
    for k in range(KEPT - 1, 0, -1):
        past[k] = past[k - 1]
    past[0] = value


@inlined
def _foresee(x: Any) -> None:
    """Predict the next sample of the channel whose turn it is."""
    channel = x.now[CHANNEL]
    past = x.past[channel]
    for k in range(OWN):
        x.inputs[k] = past[k]
    other = past if x.layout[CHANNELS] == 1 else x.past[channel - 1 if channel > 0 else x.layout[CHANNELS] - 1]
    first = np.int64(OWN) if x.layout[CHANNELS] == 1 else np.int64(0)
    for k in range(INPUTS - OWN):
        x.inputs[OWN + k] = other[first + k]
    said = x.predicted[channel]
    said[BY_LONG] = min(max(forecast(x, channel, 0), -_REACH), _REACH)
    said[BY_SHORT] = min(max(forecast(x, channel, 1), -_REACH), _REACH)
    said[BY_CASCADE] = said[BY_LONG] + (foresee(x, channel) << _ECHO_BITS)
    said[BY_STAGE] = said[BY_LONG] + (x.forecasts[channel, 0] << _ECHO_BITS)
    said[BY_MEAN] = (said[BY_CASCADE] + said[BY_SHORT]) >> 1
    said[BY_LINE] = (past[0] if x.layout[WRITTEN] == IBM else 2 * past[0] - past[1]) << 12


@inlined
def _expect(r: Any, x: Any) -> None:
    """What the predictions say of the next byte, and the registers that follow."""
    channel = x.now[CHANNEL]
    place = x.now[AT]
    for q in range(PREDICTIONS):
        expect_byte(x, np.int64(q), x.predicted[channel, q], x.errors[channel, q] >> 4)
    r[PLACE] = place
    r[BEST] = (x.numbers[BY_CASCADE, VALUE] >> 4) & 1023
    r[LONG] = (x.numbers[BY_LONG, VALUE] >> 4) & 1023
    r[SHORT] = (x.numbers[BY_SHORT, VALUE] >> 4) & 1023
    r[PLAIN] = (x.numbers[BY_LINE, VALUE] >> 4) & 1023
    r[BEST_BYTE] = r[BEST] & 255
    r[SCALE] = max(x.numbers[BY_CASCADE, expected.SCALE], np.int64(0))
    r[PLACE_SCALE] = place * expected.SCALES + r[SCALE]
    if x.layout[WRITTEN] != IBM:
        away = x.predicted[channel, BY_CASCADE] - x.predicted[channel, BY_LINE]
        r[SHAPE] = half_octaves(abs(away) >> 10) * 2 + np.int64(away < 0)
    elif place == 0:
        away = x.predicted[channel, BY_CASCADE]
        r[SHAPE] = half_octaves(abs(away) >> 4) * 2 + np.int64(away < 0)
    else:
        first = x.now[KNOWN] >> (8 * (place - 1))
        r[SHAPE] = first << 4 | ((x.now[KNOWN] & 255) >> 4 if place == 2 else np.int64(0))
