"""Which documents of a pool to take for a task, within a budget, and how many bits they save.

    1. belonging   how likely each document is of the task's kind           (`tasks.belonging`)
    2. target      the task's n-grams, and those of the pool's documents by how likely they belong, at least .1: what
                   text of the task's kind says beyond the few documents at hand, and what any text here says
    3. coverage    documents that save most on that target, given the task and those already taken (`tasks.coverage`)

The documents that resemble a task most are typical and repeat each other; what counts is what a document adds to those
taken, and that is a conditional codelength. What each is said to add is an estimate under the n-gram model. The code
itself is asked once, for what the whole is worth: the same steps are done for four fifths of the task, and

    saved = |C(H | T')| - |C(H | S T')|            H: the other fifth, which had no part in choosing S

is exact for an exact code, and stands beside a random draw of the same size. Costs a few passes over the pool's words
and n-grams, and three passes of the code over the budget.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from codelength.core import Bits, Code, DataError
from codelength.tasks.belonging import belonging
from codelength.tasks.coverage import cover_target
from codelength.tasks.ngrams import ORDERS, count_ngrams
from codelength.tasks.overlap import cover
from codelength.tasks.parallel import Progress
from codelength.tasks.picks import DocumentPick, DocumentSelection
from codelength.tasks.scoring import WARN_FRACTION, Scored, Task, conditioned, prefix_of, saving

_HELD_OUT = 5
"""One document in so many is held out for the check."""

_CANDIDATE_BYTES = 1 << 22
"""The most likely documents up to this size, or 4 budgets, are looked at closely: about 100 bytes of memory a byte."""

_FLOOR = 0.1
"""How much every document counts for the target at least: see `docs/decisions.md` for what was tried."""

_SEPARATOR = b"\n"


def select_documents(
    task: Sequence[bytes],
    pool: Sequence[bytes],
    code: Code[bytes],
    *,
    budget: int,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> DocumentSelection:
    """Take documents of `pool` that save most on text like `task`, up to `budget` bytes.

    Parameters
    ----------
    task, pool
        Documents as bytes.
    code
        What judges the whole; the choice itself does not depend on it.
    budget
        Bytes of all documents taken together.
    seed
        Of the themes, the held-out documents, the random draw and the resampling.
    on_progress
        Called with "documents", how many of three steps are done, and 3.

    Raises
    ------
    DataError
        Fewer than two documents in the task, an empty pool, or a budget that no document fits.

    Examples
    --------
    >>> from codelength.predictors.kt import KT
    >>> task = [b"red apples and green apples", b"green pears and red apples"] * 5
    >>> pool = [b"the car drove off", b"yellow apples and red pears", b"a car and a bus"] * 9
    >>> found = select_documents(task, pool, KT(), budget=60)
    >>> found.size <= 60, found.saved.kind
    (True, 'exact')
    """
    _check(task, pool, budget)
    progress = on_progress or _silent
    copies = _copies(task, pool)
    held, rest = _hold_out(len(task), seed)
    progress("documents", 0, 3)
    judged = _choose([task[i] for i in rest], pool, copies, budget, seed)
    progress("documents", 1, 3)
    drawn = _draw(pool, copies, sum(pick.size for pick in judged), seed)
    others, last = [task[i] for i in rest], [task[i] for i in held]
    alone = _judge(code, [], others, last)
    given = _judge(code, [pool[pick.index] for pick in judged], others, last)
    random = _judge(code, [pool[i] for i in drawn], others, last)
    progress("documents", 2, 3)
    picks = _choose(task, pool, copies, budget, seed)
    progress("documents", 3, 3)
    return DocumentSelection(
        code=code.spec,
        budget=budget,
        size=sum(pick.size for pick in picks),
        picks=tuple(picks),
        held_out_size=sum(len(task[i]) for i in held),
        alone=alone.bits,
        given=given.bits,
        evidence=saving(alone, given, choices=1, seed=seed, run=1),
        random=random.bits,
        warnings=tuple(filter(None, [_contamination(task, pool, copies, code)])),
        seed=seed,
    )


def _silent(phase: str, done: int, total: int) -> None:
    """Tell nobody."""


def _check(task: Sequence[bytes], pool: Sequence[bytes], budget: int) -> None:
    if len(task) < 2:
        raise DataError(f"the task has {len(task)} document(s): at least two are needed, as some are held out")
    if not pool:
        raise DataError("the pool has no document")
    smallest = min(len(document) for document in pool)
    if smallest > budget:
        raise DataError(f"the budget of {budget:,} bytes is below the smallest document, {smallest:,} bytes")


def _copies(task: Sequence[bytes], pool: Sequence[bytes]) -> NDArray[np.bool_]:
    """Which documents of the pool are documents of the task, but for white space: (len(pool),)."""
    own = {b" ".join(document.split()) for document in task}
    return np.array([b" ".join(document.split()) in own for document in pool], dtype=np.bool_)


def _hold_out(documents: int, seed: int) -> tuple[list[int], list[int]]:
    """Numbers of the documents held out and of the rest, each in order."""
    order = np.random.default_rng(seed).permutation(documents).tolist()
    held = max(1, documents // _HELD_OUT)
    return sorted(order[:held]), sorted(order[held:])


def _choose(
    task: Sequence[bytes], pool: Sequence[bytes], copies: NDArray[np.bool_], budget: int, seed: int
) -> list[DocumentPick]:
    """The choice itself: likely documents first, of these the ones that cover the target best."""
    likely = belonging(task, pool, seed=seed)
    candidates = _candidates(np.where(copies, -1.0, likely), pool, max(_CANDIDATE_BYTES, 4 * budget))
    candidates = [i for i in candidates if not copies[i]]
    ngrams = count_ngrams([*task, *(pool[i] for i in candidates)])
    weights = np.concatenate((np.ones(len(task)), _FLOOR + (1.0 - _FLOOR) * likely[candidates]))
    own = np.concatenate((np.ones(len(task)), np.zeros(len(candidates))))
    known, target = ngrams.total(own), ngrams.total(weights)
    sizes = np.array([len(document) for document in [*task, *(pool[i] for i in candidates)]], dtype=np.int64)
    covered = cover_target(ngrams, target, known, sizes, own == 0, budget)
    scale = float(known.sum() / target.sum()) / len(ORDERS)
    return [
        DocumentPick(
            index=candidates[d - len(task)],
            size=int(sizes[d]),
            added=Bits(gain * scale, "estimate"),
            belongs=float(likely[candidates[d - len(task)]]),
        )
        for d, gain in zip(covered.taken.tolist(), covered.gains.tolist(), strict=True)
    ]


def _candidates(likely: NDArray[np.float64], pool: Sequence[bytes], room: int) -> list[int]:
    """The most likely documents that fit into `room` bytes together, in the pool's order."""
    order = np.argsort(-likely, kind="stable")
    sizes = np.array([len(pool[i]) for i in order.tolist()], dtype=np.int64)
    return sorted(order[np.cumsum(sizes) <= max(room, int(sizes[0]))].tolist())


