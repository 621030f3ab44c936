"""`Pixels` and `Bilevel`: honest codes of crops and of garbage, images that begin anew, kernels as Python has them."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from codelength.catalogue import make
from codelength.core import Predictor, UnknownCodeError
from codelength.predictors.mixing.typed import TypedCode
from codelength.predictors.pixels import Bilevel, Pixels
from conformance import random_bytes

SPECS = [
    "pixels:width=28,rows=28",
    "pixels:width=10,channels=3,padding=2",
    "pixels:width=7,channels=4,rows=5,offset=11",
    "pixels:width=16,bits=16,rows=4,offset=5,stack=1",
    "pixels:width=9,bits=16,big_endian=1",
    "pixels:width=3,channels=2,bits=16,rows=2,padding=2",
    "pixels:width=1",
    "bilevel:width=3",
    "bilevel:width=216,offset=7",
]


@pytest.fixture(scope="module")
def scan(data_dir: Path) -> bytes:
    """Two rows of each of eight slices, 512 samples of 16 bits each."""
    with zipfile.ZipFile(data_dir / "silesia" / "mr.zip") as archive:
        data = archive.read("mr")[9092:]
    return b"".join(data[(8 + k) * 524288 + 200 * 1024 :][:2048] for k in range(8))


@pytest.fixture(scope="module")
def page(data_dir: Path) -> bytes:
    return (data_dir / "calgary" / "pic").read_bytes()[30000:60000]


@pytest.fixture(scope="module")
def digits(data_dir: Path) -> bytes:
    """Forty images of MNIST."""
    (path,) = (data_dir / "mnist").glob("t10k-images*")
    return gzip.decompress(path.read_bytes())[16 : 16 + 40 * 784]


def predictor(spec: str) -> Predictor:
    code = make(spec)
    assert isinstance(code, Predictor)
    return code


def round_trip(code: Predictor, data: bytes) -> int:
    """Size of the stream, which says what `bits` says and gives the data back."""
    stream = code.encode(data)
    assert code.decode(stream, max_size=len(data)) == data
    assert abs(8 * len(stream) - code.bits(data).bits) <= 32 + 1e-4 * code.bits(data).bits
    return len(stream)


@pytest.mark.parametrize("spec", SPECS)
def test_garbage_of_any_size_comes_back(spec: str) -> None:
    code = predictor(spec)
    extremes = bytes(np.random.default_rng(2).integers(0, 2, 700, dtype=np.uint8) * 255)
    for data in (b"", b"\x80", b"\xff\0\xff", random_bytes(997), bytes(333), b"\xff" * 501, extremes):
        round_trip(code, data)
    assert code.bits(random_bytes(3000)).bits < 8 * 3000 + 64


def test_real_crops_come_back_smaller_than_with_a_general_code(scan: bytes, page: bytes, digits: bytes) -> None:
    general = make("lzma")
    cases = [
        ("pixels:width=512,bits=16,rows=2,stack=1", scan, 0.8),
        ("bilevel:width=216", page, 0.8),
        ("pixels:width=28,rows=28", digits[: 20 * 784], 0.85),
    ]
    for spec, data, share in cases:
        assert round_trip(predictor(spec), data) < share * len(general.encode(data)), spec


def test_images_of_the_same_kind_help_and_the_next_one_begins_anew(digits: bytes) -> None:
    code = predictor("pixels:width=28,rows=28")
    known, target = digits[: 30 * 784], digits[30 * 784 :]
    primed = code.given(known)
    assert primed.bits(target).bits < 0.94 * code.bits(target).bits
    assert round_trip(primed, target) < len(code.encode(target))
    # Side information that ends in the middle of an image: the target still begins at the upper left.
    cut = code.given(known[: 29 * 784 + 397])
    assert cut.bits(target).bits < 1.02 * primed.bits(target).bits


def test_a_page_given_begins_anew(page: bytes) -> None:
    """Where the side information ended in its row makes no difference to speak of; what it taught does."""
    code = predictor("bilevel:width=216")
    known, target = page[: 216 * 60], page[216 * 60 :]
    primed = code.given(known).bits(target).bits
    assert primed < code.bits(target).bits
    assert code.given(known + target[:100]).bits(target).bits < 1.01 * primed


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


def test_blocks_cut_anywhere_are_one_image(digits: bytes) -> None:
    """A frame is coded in blocks, each given all before it: only a target begins anew, not a block."""
    code = predictor("pixels:width=28,rows=28")
    writer, reader = code.blocks(), code.blocks()
    total = 0
    for at in range(0, 6000, 1500):
        block = digits[at : at + 1500]
        payload = writer.encode(block)
        total += len(payload)
        assert reader.decode(payload, len(block)) == block
    assert total <= len(code.encode(digits[:6000])) + 4 * 8


def test_noise_costs_next_to_nothing_and_spoils_nothing(digits: bytes) -> None:
    code = predictor("pixels:width=28,rows=28")
    known, target = digits[: 30 * 784], digits[30 * 784 :]
    noise = random_bytes(20 * 784)
    assert code.given(known).bits(noise).bits < 8 * len(noise) + 64
    assert code.given(known + noise).bits(target).bits < 1.03 * code.given(known).bits(target).bits


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("pixels:width=0", "width=0: expected 1 to"),
        ("pixels:width=5,channels=5", "channels=5: expected 1 to 4"),
        ("pixels:width=5,bits=12", "bits=12: expected 8 or 16"),
        ("pixels:width=5,bits=16,padding=1", "padding=1: expected whole samples"),
        ("pixels:width=5,rows=1,stack=1", "stack=1 needs"),
        ("pixels:width=100000,channels=2", "samples in a row"),
        ("pixels:width=9999,rows=9999,stack=1", "stack=1 keeps"),
        ("bilevel:width=0", "width=0: expected 1 to"),
        ("bilevel:offset=-1", "offset=-1: expected 0 to"),
    ],
)
def test_an_impossible_image_is_refused_in_one_line(spec: str, message: str) -> None:
    with pytest.raises(UnknownCodeError, match=message) as error:
        make(spec)
    assert "\n" not in str(error.value)


def test_a_spec_says_what_differs_from_the_defaults() -> None:
    assert Pixels(512, bits=16, rows=512, stack=1).spec == "pixels:width=512,bits=16,rows=512,stack=1"
    assert Bilevel(216, offset=9).spec == "bilevel:width=216,offset=9"
    for spec in SPECS:
        assert make(spec).spec == spec


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
    specs = [SPECS[0], SPECS[2], SPECS[3], SPECS[4], "bilevel:width=3"]
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
