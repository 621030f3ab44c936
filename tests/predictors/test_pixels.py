"""`Pixels` and `Bilevel`: honest codes of crops, images that begin anew. What all typed codes keep: `test_typed`."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from codelength.catalogue import make
from codelength.core import UnknownCodeError
from codelength.predictors.pixels import Bilevel, Pixels
from conformance import random_bytes
from predictors.typed_codes import IMAGES, predictor, round_trip


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


def test_tiles_learn_that_the_right_mirrors_the_left() -> None:
    """Noise on the left, the same reversed on the right: what is left to say is one half."""
    left = random_bytes(6 * 4 * 600)
    tiles = b"".join(row + row[::-1] for row in (left[at : at + 6] for at in range(0, len(left), 6)))
    known, target = tiles[: 12 * 4 * 500], tiles[12 * 4 * 500 :]
    tile = predictor("pixels:width=12,rows=4").given(known).bits(target).bits
    plain = predictor("pixels:width=12").given(known).bits(target).bits
    assert tile < 0.65 * 8 * len(target)
    assert plain > 0.75 * 8 * len(target)


def test_a_page_given_begins_anew(page: bytes) -> None:
    """Where the side information ended in its row makes no difference to speak of; what it taught does."""
    code = predictor("bilevel:width=216")
    known, target = page[: 216 * 60], page[216 * 60 :]
    primed = code.given(known).bits(target).bits
    assert primed < code.bits(target).bits
    assert code.given(known + target[:100]).bits(target).bits < 1.01 * primed


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
    for spec in IMAGES:
        assert make(spec).spec == spec
