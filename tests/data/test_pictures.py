"""Images: idx files, arrays, image files and strips; resizing, grey levels and palettes; and what is wrong, said."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from codelength.core import DataError
from codelength.data.idx import read_idx
from codelength.data.palettes import fit_palette, indexed, painted
from codelength.data.pictures import grey, read_pictures, resized

DRAW = np.random.default_rng(0)
GREY = DRAW.integers(0, 256, (6, 4, 5), dtype=np.uint8)
COLOUR = DRAW.integers(0, 256, (6, 4, 5, 3), dtype=np.uint8)


def idx(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape) + array.tobytes()


def test_idx_files_plain_gzipped_and_in_members(tmp_path: Path) -> None:
    content = idx(GREY)
    for name, packed in (
        ("plain", content),
        ("gzipped", gzip.compress(content)),
        ("members", gzip.compress(content[:50]) + gzip.compress(content[50:])),
    ):
        (tmp_path / name).write_bytes(packed)
        assert np.array_equal(read_idx(tmp_path / name), GREY)
        assert np.array_equal(read_pictures(tmp_path / name, limit=2), GREY[:2])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"hello, world", "not an idx file"),
        (idx(GREY)[:-1], "says 6 x 4 x 5 values and holds 119"),
        (gzip.compress(idx(GREY))[:-9], "cut short|damaged"),
        (gzip.compress(bytes(5000)), "more than 1,000"),
        (bytes([0, 0, 13, 1, 0, 0, 0, 1, 0, 0, 0, 0]), "not an idx file"),
    ],
)
def test_damaged_idx_files(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(DataError, match=says):
        read_idx(tmp_path / "x", max_size=1000)


def test_real_idx_files(data_dir: Path) -> None:
    images = read_pictures(data_dir / "mnist" / "t10k-images-idx3-ubyte.gz")
    labels = read_idx(data_dir / "mnist" / "t10k-labels-idx1-ubyte.gz")
    assert images.shape == (10_000, 28, 28) and labels.shape == (10_000,) and set(labels.tolist()) == set(range(10))


def test_strips_folders_and_arrays(tmp_path: Path, data_dir: Path) -> None:
    strips = read_pictures(data_dir / "cifar10" / "test_000.webp", tile=32, limit=40)
    assert strips.shape == (40, 32, 32, 3)
    for i, picture in enumerate(COLOUR):
        Image.fromarray(picture).save(tmp_path / f"{i}.png")
    assert np.array_equal(read_pictures(tmp_path), COLOUR)
    assert np.array_equal(read_pictures(tmp_path, tile=2), COLOUR.reshape(12, 2, 5, 3))
    np.save(tmp_path / "a.npy", COLOUR)
    assert np.array_equal(read_pictures(tmp_path / "a.npy"), COLOUR)


def test_what_is_no_set_of_images(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no image files"):
        read_pictures(tmp_path)
    Image.fromarray(GREY[0]).save(tmp_path / "a.png")
    with pytest.raises(DataError, match="cannot be cut into pieces of 3"):
        read_pictures(tmp_path / "a.png", tile=3)
    Image.fromarray(COLOUR[0]).save(tmp_path / "b.png")
    with pytest.raises(DataError, match="one size and mode"):
        read_pictures(tmp_path)
    (tmp_path / "c.png").write_bytes(b"no image")
    with pytest.raises(DataError, match="cannot be read as an image"):
        read_pictures(tmp_path / "c.png")
    np.save(tmp_path / "d.npy", GREY.astype(np.float64))
    with pytest.raises(DataError, match="expected uint8"):
        read_pictures(tmp_path / "d.npy")
    (tmp_path / "e.npy").write_bytes(b"no array")
    with pytest.raises(DataError, match="as an array"):
        read_pictures(tmp_path / "e.npy")


def test_a_smaller_image_is_the_mean_of_areas() -> None:
    pictures = np.repeat(np.repeat(GREY, 2, axis=1), 2, axis=2)
    assert np.array_equal(resized(pictures, 4, 5), GREY)
    assert resized(COLOUR, 2, 5).shape == (6, 2, 5, 3)
    assert resized(GREY, 4, 5) is GREY


def test_grey_levels() -> None:
    assert grey(np.array([[[[255, 255, 255], [0, 0, 0], [255, 0, 0]]]], np.uint8)).tolist() == [[[255, 0, 76]]]
    assert grey(GREY) is GREY


def test_a_palette_gives_each_pixel_its_nearest_colour() -> None:
    palette = fit_palette(COLOUR, 16)
    assert palette.shape == (16, 3) and np.array_equal(palette, fit_palette(COLOUR, 16))
    symbols = indexed(COLOUR, palette)
    distance = ((COLOUR[..., None, :].astype(int) - palette.astype(int)) ** 2).sum(axis=-1)
    chosen = np.take_along_axis(distance, symbols[..., None].astype(int), axis=-1)[..., 0]
    assert np.array_equal(chosen, distance.min(axis=-1))
    assert np.array_equal(painted(symbols, palette), palette[symbols])


def test_few_colours_are_kept_as_they_are() -> None:
    few = COLOUR[:1, :1, :3]
    palette = fit_palette(np.repeat(few, 9, axis=0), 512)
    assert len(palette) == 3 and np.array_equal(painted(indexed(few, palette), palette), few)
    for wrong in (lambda: fit_palette(GREY), lambda: fit_palette(COLOUR, 1)):
        with pytest.raises(DataError, match="palette"):
            wrong()


def test_images_that_eight_bits_cannot_hold_are_refused(tmp_path: Path) -> None:
    Image.fromarray(np.arange(20, dtype=np.uint16).reshape(4, 5) * 3000).save(tmp_path / "deep.png")
    clear = np.dstack([COLOUR[0], np.full((4, 5), 255, np.uint8)])
    Image.fromarray(clear, "RGBA").save(tmp_path / "opaque.png")
    clear[0, 0, 3] = 9
    Image.fromarray(clear, "RGBA").save(tmp_path / "clear.png")
    with pytest.raises(DataError, match="8 bits a sample"):
        read_pictures(tmp_path / "deep.png")
    with pytest.raises(DataError, match="transparent"):
        read_pictures(tmp_path / "clear.png")
    assert np.array_equal(read_pictures(tmp_path / "opaque.png")[0], COLOUR[0])
