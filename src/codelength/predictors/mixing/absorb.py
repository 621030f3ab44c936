"""Reading without foretelling: most of a primer is taken into the past so, in a third of the time of learning."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codelength.predictors.compiled import kernel
from codelength.predictors.mixing.foresight import keep_byte
from codelength.predictors.mixing.kernel import NEXT
from codelength.predictors.mixing.match import follow_match
from codelength.predictors.mixing.slots import hash_contexts, look_up, seek
from codelength.predictors.mixing.state import AWAKE, DOUBTED, PARTIAL, State
from codelength.predictors.mixing.text import see_text


@kernel
def absorb(s: State, data: NDArray[np.uint8]) -> None:
    """Take bytes into the past, histories and match only: mixers, maps and finals stay."""
    r = s.registers
    r[AWAKE] = 1
    r[DOUBTED] = 0
    for i in range(data.shape[0]):
        byte = np.int64(data[i])
        hash_contexts(s)
        seek(s, np.int64(1))
        seek(s, 16 | byte >> 4)
        for partial, nibble in ((np.int64(1), byte >> 4), (16 | byte >> 4, byte & 15)):
            r[PARTIAL] = partial
            look_up(s)
            for k in range(s.bases.shape[0]):
                slot = s.bases[k]
                node = np.int64(1)
                for j in range(3, -1, -1):
                    bit = nibble >> j & 1
                    at = np.uint64(slot + node)
                    s.slots[at] = NEXT[s.slots[at], bit]
                    node = node * 2 + bit
        keep_byte(s, byte)
        see_text(s, byte)
        follow_match(s)
