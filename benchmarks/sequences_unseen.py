"""Twenty sequences that the program search was not developed on, drawn by a seed before the first search on any.

A pool of 48 well-known integer sequences (Sloane's encyclopedia, A-numbers beside), each by its own formula, mod 256;
the twenty are `random.Random(2024).sample(pool, 20)`. None of the 48 is on the list that was developed on.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from itertools import count, islice

N = 512


def _recurrent(first: list[int], step: Callable[[list[int]], int]) -> Iterator[int]:
    """The first values, then what `step` makes of all before (a list that grows)."""
    values = list(first)
    yield from first
    while True:
        values.append(step(values))
        yield values[-1]


def _formula(f: Callable[[int], int], first: int = 0) -> Iterator[int]:
    return map(f, count(first))


def _divisors(n: int) -> list[int]:
    return [d for d in range(1, n + 1) if n % d == 0]


def _prime(n: int) -> bool:
    return n > 1 and all(n % d for d in range(2, math.isqrt(n) + 1))


def _factors(n: int) -> list[int]:
    out, d = [], 2
    while n > 1:
        while n % d == 0:
            out.append(d)
            n //= d
        d += 1
    return out


def _recaman() -> Iterator[int]:
    seen, a = {0}, 0
    yield 0
    for n in count(1):
        a = a - n if a > n and a - n not in seen else a + n
        seen.add(a)
        yield a


def _golomb() -> Iterator[int]:
    values = [0, 1]
    yield 1
    for n in count(2):
        values.append(1 + values[n - values[values[n - 1]]])
        yield values[-1]


def _collatz(n: int) -> int:
    steps = 0
    while n != 1:
        n = 3 * n + 1 if n % 2 else n // 2
        steps += 1
    return steps


def _bell() -> Iterator[int]:
    row = [1]
    while True:
        yield row[0]
        following = [row[-1]]
        for value in row:
            following.append(following[-1] + value)
        row = following


def _partitions(n_terms: int) -> list[int]:
    ways = [1] + [0] * n_terms
    for part in range(1, n_terms + 1):
        for total in range(part, n_terms + 1):
            ways[total] += ways[total - part]
    return ways


def _josephus(n: int) -> int:
    return 2 * (n - (1 << (n.bit_length() - 1))) + 1


def _stern(values: list[int]) -> int:
    n = len(values)
    return values[n // 2] if n % 2 == 0 else values[n // 2] + values[n // 2 + 1]


POOL: dict[str, Callable[[], Iterator[int]]] = {
    "A000032 Lucas": lambda: _recurrent([2, 1], lambda v: v[-1] + v[-2]),
    "A000129 Pell": lambda: _recurrent([0, 1], lambda v: 2 * v[-1] + v[-2]),
    "A001045 Jacobsthal": lambda: _recurrent([0, 1], lambda v: v[-1] + 2 * v[-2]),
    "A000931 Padovan": lambda: _recurrent([1, 0, 0], lambda v: v[-2] + v[-3]),
    "A001608 Perrin": lambda: _recurrent([3, 0, 2], lambda v: v[-2] + v[-3]),
    "A000073 tribonacci": lambda: _recurrent([0, 0, 1], lambda v: v[-1] + v[-2] + v[-3]),
    "A000078 tetranacci": lambda: _recurrent([0, 0, 0, 1], lambda v: sum(v[-4:])),
    "A000930 Narayana": lambda: _recurrent([1, 1, 1], lambda v: v[-1] + v[-3]),
    "A000108 Catalan": lambda: _formula(lambda n: math.comb(2 * n, n) // (n + 1)),
    "A000984 central binomial": lambda: _formula(lambda n: math.comb(2 * n, n)),
    "A001006 Motzkin": lambda: _recurrent(
        [1, 1], lambda v: v[-1] + sum(v[k] * v[len(v) - 2 - k] for k in range(len(v) - 1))
    ),
    "A000110 Bell": _bell,
    "A000041 partitions": lambda: iter(_partitions(N)),
    "A000005 number of divisors": lambda: _formula(lambda n: len(_divisors(n)), 1),
    "A000203 sum of divisors": lambda: _formula(lambda n: sum(_divisors(n)), 1),
    "A000010 Euler's totient": lambda: _formula(lambda n: sum(math.gcd(n, k) == 1 for k in range(1, n + 1)), 1),
    "A001221 distinct prime factors": lambda: _formula(lambda n: len(set(_factors(n))), 1),
    "A001222 prime factors": lambda: _formula(lambda n: len(_factors(n)), 1),
    "A008683 Moebius, plus 1": lambda: _formula(
        lambda n: 1 + (0 if len(set(_factors(n))) < len(_factors(n)) else (-1) ** len(_factors(n))), 1
    ),
    "A000120 ones in binary": lambda: _formula(lambda n: n.bit_count()),
    "A070939 length in binary": lambda: _formula(lambda n: max(1, n.bit_length())),
    "A030101 binary reversed": lambda: _formula(lambda n: int(f"{n:b}"[::-1], 2)),
    "A003188 Gray code": lambda: _formula(lambda n: n ^ n >> 1),
    "A006068 inverse Gray code": lambda: _formula(_ungray),
    "A000196 integer square root": lambda: _formula(math.isqrt),
    "A010052 squares' indicator": lambda: _formula(lambda n: int(math.isqrt(n) ** 2 == n)),
    "A003056 triangular root": lambda: _formula(lambda n: (math.isqrt(8 * n + 1) - 1) // 2),
    "A000326 pentagonal": lambda: _formula(lambda n: n * (3 * n - 1) // 2),
    "A000384 hexagonal": lambda: _formula(lambda n: n * (2 * n - 1)),
    "A000292 tetrahedral": lambda: _formula(lambda n: n * (n + 1) * (n + 2) // 6),
    "A000330 square pyramidal": lambda: _formula(lambda n: n * (n + 1) * (2 * n + 1) // 6),
    "A002620 quarter squares": lambda: _formula(lambda n: n * n // 4),
    "A005132 Recaman": _recaman,
    "A001462 Golomb": _golomb,
    "A006577 Collatz steps": lambda: _formula(_collatz, 1),
    "A006370 Collatz map": lambda: _formula(lambda n: n // 2 if n % 2 == 0 else 3 * n + 1),
    "A006257 Josephus": lambda: _formula(_josephus, 1),
    "A002487 Stern": lambda: _recurrent([0, 1], _stern),
    "A004001 Hofstadter-Conway": lambda: _recurrent([1, 1], lambda v: v[v[-1] - 1] + v[len(v) - v[-1]]),
    "A005185 Hofstadter Q": lambda: _recurrent([1, 1], lambda v: v[len(v) - v[-1]] + v[len(v) - v[-2]]),
    "A005206 Hofstadter G": lambda: _recurrent([0], lambda v: len(v) - v[v[-1]]),
    "A003849 Fibonacci word": lambda: _formula(lambda n: int(_word(n))),
    "A014577 dragon curve": lambda: _formula(lambda n: int((n + 1 & -(n + 1)) << 1 & n + 1 == 0)),
    "A096268 period doubling": lambda: _formula(lambda n: ((n + 1 & -(n + 1)).bit_length() - 1) % 2),
    "A005836 in Cantor's set": lambda: _formula(lambda n: int(f"{n:b}", 3)),
    "A000695 Moser-de Bruijn": lambda: _formula(lambda n: int(f"{n:b}", 4)),
    "A007953 sum of digits": lambda: _formula(lambda n: sum(map(int, str(n)))),
    "A000040 primes": lambda: filter(_prime, count(2)),
}


def _ungray(n: int) -> int:
    out = 0
    while n:
        out ^= n
        n >>= 1
    return out


def _word(n: int) -> str:
    a, b = "0", "01"
    while len(b) <= n:
        a, b = b, b + a
    return b[n]


def unseen() -> dict[str, bytes]:
    """Name -> the first `N` terms modulo 256."""
    names = random.Random(2024).sample(sorted(POOL), 20)
    return {name: bytes(value % 256 for value in islice(POOL[name](), N)) for name in names}
