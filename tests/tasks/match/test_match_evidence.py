"""A match is a difference of codelengths, and is found or not by it."""

import pytest

from codelength.core import Bits
from codelength.tasks.match import FOUND_AT, Match


@pytest.mark.parametrize(("saved", "found"), [(FOUND_AT, True), (FOUND_AT - 0.01, False), (-500.0, False)])
def test_found_is_decided_by_the_bits_alone(saved: float, found: bool) -> None:
    match = Match("cipher", Bits(900.0 + saved), Bits(100.0), Bits(800.0))
    assert match.found is found
    assert match.claim.startswith("no match found") is not found
    assert match.as_dict()["found"] is found


def test_the_parts_add_up_and_keep_their_kinds() -> None:
    match = Match("points", Bits(900.0), Bits(100.0), Bits(300.0, "estimate"))
    assert match.unmatched.bits == match.saved.bits + match.total.bits
    assert (match.saved.kind, match.unmatched.kind) == ("estimate", "exact")
    assert Match("words", Bits(9.0), Bits(1.0), Bits(3.0, "upper")).saved.kind == "lower"


def test_a_probability_is_claimed_only_where_it_is_proven() -> None:
    for kind, proven in (("exact", True), ("upper", True), ("estimate", False)):
        match = Match("cipher", Bits(900.0), Bits(100.0), Bits(300.0, kind))
        assert match.found and ("probability of at most 2**-500" in match.claim) is proven
