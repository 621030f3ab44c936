"""How far a share of n could have come out otherwise: Wilson's interval (Wilson 1927), 95 %.

    (p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)

It has a width even where the share is 0 or 1.
"""

from __future__ import annotations

import math

_Z = 1.959963984540054
"""97.5 % of a normal distribution lie below."""


def wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of n.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(0.5, 100)]
    [0.404, 0.596]
    """
    middle, room = share + _Z**2 / (2 * n), _Z * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    low, high = (middle - room) / (1 + _Z**2 / n), (middle + room) / (1 + _Z**2 / n)
    return min(share, max(0.0, low)), max(share, min(1.0, high))  # rounding must not leave the share outside
