"""What a key costs, and what a ciphertext costs without one.

    L(f) = log2 (k! S(m, k))         m symbols for k letters; S(m, k): Stirling's numbers of the second kind

is the number of ways in which m symbols can stand for k given letters so that none is left out: m! where k = m. Which
letters there are, the text itself says. Cost: m k additions of whole numbers.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from codelength.tasks.match.cipher_words import CUT, FREE


def key_bits(key: NDArray[np.int64]) -> float:
    """Bits of a key, (m,) letters.

    Examples
    --------
    >>> key_bits(np.array([7, 4, 1])) == math.log2(6), key_bits(np.array([7, 7, 1])) == math.log2(6)
    (True, True)
    """
    m, k = key.size, int(np.unique(key).size)
    return math.log2(onto(m, k))


def onto(m: int, k: int) -> int:
    """The number of ways to map m things onto k, none of the k left out.

    Examples
    --------
    >>> onto(3, 3), onto(3, 2), onto(3, 1)
    (6, 6, 1)
    """
    row = [1] + [0] * k
    for _ in range(m):
        row = [0] + [letters * (row[letters] + row[letters - 1]) for letters in range(1, k + 1)]
    return row[k]


def with_spaces(symbols: NDArray[np.int64], edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """The ciphertext with a space, one more symbol, wherever two words are known to meet.

    Examples
    --------
    >>> with_spaces(np.array([0, 1, 0]), np.array([CUT, CUT, CUT])).tolist()
    [0, 2, 1, 2, 0]
    """
    if edges[0] == FREE:
        return symbols
    return np.insert(symbols, np.flatnonzero(edges == CUT)[1:], symbols.max() + 1)


def order_zero_bits(text: NDArray[np.int64]) -> float:
    """Bits of symbols 0 to m - 1: the shorter of two adaptive codes of order 0, each symbol a seen n_a times among n
    being (n_a + alpha) / (n + m alpha) with alpha 1/2 or 1, and of m equal probabilities. That the shortest is taken,
    and nothing paid for saying which, favours the side without a match.
    """
    counts = np.bincount(text)
    m, n = counts.size, text.size
    lengths = [n * math.log2(m)]
    for alpha in (0.5, 1.0):
        nats = math.lgamma(n + m * alpha) - math.lgamma(m * alpha)
        nats -= sum(math.lgamma(int(count) + alpha) - math.lgamma(alpha) for count in counts)
        lengths.append(nats / math.log(2))
    return min(lengths)
