"""A few colours that stand for all: k-means over pixels, so that a pixel is one symbol (iGPT: 512 colours, 9 bits).

Chen et al. 2020, section 3.1: k-means in RGB with k = 512 over the training images' pixels. Here over a seeded draw of
them. Colours are sorted by luminance. Cost: O(k) a pixel drawn and a distinct colour.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codelength.core import DataError
from codelength.data.pictures import Pictures

_DRAWN = 100_000
_CHUNK = 1 << 14


def fit_palette(pictures: Pictures, colours: int = 512, *, seed: int = 0) -> NDArray[np.uint8]:
    """The palette (k, 3) of images (n, height, width, 3); k is smaller where they have fewer colours.

    Raises
    ------
    DataError
        Grey images, or fewer than 2 or more than 65,536 colours wanted.
    """
    if pictures.ndim != 4 or not 2 <= colours <= 1 << 16:
        raise DataError(
            f"a palette of {colours} colours for images of shape {pictures.shape}: expected 2 or more, of RGB"
        )
    pixels = pictures.reshape(-1, 3)
    draw = np.random.default_rng(seed)
    drawn = pixels[draw.integers(0, len(pixels), min(_DRAWN, len(pixels)))]
    distinct = np.unique(drawn, axis=0)
    if len(distinct) > colours:
        from sklearn.cluster import MiniBatchKMeans

        means = MiniBatchKMeans(colours, random_state=seed, n_init=1, batch_size=4096).fit(drawn.astype(np.float32))
        distinct = np.unique(means.cluster_centers_.round().clip(0, 255).astype(np.uint8), axis=0)
    return distinct[np.argsort(distinct @ np.array([0.299, 0.587, 0.114]), kind="stable")]


def indexed(pictures: Pictures, palette: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """The nearest colour of the palette for each pixel: (n, height, width, 3) -> (n, height, width)."""
    packed = pictures.astype(np.uint32) @ np.array([65536, 256, 1], dtype=np.uint32)
    values, places = np.unique(packed, return_inverse=True)
    colours = np.stack([values >> 16, (values >> 8) & 255, values & 255], axis=1).astype(np.float32)
    centres = palette.astype(np.float32)
    nearest = np.empty(len(values), dtype=np.uint16)
    for at in range(0, len(values), _CHUNK):
        part = colours[at : at + _CHUNK]
        distance = (centres**2).sum(axis=1) - 2 * part @ centres.T  # |c|^2 - 2 p c, (chunk, k)
        nearest[at : at + _CHUNK] = distance.argmin(axis=1)
    return nearest[places].reshape(pictures.shape[:3])


def painted(symbols: NDArray[np.integer], palette: NDArray[np.uint8]) -> Pictures:
    """Indices -> colours: (...) -> (..., 3)."""
    colours: Pictures = palette[symbols]
    return colours
