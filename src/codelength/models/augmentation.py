"""Random warps of images: what a digit may suffer and remain itself.

Every image is read along its own warped grid, in one bilinear pass: rotation, scale, shear and shift (an affine map of
the grid about the image's centre), and on top of them a smooth random displacement (Simard, Steinkraus and Platt 2003),
here a coarse grid of Gaussian shifts that bicubic interpolation widens to the size of the image. What lies outside the
image is 0. O(pixels) an image, three orders of magnitude below a pass of a convolutional network.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class Warp:
    """How far images are warped.

    Parameters
    ----------
    rotation
        Degrees, drawn evenly from both sides.
    scale, shear
        Relative, drawn evenly from both sides; width and height independently.
    shift
        Pixels, drawn evenly from both sides.
    bumps
        Pixels, the standard deviation of the displacement at the knots of the coarse grid.
    knots
        Knots of that grid along each side.
    """

    rotation: float = 12.0
    scale: float = 0.12
    shear: float = 0.12
    shift: float = 1.5
    bumps: float = 0.9
    knots: int = 5


def warped(images: Tensor, warp: Warp | None, size: int, generator: torch.Generator) -> Tensor:
    """Warp each image at random and cut out its middle.

    Parameters
    ----------
    images
        (B, C, H, H) float.
    warp
        How far; None only cuts.
    size
        Side S of the middle that is kept, in pixels.
    generator
        Where the chance comes from.

    Returns
    -------
    Tensor
        (B, C, S, S).
    """
    side = images.shape[-1]
    if warp is None:
        margin = (side - size) // 2
        return images[..., margin : margin + size, margin : margin + size]
    grid = _affine_grid(images.shape[0], warp, size, generator)  # (B, S, S, 2), pixels from the centre
    if warp.bumps > 0:
        knots = torch.randn(images.shape[0], 2, warp.knots, warp.knots, generator=generator) * warp.bumps
        grid = grid + functional.interpolate(knots, size=(size, size), mode="bicubic").permute(0, 2, 3, 1)
    return functional.grid_sample(images, grid * (2.0 / side), align_corners=False)


def _affine_grid(n: int, warp: Warp, size: int, generator: torch.Generator) -> Tensor:
    chance = torch.rand(6, n, generator=generator) * 2 - 1
    turn = chance[0] * math.radians(warp.rotation)
    wide, high = 1 + warp.scale * chance[1], 1 + warp.scale * chance[2]
    slant = warp.shear * chance[3]
    cos, sin = turn.cos(), turn.sin()
    rows = [cos * wide, (slant * cos - sin) * high, sin * wide, (slant * sin + cos) * high]
    matrices = torch.stack(rows, dim=1).view(n, 2, 2)
    places = torch.arange(size) - (size - 1) / 2
    base = torch.stack(torch.meshgrid(places, places, indexing="xy"), dim=-1)  # (S, S, 2): x, y
    return torch.einsum("bij,hwj->bhwi", matrices, base) + (warp.shift * chance[4:]).T[:, None, None, :]
