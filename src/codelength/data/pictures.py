"""Files -> images of one size: idx files, NumPy arrays, image files, and folders of those.

An image file that is a tall strip of tiles is cut into them (`tile`). Cost: all images in memory, one byte a sample.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from codelength.core import DataError
from codelength.data.files import display
from codelength.data.idx import read_idx

Pictures = NDArray[np.uint8]

ENDINGS = (".png", ".webp", ".bmp", ".gif", ".jpg", ".jpeg", ".ppm", ".pgm", ".tif", ".tiff")
"""Endings of image files in a folder."""


def read_pictures(path: Path, *, tile: int | None = None, limit: int | None = None) -> Pictures:
    """Images of one size and mode.

    Parameters
    ----------
    path
        An idx file (gzipped or not), a .npy array (n, height, width) or (n, height, width, 3), an image file, or a
        folder of image files, taken in the order of their names.
    tile
        Cut every image file into pieces of this height.
    limit
        The first so many images only.

    Returns
    -------
    NDArray
        (n, height, width) uint8 if grey, (n, height, width, 3) if coloured.

    Raises
    ------
    DataError
        Nothing there, files that are no images, images of several sizes or modes, of 16 bits a sample or transparent,
        or a height that `tile` does not divide.
    """
    if path.is_dir() or path.suffix.lower() in ENDINGS:
        found = _from_files(path, tile, limit)
    elif path.suffix == ".npy":
        try:
            found = np.load(path, allow_pickle=False)
        except (OSError, ValueError) as error:
            raise DataError(f"{display(path)}: cannot be read as an array: {error}") from error
    else:
        found = read_idx(path)
    if (
        found.dtype != np.uint8
        or found.ndim not in (3, 4)
        or (found.ndim == 4 and found.shape[3] != 3)
        or not found.size
    ):
        raise DataError(
            f"{display(path)}: {found.dtype} of shape {found.shape}; expected uint8 (images, height, width) or "
            "(images, height, width, 3)"
        )
    return found[:limit]


def resized(pictures: Pictures, height: int, width: int) -> Pictures:
    """Images of another size; every new sample is the mean of the area that it covers."""
    if pictures.shape[1:3] == (height, width):
        return pictures
    small = [Image.fromarray(picture).resize((width, height), Image.Resampling.BOX) for picture in pictures]
    return np.stack([np.asarray(picture) for picture in small])


def grey(pictures: Pictures) -> Pictures:
    """One sample a pixel: luminance, .299 R + .587 G + .114 B (ITU-R BT.601), rounded."""
    if pictures.ndim == 3:
        return pictures
    weighted = pictures.astype(np.uint32) @ np.array([299, 587, 114], dtype=np.uint32)
    return ((weighted + 500) // 1000).astype(np.uint8)


def _from_files(path: Path, tile: int | None, limit: int | None) -> Pictures:
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in ENDINGS) if path.is_dir() else [path]
    if not files:
        raise DataError(f"{display(path)}: no image files ({', '.join(ENDINGS)}) in this folder")
    groups: list[Pictures] = []
    for file in files:
        groups.append(_tiles(file, tile))
        if groups[-1].shape[1:] != groups[0].shape[1:]:
            raise DataError(
                f"{display(file)}: {groups[-1].shape[1:]} where {display(files[0])} is {groups[0].shape[1:]}; images "
                "must be of one size and mode"
            )
        if limit is not None and sum(map(len, groups)) >= limit:
            break
    return np.concatenate(groups)


def _tiles(file: Path, tile: int | None) -> Pictures:
    try:
        with Image.open(file) as image:
            picture = np.asarray(_samples(image, file))
    except (OSError, UnidentifiedImageError) as error:
        raise DataError(f"{display(file)}: cannot be read as an image: {error}") from error
    height = picture.shape[0] if tile is None else tile
    if picture.shape[0] % height:
        raise DataError(f"{display(file)}: a height of {picture.shape[0]} cannot be cut into pieces of {height}")
    return picture.reshape(-1, height, *picture.shape[1:])


def _samples(image: Image.Image, file: Path) -> Image.Image:
    """Grey or coloured, 8 bits a sample; what would lose more than its palette is refused."""
    if image.mode in ("1", "L"):
        return image.convert("L")
    if image.mode not in ("P", "RGB", "RGBA", "LA", "PA"):
        raise DataError(
            f"{display(file)}: mode {image.mode}; expected grey or RGB of 8 bits a sample: convert it first"
        )
    if image.has_transparency_data and image.convert("RGBA").getchannel("A").getextrema() != (255, 255):
        raise DataError(f"{display(file)}: has transparent pixels, which have no colour: flatten it first")
    return image.convert("L" if image.mode == "LA" else "RGB")