def _draw(pool: Sequence[bytes], copies: NDArray[np.bool_], size: int, seed: int) -> list[int]:
    """Documents at random, up to `size` bytes."""
    drawn: list[int] = []
    for i in np.random.default_rng(seed).permutation(len(pool)).tolist():
        if not copies[i] and len(pool[i]) <= size:
            drawn.append(i)
            size -= len(pool[i])
    return drawn


def _judge(code: Code[bytes], side: Sequence[bytes], rest: Sequence[bytes], held: Sequence[bytes]) -> Scored:
    """|C(held | side rest)|, and the bits of each document held out."""
    target = _SEPARATOR.join(held)
    ends = np.cumsum([len(document) + len(_SEPARATOR) for document in held]).astype(np.int64)
    ends[-1] -= len(_SEPARATOR)
    return Task(target, code, prefix_of(code, target), keep=False, ends=ends).given(
        b"".join(document + _SEPARATOR for document in (*side, *rest))
    )


def _contamination(task: Sequence[bytes], pool: Sequence[bytes], copies: NDArray[np.bool_], code: Code[bytes]) -> str:
    """A line for a person where the pool holds the task, or parts of it; else nothing."""
    whole = _SEPARATOR.join(task)
    covered = cover(whole, _SEPARATOR.join(pool)).covered
    copied = {b" ".join(pool[i].split()) for i in np.flatnonzero(copies).tolist()}
    start = 0
    for document in task:
        if b" ".join(document.split()) in copied:
            covered[start : start + len(document)] = True
        start += len(document) + len(_SEPARATOR)
    size = int(covered.sum())
    if size <= WARN_FRACTION * len(whole):
        return ""
    cut = np.frombuffer(whole, dtype=np.uint8)[covered].tobytes()
    alone, given = code.bits(cut).bits, conditioned(code, cut).bits(cut).bits
    return (
        f"the pool holds {size / len(whole):.0%} of the task word for word ({size:,} bytes): contamination, given away "
        f"by {alone - given:,.0f} bits that the copy saves ({given / size:.2f} bits per byte instead of "
        f"{alone / size:.2f}); {int(copies.sum()):,} documents that are copies were left out"
    )
