"""What a match is worth: the bits that a map saves, and why that is evidence.

    saved = |C(x)| - L(f) - |C(f(x) | y)|

x and y come without pairs; f maps x onto what is distributed like y. |C(x)| codes x alone, |C(f(x) | y)| codes what f
makes of it under a code of y, and L(f) pays for the map: whoever has y, the map and the second stream restores x. If x
were drawn from the first code's own distribution, a saving of k bits would have a probability of at most 2**-k: both
sides are code lengths of one x, so the expectation of 2**saved is at most 1 (Kraft's and Markov's inequalities;
Barron 1985, "no hypercompression"). The search for f needs no correction of its own: every map that it may end with has
been paid for in L(f), as has which of several families it comes from.

Where the bits do not pay, the answer is "no match found": nothing is reported on the strength of a good score alone.
Nor where another map would do as well: the bits then say that x is like y, not how (`undecided`).
"""

from __future__ import annotations

from dataclasses import dataclass

from codelength.core import Bits

FOUND_AT = 20.0
"""Bits that must be saved: chance does so at most once in a million searches (2**-20)."""


@dataclass(frozen=True, slots=True)
class Match:
    """The bits of one map between x and y.

    Parameters
    ----------
    kind
        What was matched, or the family that the map comes from: "cipher", "points: rotation".
    unmatched
        |C(x)|: x without y.
    map_bits
        L(f): what it takes to say the map.
    matched
        |C(f(x) | y)|, in the same units of x: a map that stretches pays for its Jacobian here.

    Examples
    --------
    >>> Match("cipher", Bits(900.0), Bits(88.0), Bits(500.0)).found
    True
    >>> Match("cipher", Bits(900.0), Bits(88.0), Bits(800.0)).saved
    Bits(bits=12.0, kind='exact', stderr=None)
    """

    kind: str
    unmatched: Bits
    map_bits: Bits
    matched: Bits

    @property
    def total(self) -> Bits:
        """L(f) + |C(f(x) | y)|."""
        return self.map_bits + self.matched

    @property
    def saved(self) -> Bits:
        """|C(x)| - L(f) - |C(f(x) | y)|."""
        return self.unmatched - self.total

    @property
    def undecided(self) -> str | None:
        """Why the bits speak for no one map, though they are saved; None: they do."""
        return None

    @property
    def found(self) -> bool:
        """Whether at least `FOUND_AT` bits are saved, by this map."""
        return self.saved.bits >= FOUND_AT and self.undecided is None

    @property
    def claim(self) -> str:
        """What may be said, in one sentence: a probability only where the saving is exact or a lower bound."""
        if self.saved.bits >= FOUND_AT and self.undecided is not None:
            return f"no match found: {self.undecided}"
        if not self.found:
            return (
                f"no match found: a map would have to save {FOUND_AT:.0f} bits, the best saves {self.saved.bits:,.0f}"
            )
        if self.saved.kind not in ("exact", "lower"):
            return f"the map saves {self.saved.bits:,.0f} bits, an estimate: no probability is claimed for it"
        return (
            f"the map saves {self.saved.bits:,.0f} bits: data drawn from the code without y would show as much with a "
            f"probability of at most 2**-{int(self.saved.bits):d}"
        )

    def as_dict(self) -> dict[str, object]:
        """For a record: the parts, what is saved, and whether that is enough."""
        return {
            "kind": self.kind,
            "found": self.found,
            "unmatched": self.unmatched,
            "map": self.map_bits,
            "matched": self.matched,
            "saved": self.saved,
            "found_at_bits": FOUND_AT,
            "claim": self.claim,
        }


def no_better(rival: float, told: float, what: str) -> str | None:
    """Why bits speak for no one assignment of `what`; None: they do.

    They do not if another, drawn beforehand so that none has to say it, takes hardly more bits (`rival`) than this one
    with what it takes to tell it (`told`): of many the best is better by chance, but by no more than that.
    """
    if rival - told >= FOUND_AT:
        return None
    return (
        f"all {what} in other places, which none has to say, take {rival - told:,.0f} bits more; {FOUND_AT:.0f} would "
        "be asked for"
    )
