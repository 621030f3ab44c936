"""The shortest program that prints some data, as far as a search gets: an upper bound on K(y), or on K(y | x).

    K(y) <= |program| + |residual|                    (Solomonoff 1964; Kolmogorov 1965; Chaitin 1966)

up to the constant that another machine costs. K is not computable: no search can know that nothing shorter exists,
since what it has not tried might. Rounds of growing effort (each 4 times the one before) explore windows of the data;
a program counts by its whole codelength. When one explains a beginning only, the rest is searched as data of its own.

Cost: about .2 s for the first round's exploration, 4 times as much for each further round.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from codelength.core import DataError
from codelength.predictors.programs import found as stream
from codelength.predictors.programs import tokens as tk
from codelength.predictors.programs.explore import Explored, Task, compile_kernels, explore
from codelength.predictors.programs.families import members
from codelength.predictors.programs.found import Cost, Segment
from codelength.predictors.programs.judge import Judge, entropy
from codelength.predictors.programs.lattice import row_lengths
from codelength.predictors.programs.program import Program
from codelength.predictors.programs.syntax import Expression

MOST_EFFORT = 7
_FIRST = 8
_WINDOW_BITS = 56.0
_SHORT_BITS = 30.0
"""Bits of data in the first window, and in the later ones: shorter, so that noise spares some of them. What agrees with
b bits of data by chance has about b bits itself.
"""
_SMALL_ALPHABET = 4
_LEAST_REST = 12
"""Symbols that are worth a program of their own."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Found:
    """The best programs of a search.

    Parameters
    ----------
    segments
        The programs and how many symbols each speaks of.
    cost
        What the data costs by them.
    tested
        Expressions tested.
    efforts
        Rounds that were finished on the whole data, or cut short by success: what a search that resumes leaves out.
    level
        Every expression of at most this many bits without branches, loops and names was tried on the first window in
        the last round. Of the others some were.
    seconds
        Time taken.
    """

    segments: tuple[Segment, ...]
    cost: Cost
    tested: int
    efforts: int
    level: int
    seconds: float


def find(
    data: bytes,
    side: bytes | None = None,
    *,
    seconds: float = 10.0,
    efforts: int = MOST_EFFORT,
    levin: bool = True,
    threads: int = 1,
    resume: Found | None = None,
    on_progress: Progress | None = None,
) -> Found:
    """Search for the shortest program that says `data`.

    Parameters
    ----------
    data
        What is to be said.
    side
        Side information that the program may read as x; None: there is none.
    seconds
        Begin no exploration that would end later than this; the first is done however late it is, and what it finds is
        judged for 3 s at least. With `float("inf")` the result depends on nothing else.
    efforts
        Rounds at most, from 1 to `MOST_EFFORT`.
    levin
        Levin's order: what loops is charged the logarithm of its time. Else by bits alone.
    threads
        Explorations at a time; -1 takes all cores.
    resume
        What an earlier search of the same data found: its rounds are left out, its programs are the ones to beat.
    on_progress
        Called as (phase, rounds done, rounds).

    Raises
    ------
    DataError
        No thread to search with.

    Examples
    --------
    >>> found = find(bytes(t * t % 256 for t in range(300)), efforts=1)
    >>> print(found.segments[0].program, found.cost.program)
    y[t] = t * t 17
    """
    if threads == 0:
        raise DataError("0 threads search nothing: expected 1 or more, or -1 for all cores")
    compile_kernels()
    hunt = _Hunt(perf_counter() + seconds, efforts, levin, threads, on_progress or (lambda *_: None))
    begun = perf_counter()
    segments = hunt.run(data, side, resume)
    measured = stream.cost(segments, data, side or b"")
    tested = hunt.tested + (resume.tested if resume else 0)
    return Found(segments, measured, tested, hunt.done, hunt.level, perf_counter() - begun)


