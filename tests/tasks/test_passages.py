"""Passages agree with their source byte by byte, and the kernel with a plain search."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.tasks.passages import DEPTH, LEAST, Passage, passages

SMALL = st.lists(st.sampled_from([b"abcdefghijkl", b"mnopqr", b"abc", b"0123456789abcdef", b"z"]), max_size=12)
TEXTS = SMALL.map(b"".join)


def searched(target: bytes, side: list[bytes]) -> list[Passage]:
    """The same parse by looking everywhere."""
    found, start = [], 0
    ends = np.cumsum([len(piece) for piece in side]).tolist()
    known = b"".join(side)
    while start <= len(target) - LEAST:
        word = target[start : start + LEAST]
        places = [
            at
            for at in range(len(known) - LEAST + 1)
            if known[at : at + LEAST] == word and (at in [0, *ends] or known[at - 1 : at - 1 + LEAST] != word)
        ][::-1][:DEPTH]
        best = (LEAST - 1, -1, -1)
        for at in places:
            piece = next(k for k, end in enumerate(ends) if at < end)
            size = 0
            while start + size < len(target) and at + size < ends[piece] and target[start + size] == known[at + size]:
                size += 1
            if size > best[0]:
                best = (size, piece, at - ends[piece] + len(side[piece]))
        if best[1] < 0:
            start += 1
        else:
            found.append(Passage(start, best[0], best[1], best[2]))
            start += best[0]
    return found


@settings(deadline=None)
@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_equal_to_a_plain_search(target: bytes, side: list[bytes]) -> None:
    found = passages(target, side)
    assert list(found) == searched(target, side)
    at = 0
    for one in found:
        assert one.start >= at
        assert one.size >= LEAST
        assert target[one.start : one.end] == side[one.piece][one.at : one.at + one.size]
        at = one.end


def test_a_copy_is_one_passage_of_the_piece_that_holds_it() -> None:
    rng = np.random.default_rng(0)
    noise, text = rng.bytes(50_000), rng.bytes(30_000)
    assert passages(text, [noise, text, b""]) == (Passage(0, 30_000, 1, 0),)
    assert passages(noise[100:200] + b"?" + text[5:90], [noise, text]) == (
        Passage(0, 100, 0, 100),
        Passage(101, 85, 1, 5),
    )
    assert passages(text, [noise]) == passages(text, []) == passages(b"", [noise]) == ()


def test_a_run_is_one_passage() -> None:
    assert passages(bytes(200_000), [b"x" * 30 + bytes(300_000)]) == (Passage(0, 200_000, 0, 30),)
    assert passages(bytes(900), [bytes(20), bytes(1000)]) == (Passage(0, 900, 1, 0),)


def test_repetition_is_read_in_long_steps() -> None:
    line = b"the same line again and again\n"
    assert len(passages(line * 5000, [line * 9000])) <= 5000 / (DEPTH - 1) + 1
