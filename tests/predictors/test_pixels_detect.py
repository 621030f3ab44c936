"""Detection of images: what headers say, rows found without one, and files that are no images."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest

from codelength.catalogue import make
from codelength.predictors.mixing.suited import other_code
from codelength.predictors.pixels.detect import detect_image, detect_image_header

HEAD = 1 << 20


def test_a_stack_of_slices_with_its_header_and_without(data_dir: Path) -> None:
    with zipfile.ZipFile(data_dir / "silesia" / "mr.zip") as archive:
        data = archive.read("mr")
    assert detect_image(data[:HEAD], len(data)) == "pixels:width=512,bits=16,rows=512,offset=9092,stack=1"
    assert detect_image(data[9092 : 9092 + HEAD]) == "pixels:width=512,bits=16"
    assert detect_image_header(data[:HEAD], len(data)) == detect_image(data[:HEAD], len(data))
    assert detect_image_header(data[9092 : 9092 + HEAD]) is None
    assert other_code(data[:HEAD], len(data), "fast") == detect_image(data[:HEAD], len(data))


@pytest.mark.parametrize("name", ["calgary/pic", "canterbury/ptt5"])
def test_a_page_of_fax(data_dir: Path, name: str) -> None:
    assert detect_image((data_dir / name).read_bytes()) == "bilevel:width=216"


def test_idx_by_its_header(data_dir: Path) -> None:
    (images,) = (data_dir / "mnist").glob("t10k-images*")
    (labels,) = (data_dir / "mnist").glob("t10k-labels*")
    data = gzip.decompress(images.read_bytes())
    assert detect_image(data[:4096], len(data)) == "pixels:width=28,rows=28,offset=16"
    assert detect_image(gzip.decompress(labels.read_bytes())) is None


@pytest.mark.parametrize("folder", ["calgary", "canterbury", "enwik"])
def test_other_files_are_no_images(data_dir: Path, folder: str) -> None:
    for file in sorted((data_dir / folder).iterdir()):
        if file.name not in ("pic", "ptt5"):
            with file.open("rb") as opened:
                assert detect_image(opened.read(HEAD), file.stat().st_size) is None, file.name


def test_a_log_of_long_lines_is_no_image(data_dir: Path) -> None:
    assert detect_image((data_dir / "logs" / "Windows_2k.log").read_bytes()) is None


def test_netpbm_and_bmp() -> None:
    pixels = bytes(20000)
    assert detect_image(b"P6\n# a comment\n64 80\n255\n" + pixels) == "pixels:width=64,channels=3,offset=25"
    assert detect_image(b"P4 640 100 " + pixels) == "bilevel:width=80,offset=11"
    assert detect_image(b"P5 50 40\n65535\n" + pixels) == "pixels:width=50,bits=16,offset=15,big_endian=1"
    head = b"BM" + bytes(8) + (54).to_bytes(4, "little") + (40).to_bytes(4, "little") + (65).to_bytes(4, "little")
    head += (30).to_bytes(4, "little") + b"\1\0\x18\0" + bytes(24)
    assert detect_image(head + pixels) == "pixels:width=65,channels=3,offset=54,padding=1"


def test_rows_without_a_header_are_found() -> None:
    """Smooth rows of grey and of colour, with a little noise."""
    draw = np.random.default_rng(5)
    y, x = np.mgrid[:300, :200]
    grey = 120 + 60 * np.sin(x / 30) * np.cos(y / 25) + draw.normal(0, 2, x.shape)
    assert detect_image(grey.astype(np.uint8).tobytes()) == "pixels:width=200"
    colour = np.stack([grey, 255 - grey, grey / 2], axis=-1)
    assert detect_image(colour.astype(np.uint8).tobytes()) == "pixels:width=200,channels=3"


def test_headers_that_promise_too_much_are_not_believed() -> None:
    for head in (b"P5 999999 40 255 ", b"P6 0 10 255 ", b"P5 a", b"BM", b"\0\0\x08\x03" + b"\xff" * 12):
        assert detect_image(head + bytes(500)) is None, head


@pytest.mark.parametrize("start", [b"P5", b"BM", b"\0\0\x08\x03", b"\0\0\x08\x04", b"\x08\0", b"", b"P4 9 9 "])
def test_whatever_comes_the_answer_is_a_code_or_none(start: bytes) -> None:
    draw = np.random.default_rng(7)
    for size in (0, 1, 40, 300, 20000):
        data = start + draw.integers(0, 256, size, dtype=np.uint8).tobytes()
        spec = detect_image(data)
        assert spec is None or make(spec).spec == spec


def test_noise_is_no_image() -> None:
    assert detect_image(np.random.default_rng(1).integers(0, 256, 60000, dtype=np.uint8).tobytes()) is None


def test_a_table_that_looks_like_an_image_is_left_to_records() -> None:
    """Rows of three numbers that grow: as near to the row above as pixels are, but records foresee the columns."""
    draw = np.random.default_rng(3)
    first = np.cumsum(draw.integers(1, 4, 3000))
    rows = np.stack([first, first + draw.choice([0, 32, 48], 3000), np.cumsum(draw.integers(4, 9, 3000))], axis=1)
    table = rows.astype("<u4").tobytes()
    assert detect_image(table) is None
    assert other_code(table, len(table), "default") == "records:width=12"