class _Hunt:
    """One search: its limits, and what it has done."""

    def __init__(self, end: float, efforts: int, levin: bool, threads: int, on_progress: Progress) -> None:
        self.end, self.efforts, self.levin, self.threads, self.on_progress = end, efforts, levin, threads, on_progress
        self.tested = self.done = self.level = 0

    def run(self, data: bytes, side: bytes | None, resume: Found | None) -> tuple[Segment, ...]:
        """Segments of least codelength among those tried."""
        judge = Judge(data, side, self.end)
        self.done = resume.efforts if resume else 0
        if resume and len(resume.segments) == 1:
            judge.consider(resume.segments[0].program)
        self._rounds(judge)
        whole = (Segment(judge.best.program, len(data)),)
        begins = judge.beginning.begins
        options = [whole] + ([resume.segments] if resume else [])
        if judge.beginning.solved and begins + _LEAST_REST <= len(data):
            done, level = self.done, self.level
            rest = self.run(data[begins:], side, None)
            self.done, self.level = done, level
            # One segment is left for what lies behind the data (`searched`).
            options.append((Segment(judge.beginning.program, begins), *rest)[: stream.MOST_SEGMENTS - 1])
        possible = [each for each in options if sum(part.size for part in each) == len(data) and stream.bounded(each)]
        if len(possible) == 1:
            return possible[0]
        return min(possible, key=lambda option: stream.cost(option, data, side or b"").bits.bits)

    def _rounds(self, judge: Judge) -> None:
        proposals = _proposals(judge.symbols, judge.side)
        for expression in proposals:
            judge.consider(Program(expression, side=judge.side is not None))
        slowest = 0.0
        rows = row_lengths(judge.symbols)
        while self.done < self.efforts and len(judge.data) > 2:
            for program in members(judge.symbols, judge.side is not None, self.done, self.end):
                judge.consider(program)
            if self.done and judge.beginning.solved:
                return
            tasks = _tasks(judge.symbols, self.done, self.levin, rows)
            width = len(tasks) if self.threads < 0 else self.threads
            for at in range(0, len(tasks), width):
                begun = perf_counter()
                if self.tested and begun + slowest > self.end:
                    return
                group = tasks[at : at + width]
                results = self._explored(group, judge, proposals)
                for task, result in zip(group, results, strict=True):
                    self._take(judge, task, result)
                if at == 0:
                    self.level = results[0].level
                slowest = max(slowest, perf_counter() - begun)
                if judge.beginning.solved:
                    break
            self.done += 1
            slowest *= 4
            self.on_progress("searching", self.done, self.efforts)
            if judge.beginning.solved:
                return

    def _explored(self, group: list[Task], judge: Judge, proposals: list[Expression]) -> list[Explored]:
        side = np.frombuffer(judge.side or b"", dtype=np.uint8)
        work = [(task, judge.symbols, side, proposals, judge.side is not None) for task in group]
        if len(work) == 1:
            return [explore(*work[0])]
        # Threads, because the kernels let go of the interpreter's lock and the data need not be copied.
        return list(Parallel(n_jobs=len(work), require="sharedmem")(delayed(explore)(*each) for each in work))

    def _take(self, judge: Judge, task: Task, result: Explored) -> None:
        self.tested += result.tested
        for expression in result.expressions:
            if len(expression) <= tk.MOST_TOKENS:
                rows = task.rows if tk.NEIGHBOURS & set(expression) else 0
                side = judge.side is not None
                judge.consider(Program(expression, task.width, task.modulus, task.low, 0, side, rows))


def _tasks(symbols: NDArray[np.uint8], effort: int, levin: bool, rows: list[int]) -> list[Task]:
    """What a round explores: more windows, moduli and widths as the effort grows."""
    n = int(symbols.size)
    low, high = int(symbols.min()), int(symbols.max())
    rate = max(0.25, entropy(symbols[:512]))
    begin, size = min(_FIRST, n // 4), int(np.clip(math.ceil(_WINDOW_BITS / rate), 16, 64))
    windows = [(begin, min(size, n - begin))]
    short = int(np.clip(math.ceil(_SHORT_BITS / rate), 12, 64))
    later = range(begin + size, n - short + 1, short)
    windows += [(at, short) for at in later[: 2 + 2 * effort]]
    close = (high - low + 1, low)
    small = close[0] <= _SMALL_ALPHABET
    moduli = [close] if small else [(256, 0)]
    if effort >= 1 and not small and high - low + 1 < 256:
        moduli.append(close)
    widths = [64]
    if effort >= 1 and not small:
        widths += [8, 16] if effort >= 2 else [8]
    tasks = [Task(*window, 64, *moduli[0], effort, levin) for window in windows]
    rows = [w for w in rows[: 1 + effort] if w + size <= n]
    tasks[1:1] = [Task(w, size, 64, *moduli[0], effort, levin, w) for w in rows]
    for w in rows[:1]:
        later = range(w + size, n - short + 1, short)[: 3 + 2 * effort]
        tasks += [Task(at, short, 64, *moduli[0], effort, levin, w) for at in later]
    tasks += [Task(*windows[0], width, *moduli[0], effort, levin) for width in widths[1:]]
    tasks += [Task(*windows[0], 64, *modulus, effort, levin) for modulus in moduli[1:]]
    return tasks


def _proposals(symbols: NDArray[np.uint8], side: bytes | None) -> list[Expression]:
    """What the data suggest: the best periods, and the best offsets into the side information. Their constants would
    come late in the order; their price is the same.
    """
    n = int(symbols.size)
    commonest = int(np.bincount(symbols, minlength=1).argmax())
    out: list[Expression] = [(tk.P,), (tk.FIRST_CONSTANT + commonest,)]
    head = symbols[: 1 << 13]
    periods = [_dependence(head[k:], head[:-k]) for k in range(2, min(n, head.size) // 2 + 1)]
    for k in np.argsort(periods)[::-1][:2] + 2:
        # And its neighbours: what stands in rows depends on what is above it, left and right.
        out += [(tk.Y, tk.FIRST_CONSTANT + int(near)) for near in range(k - 2, k + 3) if near > 0]
    if side:
        x = np.frombuffer(side, dtype=np.uint8)
        probe = symbols[:64]
        padded = np.concatenate([x.astype(np.int16), np.full(probe.size, -1, dtype=np.int16)])
        matches = np.zeros(x.size, dtype=np.int64)
        for k in range(probe.size):
            matches += padded[k : k + x.size] == probe[k]
        for d in np.argsort(-matches, kind="stable")[:3]:
            if int(d) <= tk.MOST_CONSTANT:
                out.append((tk.X, tk.ADD, tk.T, tk.FIRST_CONSTANT + int(d)))
    return out


def _dependence(y: NDArray[np.uint8], before: NDArray[np.uint8]) -> float:
    """How far the share of equal pairs is from what independence would make it, either way, in standard errors."""
    expected = float((np.bincount(y, minlength=256) @ np.bincount(before, minlength=256)) / y.size**2)
    spread = math.sqrt(max(expected * (1 - expected), 1e-9) / y.size)
    return abs(float((y == before).mean()) - expected) / spread
