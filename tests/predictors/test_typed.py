"""Codes of typed inputs, images, records and samples: garbage comes back, side information adds up, scoring leaves no
trace, tables stay in proportion, and the kernels are what plain Python says.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from codelength.catalogue import make
from codelength.predictors.mixing.typed import TypedCode
from conformance import random_bytes
from predictors.typed_codes import IMAGES, RECORDS, SAMPLES, SPECS, predictor, round_trip


@pytest.mark.parametrize("spec", SPECS)
def test_garbage_of_any_size_comes_back(spec: str) -> None:
    code = predictor(spec)
    extremes = bytes(np.random.default_rng(2).integers(0, 2, 700, dtype=np.uint8) * 255)
    for data in (b"", b"\x80", b"\xff\0\xff", random_bytes(997), bytes(333), b"\xff" * 501, extremes):
        round_trip(code, data)
    assert code.bits(random_bytes(3000)).bits < 8 * 3000 + 64


@pytest.mark.parametrize("spec", SPECS)
def test_side_information_adds_up_wherever_it_is_cut(spec: str) -> None:
    """A sample of two bytes, a row, a header may lie across the cut."""
    code = predictor(spec)
    ramp = bytes((k // 3 + k % 7) & 255 for k in range(600))
    once = code.given(ramp)
    for cut in (0, 1, 6, 243, 600):
        twice = code.given(ramp[:cut]).given(ramp[cut:])
        assert np.array_equal(twice.probabilities(ramp[:99]), once.probabilities(ramp[:99])), cut
    assert np.array_equal(code.given(b"").probabilities(ramp), code.probabilities(ramp))


@pytest.mark.parametrize("spec", SPECS)
def test_the_walk_sees_what_is_scored_and_nothing_ahead(spec: str) -> None:
    code = predictor(spec).given(random_bytes(50, seed=3) + bytes(90))
    data = bytes((5 * k + k // 9) & 255 for k in range(70))
    probs = code.probabilities(data)
    walk = code.walk()
    for at, bit in enumerate(np.unpackbits(np.frombuffer(data, dtype=np.uint8))):
        assert walk.p == int(probs.reshape(-1)[at]), at
        walk.push(int(bit))
    other = data[:40] + random_bytes(30)
    assert np.array_equal(code.probabilities(other)[:40], probs[:40])
    assert np.array_equal(code.probabilities(data), probs), "scoring has left a trace"


def test_no_table_is_larger_than_the_input_asks_for() -> None:
    for spec in SPECS:
        code = make(spec)
        assert isinstance(code, TypedCode)
        state = code.given(bytes(5000))._state
        held = sum(array.nbytes for part in (state.mixing, state.kind) for array in part)
        assert held < 60e6, spec


PLAIN = """
import hashlib, sys
from codelength.catalogue import make
data = bytes((k * k // 7 + k % 5) & 255 for k in range(60)) + bytes(16) + bytes(range(40))
for spec in sys.argv[1:]:
    code = make(spec)
    digest = hashlib.sha256(code.probabilities(data).tobytes())
    digest.update(code.given(data[:20]).probabilities(data[20:50]).tobytes())
    print(digest.hexdigest())
"""


def test_plain_python_says_the_same_as_the_compiled_kernels() -> None:
    """The kernels run as Python, uncompiled, where an integer that leaves its width is an error, not a wrap."""
    specs = [IMAGES[0], *IMAGES[2:5], "bilevel:width=3", *RECORDS[1:3], SAMPLES[1], SAMPLES[3], SAMPLES[6]]
    program = "import numpy; numpy.seterr(over='raise')\n" + PLAIN
    run = subprocess.run(
        [sys.executable, "-c", program, *specs],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    data = bytes((k * k // 7 + k % 5) & 255 for k in range(60)) + bytes(16) + bytes(range(40))
    expected = []
    for spec in specs:
        code = predictor(spec)
        digest = hashlib.sha256(code.probabilities(data).tobytes())
        digest.update(code.given(data[:20]).probabilities(data[20:50]).tobytes())
        expected.append(digest.hexdigest())
    assert run.stdout.split() == expected
