"""Certificates: how large can the true error of a classifier be that was told in b bits and errs k times on n examples?

Give hypothesis h the weight 2**-b(h), where b(h) is the length of its word in a prefix code that was fixed before the
examples were seen; by Kraft the weights sum to 1 at most, so the failures of all hypotheses together have probability
at most sum 2**-b(h) delta <= delta. Hence, with probability 1 - delta over n examples drawn i.i.d., the bounds of
`certificates_rounding` hold for every h at once, also for the one that was found by any search over those examples.
What was chosen after looking at them (the architecture, the scales, one configuration of many) must be in the word.

Of the three bounds, computed side by side, kl-inverse is never above the others: Hoeffding's follows from it by
Pinsker's inequality, and Catoni's best C gives the kl-inverse exactly, while the best C of a grid is charged for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from codelength.core import DataError
from codelength.measures import certificates_rounding as upwards

TEMPERATURES = tuple(Decimal(2) ** k / 4 * (4 + quarter) for k in range(-6, 4) for quarter in range(4))
"""Catoni's C: four to an octave, from 2**-6 to 14. The best of them is taken, and delta shared out among all."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Upper bounds on a true error, each valid with probability 1 - `delta`.

    `errors` of `examples`; `bits`: length of the hypothesis's word. `temperature`: the C at which Catoni's is least.
    """

    errors: int
    examples: int
    bits: float
    delta: float
    hoeffding: float
    kl_inverse: float
    catoni: float
    temperature: float

    @property
    def train_error(self) -> float:
        """Share of the examples that it gets wrong."""
        return self.errors / self.examples

    @property
    def bound(self) -> float:
        """The bound to quote, the same one always: choosing among them after the fact would need a share of delta."""
        return self.kl_inverse


def certificate(errors: int, examples: int, bits: float, delta: float = 0.05) -> Certificate:
    """Bound the true error of a classifier.

    Parameters
    ----------
    errors
        How many of the examples it gets wrong, 0 to `examples`.
    examples
        n, drawn independently from where the classifier will be used. They may be the training examples.
    bits
        Length of the classifier's word in a prefix code fixed before the examples were seen. For a stochastic
        classifier with posterior Q and prior P it is KL(Q || P) in bits, and then only `catoni` holds, for the mean.
    delta
        The probability, over the draw of the examples, that the bound may fail.

    Raises
    ------
    DataError
        A count, a length or a delta out of range.

    Examples
    --------
    >>> found = certificate(errors=6_000, examples=60_000, bits=1_624)
    >>> f"{found.hoeffding:.4f} {found.kl_inverse:.4f} {found.catoni:.4f}"
    '0.1970 0.1680 0.1682'
    >>> certificate(errors=0, examples=60_000, bits=0).bound < 0.0001
    True
    """
    _check(errors, examples, bits, delta)
    c = upwards.budget(examples, bits, delta)
    shared = upwards.budget(examples, bits, delta, choices=len(TEMPERATURES))
    catoni, temperature = min((upwards.catoni(errors, examples, shared, at), at) for at in TEMPERATURES)
    return Certificate(
        errors=errors,
        examples=examples,
        bits=bits,
        delta=delta,
        hoeffding=upwards.hoeffding(errors, examples, c),
        kl_inverse=upwards.kl_inverse(errors, examples, c),
        catoni=catoni,
        temperature=float(temperature),
    )


def _check(errors: int, examples: int, bits: float, delta: float) -> None:
    if examples < 1:
        raise DataError(f"{examples} examples: a bound needs at least one")
    if not 0 <= errors <= examples:
        raise DataError(f"{errors:,} errors on {examples:,} examples: expected 0 to {examples:,}")
    if not (math.isfinite(bits) and bits >= 0):
        raise DataError(f"a hypothesis of {bits} bits: expected a number of at least 0")
    if not 0 < delta < 1:
        raise DataError(f"delta={delta}: the probability of failure must lie between 0 and 1, as 0.05 does")
