"""Reading without foretelling: most of a primer is taken into the past so, in a third of the time of learning."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.compiled import kernel
from codelength.predictors.mixing.kernel import NEXT, begin_byte, end_byte
from codelength.predictors.mixing.slots import look_up
from codelength.predictors.mixing.state import AWAKE, DOUBTED, NODE, PARTIAL, State


@kernel
def absorb(s: State, data: NDArray[np.uint8]) -> None:
    """Take bytes into the past, histories and match only: mixers, maps and finals stay."""
    r = s.registers
    for i in range(data.shape[0]):
        begin_byte(s)
        r[AWAKE] = 1
        byte = np.int64(data[i])
        for j in range(8):
            if j & 3 == 0:
                look_up(s)
                r[NODE] = 1
            bit = (byte >> (7 - j)) & 1
            node = r[NODE]
            for k in range(s.hashes.shape[0]):
                at = np.uint64(s.bases[k] + node)
                s.slots[at] = NEXT[s.slots[at], bit]
            r[NODE] = node * 2 + bit
            r[PARTIAL] = r[PARTIAL] * 2 + bit
        r[DOUBTED] = 0
        end_byte(s, byte)
