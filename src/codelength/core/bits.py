"""`Bits`: a number of bits that knows what kind of number it is.

    exact      a stream of this size exists and decodes (a sum of -log2 over the coder's own integers counts)
    upper      a proven upper bound
    lower      a proven lower bound
    estimate   neither; carries a standard error where it was sampled

Arithmetic keeps the kinds honest. Bounds of the same side add; a bound changes sides when it is negated; whatever
would need a bound from the other side becomes an estimate, so `upper - upper` is never mistaken for a bound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, Self

Kind = Literal["exact", "upper", "lower", "estimate"]

LN2 = math.log(2.0)

_NEGATED: dict[Kind, Kind] = {"exact": "exact", "upper": "lower", "lower": "upper", "estimate": "estimate"}


def _added(a: Kind, b: Kind) -> Kind:
    if a == "exact":
        return b
    if b in ("exact", a):
        return a
    return "estimate"


@dataclass(frozen=True, slots=True)
class Bits:
    """A codelength, or a sum or difference of codelengths.

    Parameters
    ----------
    bits
        The number, in bits. Finite or infinite, never NaN.
    kind
        "exact", "upper", "lower" or "estimate".
    stderr
        Standard error in bits, for an estimate that was sampled. Errors are taken to be independent when added.

    Raises
    ------
    ValueError
        NaN, an unknown kind, a negative standard error, or a standard error on a number that is not an estimate.

    Examples
    --------
    >>> Bits(29.0) + Bits(3.0, "upper")
    Bits(bits=32.0, kind='upper', stderr=None)
    >>> (Bits(8.0, "upper") - Bits(5.0, "upper")).kind
    'estimate'
    """

    bits: float
    kind: Kind = "exact"
    stderr: float | None = None

    def __post_init__(self) -> None:
        if math.isnan(self.bits):
            raise ValueError("a number of bits must not be NaN")
        if self.kind not in _NEGATED:
            raise ValueError(f"kind is {self.kind!r}; expected one of {', '.join(_NEGATED)}")
        if self.stderr is not None and (self.kind != "estimate" or not self.stderr >= 0):
            raise ValueError(f"stderr={self.stderr} on kind={self.kind!r}: only an estimate has one, and it is >= 0")

    def __add__(self, other: Bits) -> Bits:
        if not isinstance(other, Bits):
            return NotImplemented
        kind = _added(self.kind, other.kind)
        return Bits(self.bits + other.bits, kind, _joint_stderr(self.stderr, other.stderr))

    def __neg__(self) -> Bits:
        return Bits(-self.bits, _NEGATED[self.kind], self.stderr)

    def __sub__(self, other: Bits) -> Bits:
        if not isinstance(other, Bits):
            return NotImplemented
        return self + (-other)

    def __mul__(self, factor: float) -> Bits:
        """Scale by a plain number; a negative factor turns a bound round."""
        kind = self.kind if factor >= 0 else _NEGATED[self.kind]
        return Bits(self.bits * factor, kind, None if self.stderr is None else self.stderr * abs(factor))

    __rmul__ = __mul__

    def __truediv__(self, divisor: float) -> Bits:
        return self * (1.0 / divisor)

    def __float__(self) -> float:
        return self.bits

    def __str__(self) -> str:
        spread = "" if self.stderr is None else f" ± {self.stderr:,.1f}"
        return f"{self.bits:,.1f}{spread} bits ({self.kind})"

    def as_estimate(self, stderr: float | None = None) -> Self:
        """The same number, claimed only as an estimate."""
        return type(self)(self.bits, "estimate", stderr if stderr is not None else self.stderr)

    @property
    def nats(self) -> float:
        """The number in nats."""
        return self.bits * LN2


def total(parts: list[Bits]) -> Bits:
    """Sum of many; the empty sum is exactly 0 bits."""
    out = Bits(0.0)
    for part in parts:
        out = out + part
    return out


def either(a: Bits, b: Bits) -> Bits:
    """The codelength of data that has two descriptions: one bit that says which, and the shorter one.

        1 + min(a, b)

    It is of the kind that may be claimed whichever is chosen: two exact lengths give an exact one, an exact length and
    an estimate an estimate.

    Examples
    --------
    >>> either(Bits(29.0), Bits(36.0))
    Bits(bits=30.0, kind='exact', stderr=None)
    """
    shorter = a if a.bits <= b.bits else b
    kind = _added(a.kind, b.kind)
    return Bits(1 + shorter.bits, kind, shorter.stderr if kind == "estimate" else None)


def _joint_stderr(a: float | None, b: float | None) -> float | None:
    if a is None:
        return b
    return a if b is None else math.hypot(a, b)
