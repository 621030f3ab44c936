"""A cascade of long filters: each stage foresees what the one before it left, the first what least squares left.

    forecast = sum_i w_i x_i      w_i <- w_i + mu e x_i / sum_j x_j**2      e = what was left - forecast

(Least mean squares: Widrow & Hoff 1960; normalised: Nagumo & Noda 1967; in cascade for sound: Ashland's Monkey's Audio
and Ghido's OptimFROG, about 2000, the latter behind least squares.) x are the last values that came into the stage:
hundreds of them, which least squares could not afford, so that echoes and long tones are foreseen. What is left is
in units of 1/16 of a step, weights are in units of 2**-20.

Cost: two multiplications a tap and sample, 100 nanoseconds in all.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from codelength.predictors.compiled import kernel

TAPS = np.array([256, 32, 16], dtype=np.int64)
LONGEST = 256
STAGES = 3

_SLOW = np.array([8, 8, 7], dtype=np.int64)
"""-log2 of mu."""

_WEIGHT_BITS = 20
_GAIN_BITS = 28
_POWER_FLOOR = 4096
_MOST_GAIN = np.int64(1) << 30
_REACH = np.int64(1) << 20


@kernel
def foresee(x: Any, channel: Any) -> Any:
    """Fill the forecasts of all stages of a channel, and give their sum."""
    total = np.int64(0)
    for stage in range(STAGES):
        at = x.newest[channel, stage]
        window = x.echoes[channel, stage, at:]
        taps = x.taps[channel, stage]
        forecast = np.int64(0)
        for k in range(TAPS[stage]):
            forecast += np.int64(window[k]) * np.int64(taps[k])
        x.forecasts[channel, stage] = forecast >> _WEIGHT_BITS
        total += x.forecasts[channel, stage]
    return total


@kernel
def follow(x: Any, channel: Any, left: Any, awake: Any) -> None:
    """Every stage learns, unless it is not `awake`, and takes in what it was to foresee; the first one `left`.

    A window lies twice in its row, n apart, so that the last n values are contiguous wherever the newest stands.
    """
    for stage in range(STAGES):
        left = min(max(left, -_REACH), _REACH)
        error = left - x.forecasts[channel, stage]
        n = TAPS[stage]
        at = x.newest[channel, stage]
        row = x.echoes[channel, stage]
        window = row[at:]
        power = x.power[channel, stage]
        if awake > 0:
            taps = x.taps[channel, stage]
            gain = min(max((error << _GAIN_BITS) // (power + _POWER_FLOOR), -_MOST_GAIN), _MOST_GAIN)
            shift = _GAIN_BITS - _WEIGHT_BITS + _SLOW[stage]
            half = np.int64(1) << (shift - 1)
            for k in range(n):
                taps[k] += np.int32((np.int64(window[k]) * gain + half) >> shift)
        oldest = np.int64(window[n - 1])
        at = at - 1 if at > 0 else n - 1
        row[at] = left
        row[at + n] = left
        x.newest[channel, stage] = at
        x.power[channel, stage] = power + left * left - oldest * oldest
        left = error
