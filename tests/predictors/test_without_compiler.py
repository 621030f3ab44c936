"""Typed inputs without a compiler: their kernels are plain Python too, and say the same to the last bit.

`cm` has an independent twin (`test_mixing_twin`). Here Numba is switched off (NUMBA_DISABLE_JIT), so that CPython and
numpy's integers alone decode the golden frames: nothing of a stream hangs on how a compiler orders or widens integers.
"""

import os
import subprocess
import sys

import pytest

from codelength.api import compress
from golden.make import INPUTS, file_of

DECODE = """
import sys, warnings
from numba import config
from codelength.api import decompress
warnings.simplefilter("ignore")  # hashes wrap at 64 bits, as they are meant to
assert config.DISABLE_JIT
sys.stdout.buffer.write(decompress(sys.stdin.buffer.read()))
"""


def decoded(frame: bytes) -> bytes:
    env = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    return subprocess.run([sys.executable, "-c", DECODE], input=frame, env=env, capture_output=True, check=True).stdout


@pytest.mark.parametrize("spec", ["delta", "prose:wrap=1", "x86", "pixels", "bilevel", "dna", "records", "samples"])
def test_golden_frames_decode_without_a_compiler(spec: str) -> None:
    assert decoded(file_of(spec, "short").read_bytes()) == INPUTS["short"]


def test_calls_are_moved_without_a_compiler() -> None:
    """Calls of one place from several, between instructions of every common form."""
    code = b"\x55\x8b\xec\x83\xec\x10"
    for _ in range(6):
        code += b"\x8b\x45\x08\x50\xe8" + (900 - len(code) - 9).to_bytes(4, "little") + b"\x83\xc4\x04"
    code += b"\xc9\xc3"
    assert decoded(compress(code, code="x86")) == code
