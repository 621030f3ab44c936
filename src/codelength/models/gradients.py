"""Histograms of oriented gradients of upright images: features in which near means alike, without any training.

An image is first sheared upright, so that its second moment of x and y vanishes (the slant of handwriting; LeCun et
al. 1998 deskew MNIST likewise). Each pixel then gives its gradient's length to the two nearest of `orientations`
directions, signed; the directions' maps are averaged over overlapping cells; the square root and a unit length for
each image make distances of such vectors robust (Dalal and Triggs 2005; Arandjelovic and Zisserman 2012). O(pixels x
orientations) an image: 0.2 ms for 28 x 28.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

_BATCH = 1000


def gradient_features(
    images: NDArray[np.generic], *, orientations: int = 8, stride: int = 4, cell: int = 6
) -> NDArray[np.float32]:
    """Features of grey images of one size.

    Parameters
    ----------
    images
        (n, H, W) of any number type.
    orientations
        Directions that a gradient is split among.
    stride, cell
        Distance of neighbouring cells and their side, in pixels.

    Returns
    -------
    NDArray
        (n, orientations x cells) float32, rows of length 1; an image without any gradient is all zeros.
    """
    parts = []
    for begin in range(0, len(images), _BATCH):
        batch = torch.from_numpy(np.asarray(images[begin : begin + _BATCH], dtype=np.float32))
        maps = _oriented(upright(batch), orientations)  # (B, O, H, W)
        cells = functional.avg_pool2d(maps, cell, stride=stride, padding=(cell - stride) // 2)
        parts.append(functional.normalize(cells.flatten(1).sqrt(), dim=1))
    return torch.cat(parts).numpy()


def upright(images: Tensor) -> Tensor:
    """Centre each image's mass and shear away its slant: (B, H, W) float to the same."""
    height, width = images.shape[1:]
    down, across = torch.arange(height) - (height - 1) / 2, torch.arange(width) - (width - 1) / 2
    mass = images.sum((1, 2)).clamp(min=1e-6)
    y = (images.sum(2) * down).sum(1) / mass
    x = (images.sum(1) * across).sum(1) / mass
    dy, dx = down[None, :, None] - y[:, None, None], across[None, None, :] - x[:, None, None]
    slant = (images * dy * dx).sum((1, 2)) / (images * dy * dy).sum((1, 2)).clamp(min=1e-6)
    rows = torch.zeros(len(images), 2, 3)
    rows[:, 0, 0] = rows[:, 1, 1] = 1.0
    rows[:, 0, 1] = slant * height / width
    rows[:, 0, 2], rows[:, 1, 2] = x * 2 / width, y * 2 / height
    grid = functional.affine_grid(rows, [len(images), 1, height, width], align_corners=False)
    return functional.grid_sample(images[:, None], grid, align_corners=False)[:, 0]


def _oriented(images: Tensor, orientations: int) -> Tensor:
    """Gradient's length shared among directions: (B, O, H, W)."""
    gx, gy = torch.zeros_like(images), torch.zeros_like(images)
    gx[:, :, 1:-1] = images[:, :, 2:] - images[:, :, :-2]
    gy[:, 1:-1] = images[:, 2:] - images[:, :-2]
    angle = torch.atan2(gy, gx) * (orientations / (2 * math.pi))
    directions = torch.arange(orientations)[None, :, None, None]
    apart = (angle[:, None] - directions).remainder(orientations)
    share = (1 - torch.minimum(apart, orientations - apart)).clamp(min=0)
    return torch.hypot(gx, gy)[:, None] * share
