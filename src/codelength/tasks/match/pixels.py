"""Images under an unknown fixed permutation of their pixels, put back from other images of the kind.

    L(f) + |C(f(x) | y)|,    L(f) = log2 d!    for d pixels

x and y share no image. Where each pixel belongs is found from how light it is and from its correlations with all the
others (`columns_assignment`); the bits are those of the pixels in a few grey levels along y's tree of pixels
(`columns_tree`; Chow and Liu 1968). Pixels that never vary are alike and may be exchanged.

For 784 pixels a step of the assignment takes some hundred milliseconds, the whole less than a minute.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from codelength.core import Bits, DataError
from codelength.tasks.match.columns import correlations
from codelength.tasks.match.columns_assignment import another, assign
from codelength.tasks.match.columns_tree import LN2, coded, mutual_information, tree_bits, widest_tree
from codelength.tasks.match.evidence import Match, no_better

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Progress = Callable[[str, int, int], None]

_LEAST = 8


@dataclass(frozen=True, slots=True)
class PixelMatch(Match):
    """What was found between two sets of images.

    Parameters
    ----------
    places
        (d,): pixel i of x belongs where y has pixel places[i].
    sizes
        Images of x, of y, pixels.
    rival
        Bits that x takes more if none of its pixels is where it was found to be; infinite for one pixel.
    """

    places: Integers
    sizes: tuple[int, int, int]
    rival: float

    @property
    def undecided(self) -> str | None:
        """Pixels that are all alike, noise for one, may be exchanged."""
        return no_better(self.rival, self.map_bits.bits, "pixels")

    def restored(self, images: Bytes) -> Bytes:
        """(n, d) images with their pixels where they belong."""
        out = np.empty_like(images)
        out[:, self.places] = images
        return out

    def as_dict(self) -> dict[str, object]:
        """For a record."""
        return Match.as_dict(self) | {
            "places": self.places if self.found else None,
            "rival_bits": None if math.isinf(self.rival) else self.rival,
            "images": {"x": self.sizes[0], "y": self.sizes[1], "pixels": self.sizes[2]},
        }


def match_pixels(x: Bytes, y: Bytes, *, levels: int = 4, on_progress: Progress | None = None) -> PixelMatch:
    """Find where each pixel of x belongs.

    Parameters
    ----------
    x, y
        (n, d) and (m, d) grey values from 0 to 255, one image a row; the same d.
    levels
        Grey levels, of equal width, that bits are counted in.
    on_progress
        Called as (phase, done, total).

    Raises
    ------
    DataError
        Fewer than 8 images, or numbers of pixels that differ.
    """
    for name, images in (("x", x), ("y", y)):
        if images.ndim != 2 or len(images) < _LEAST:
            raise DataError(f"{name} has the shape {images.shape}: expected at least {_LEAST} images as rows of pixels")
    if x.shape[1] != y.shape[1]:
        raise DataError(f"x has {x.shape[1]} pixels and y has {y.shape[1]}: expected the same number")
    tell = on_progress or (lambda _phase, _done, _total: None)
    (n, d), m = x.shape, len(y)
    tell("correlations", 0, 1)
    of_x, of_y = correlations(x.astype(np.float64))[None], correlations(y.astype(np.float64))[None]
    grey_x, grey_y = (images.astype(np.int64) * levels // 256 for images in (x, y))
    unary = _marginal_bits(_counted(grey_x, levels), _counted(grey_y, levels))
    weight = n * m / (n + m) / (2 * LN2)
    places = assign(unary, of_x, of_y, weight, lambda done, total: tell("assigning", done, total))
    tell("bits", 0, 1)
    kinds = np.full(d, levels)
    alone = tree_bits(d) + coded(grey_x, kinds, widest_tree(mutual_information(grey_x, kinds)))
    tree = widest_tree(mutual_information(grey_y, kinds))
    there = np.empty_like(grey_x)
    totals = []
    for tried in (places, another(places)):
        there[:, tried] = grey_x
        totals.append(coded(there, kinds, tree, grey_y))
    matched, rival = totals
    told = math.lgamma(d + 1) / LN2
    return PixelMatch(
        kind="pixels",
        unmatched=Bits(alone, "estimate"),
        map_bits=Bits(told),
        matched=Bits(matched, "estimate"),
        places=places,
        sizes=(n, m, d),
        rival=rival - matched if d > 1 else math.inf,
    )


def _counted(grey: Integers, levels: int) -> Floats:
    """How often each pixel has each level, (d, levels)."""
    return np.stack([(grey == level).sum(axis=0) for level in range(levels)], axis=1).astype(np.float64)


def _marginal_bits(of_x: Floats, of_y: Floats) -> Floats:
    """Bits of each pixel of x after each of y, (d, d), from their counts."""
    n, m, levels = of_x[0].sum(), of_y[0].sum(), of_x.shape[1]
    nats = np.full((len(of_x), len(of_y)), math.lgamma(m + n + levels / 2) - math.lgamma(m + levels / 2))
    for more, before in zip(of_x.T, of_y.T, strict=True):
        nats += gammaln(before + 0.5)[None, :] - gammaln(before[None, :] + 0.5 + more[:, None])
    out: Floats = nats / LN2
    return out
