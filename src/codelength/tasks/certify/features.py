"""What a certified classifier looks at: fixed integer features of grey images, (n, height, width) uint8.

    pixels        means over square blocks of b pixels, divided by 16: 0 to 15
    orientations  directed edges. With Sobel's gradient (gx, gy) of each 3x3 neighbourhood and 8 directions u_k in units
                  of 1/16,   e_k = max(0, 2 (u_k . g) / 16 - |g| - |g| / 4) / 16,   |g| = |gx| + |gy|
                  summed over square windows that overlap, then the integer square root (Dalal & Triggs 2005 pool
                  oriented gradients likewise)

Nothing here is learned: the features are part of the code's language, only their sizes stand in the stream.
Integers only: the same features everywhere. O(pixels) an image, compiled.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

DIRECTIONS = 8

_TURNS = np.array(
    [[16, 0], [11, 11], [0, 16], [-11, 11], [-16, 0], [-11, -11], [0, -16], [11, -11]], dtype=np.int64
)  # 16 cos, 16 sin of k 45 degrees, rounded


def pixels(images: NDArray[np.uint8], block: int) -> NDArray[np.int32]:
    """Means of blocks: (n, height // block, width // block, 1) from 0 to 15; a rest at the edges is cut off evenly."""
    n, height, width = images.shape
    rows, columns = height // block, width // block
    top, left = (height - rows * block) // 2, (width - columns * block) // 2
    inner = images[:, top : top + rows * block, left : left + columns * block]
    sums = inner.reshape(n, rows, block, columns, block).sum(axis=(2, 4), dtype=np.int32)
    means: NDArray[np.int32] = sums // (16 * block * block)
    return means[..., None]


def orientations(images: NDArray[np.uint8], window: int, stride: int) -> NDArray[np.int32]:
    """Directed edges: (n, rows, columns, 8), where rows = (height - 2 - window) // stride + 1."""
    n, height, width = images.shape
    rows, columns = (height - 2 - window) // stride + 1, (width - 2 - window) // stride + 1
    out = np.zeros((n, rows, columns, DIRECTIONS), dtype=np.int32)
    _pool_edges(np.ascontiguousarray(images), _TURNS, window, stride, out)
    return out


@njit(cache=True)
def _pool_edges(
    images: NDArray[np.uint8], turns: NDArray[np.int64], window: int, stride: int, out: NDArray[np.int32]
) -> None:
    n, height, width = images.shape
    edges = np.zeros((height - 2, width - 2, turns.shape[0]), dtype=np.int32)
    image = np.empty((height, width), dtype=np.int32)
    for t in range(n):
        image[:, :] = images[t]
        _find_edges(image, turns, edges)
        for row in range(out.shape[1]):
            for column in range(out.shape[2]):
                for k in range(turns.shape[0]):
                    total = 0
                    for y in range(row * stride, row * stride + window):
                        for x in range(column * stride, column * stride + window):
                            total += edges[y, x, k]
                    out[t, row, column, k] = _root(total)


@njit(cache=True)
def _find_edges(image: NDArray[np.int32], turns: NDArray[np.int64], edges: NDArray[np.int32]) -> None:
    for y in range(edges.shape[0]):
        for x in range(edges.shape[1]):
            right = image[y, x + 2] + 2 * image[y + 1, x + 2] + image[y + 2, x + 2]
            left = image[y, x] + 2 * image[y + 1, x] + image[y + 2, x]
            below = image[y + 2, x] + 2 * image[y + 2, x + 1] + image[y + 2, x + 2]
            above = image[y, x] + 2 * image[y, x + 1] + image[y, x + 2]
            gx, gy = right - left, below - above
            size = abs(gx) + abs(gy)
            for k in range(turns.shape[0]):
                along = 2 * ((turns[k, 0] * gx + turns[k, 1] * gy) >> 4) - size - (size >> 2)
                edges[y, x, k] = max(0, along) >> 4


@njit(cache=True)
def _root(value: int) -> int:
    """The integer square root, by Newton's steps from above."""
    if value < 2:
        return value
    root = value
    nearer = (root + 1) >> 1
    while nearer < root:
        root = nearer
        nearer = (root + value // root) >> 1
    return root
