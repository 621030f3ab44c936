"""The main job: which source of unlabelled data helps a task, and by how many bits.

For a task T, sources X_1..X_N and a code C:

    saved(X)     = |C(T)| - |C(T|X)|               each source by itself
    mixed(X)     = |C(T)| - |M(T)|                 M: the mixture of C and C(.|X), at most a bit above the better one
    added(X; S)  = |C(T|S)| - |C(T|S X)|           greedily, given the sources S already taken
    mixture      = over {nothing, each X, all taken}: at most log2(number of experts) bits above the best of them

Greedy: take the source that adds most, until what the best one adds is not beyond its resampling interval. Sources are
chained with the first taken next to the task and later ones further away: an adaptive code remembers best what it saw
last, and on a Spanish target Romanian then Spanish saves much more than Spanish then Romanian (`python -m
benchmarks.select_sources` prints how much). A source is tried again only while what it added last time could still beat
the best found in this round (lazy greedy, Minoux 1978): exact as long as sources add no more after others than before.

Cost: one pass of C over every source and N passes over the task; each step of the greedy some passes over what was
taken, a candidate and the task. Both are maps over sources (joblib); the result does not depend on the number of
workers. Memory: 32 bytes for each byte of the task and expert of the mixture, 1 GiB at most; where that is not enough
for all, the mixture is over the best of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from codelength.core import Code, DataError, Predictor
from codelength.measures import Evidence
from codelength.tasks.experts import follow_all, hedged
from codelength.tasks.parallel import Progress, mapped
from codelength.tasks.scoring import Scored, Task, saving, task_of
from codelength.tasks.selection import MixtureResult, Overlap, Selection, SourceRow, Step

NOTHING = "(nothing)"
CHOSEN = "(chosen)"

_AT_ONCE = 4
"""Candidates tried at once in a greedy step. Fixed, so that the result does not depend on the number of workers."""

_SAID_BYTES = 1 << 30
"""Memory for what the experts of the mixture said."""


def select_sources(
    task: bytes,
    sources: Mapping[str, bytes],
    code: Code[bytes],
    *,
    jobs: int | None = None,
    seed: int = 0,
    max_picks: int | None = None,
    on_progress: Progress | None = None,
) -> Selection:
    """Which sources help `task`, by how many bits each, and which to take together.

    Parameters
    ----------
    task
        The target, in bytes.
    sources
        Unlabelled data by name.
    code
        Any code over bytes. One without `given` is used by difference, and all its savings are estimates.
    jobs
        Workers; None leaves it to `joblib.parallel_config`.
    seed
        Of the resampling.
    max_picks
        Take at most so many sources.
    on_progress
        Called with "sources" or "greedy", how much is done and how much there is to do.

    Raises
    ------
    DataError
        An empty task, no sources, or an empty source.

    Examples
    --------
    >>> from codelength.predictors.kt import KT
    >>> found = select_sources(b"ab" * 50, {"same": b"ba" * 50, "other": b"xyz" * 50}, KT())
    >>> found.chosen, found.sources[0].saved.kind
    (('same',), 'exact')
    """
    _check(task, sources)
    setting = task_of(task, code)
    alone = setting.alone()
    rows, scored = _rank(setting, alone, sources, jobs, seed, on_progress)
    steps, chosen = _greedy(setting, alone, rows, scored, sources, max_picks, jobs, seed, on_progress)
    taken = [step.name for step in steps if step.taken]
    return Selection(
        code=code.spec,
        task_size=len(task),
        alone=alone.bits,
        given=chosen.bits,
        sources=tuple(rows),
        steps=tuple(steps),
        chosen=tuple(taken),
        mixture=_mixture(setting, alone, scored, chosen if len(taken) > 1 else None),
        warnings=tuple(f"{row.name}: {row.overlap.warning}" for row in rows if row.overlap and row.overlap.warning),
        seed=seed,
    )


def _check(task: bytes, sources: Mapping[str, bytes]) -> None:
    if not task:
        raise DataError("the task is empty: there is nothing to save bits on")
    if not sources:
        raise DataError("the pool is empty: at least one source is needed")
    for name, source in sources.items():
        if not source:
            raise DataError(f"source {name!r} is empty: leave it out")


@dataclass(frozen=True, slots=True)
class _Against:
    """The task given one source; can be sent to another process."""

    setting: Task

    def __call__(self, source: bytes) -> tuple[Scored, Overlap | None]:
        return self.setting.against(source)


@dataclass(frozen=True, slots=True)
class _Given:
    """The task given one more source before those already taken; can be sent to another process."""

    setting: Task
    taken: bytes

    def __call__(self, source: bytes) -> Scored:
        return self.setting.given(source + self.taken)


def _rank(
    setting: Task,
    alone: Scored,
    sources: Mapping[str, bytes],
    jobs: int | None,
    seed: int,
    on_progress: Progress | None,
) -> tuple[list[SourceRow], dict[str, Scored]]:
    """Every source by itself, best first (equal ones by name); probabilities are kept of the best only."""
    room = max(1, _SAID_BYTES // (32 * len(setting.content)) - 2)
    rows: list[SourceRow] = []
    scored: dict[str, Scored] = {}
    results = mapped(_Against(setting), list(sources.values()), jobs=jobs, phase="sources", on_progress=on_progress)
    for name, (found, overlap) in zip(sources, results, strict=True):
        evidence = saving(alone, found, choices=len(sources), seed=seed)
        mixed = saving(alone, hedged(alone, found, setting), choices=len(sources), seed=seed)
        rows.append(SourceRow(name, len(sources[name]), found.bits, evidence, mixed, overlap))
        scored[name] = found
        if isinstance(setting.code, Predictor) and len(scored) > room:
            worst = max(scored, key=lambda other: (scored[other].bits.bits, other))
            del scored[worst]
    rows.sort(key=lambda row: (-row.saved.bits, row.name))
    return rows, {row.name: scored[row.name] for row in rows if row.name in scored}


def _greedy(
    setting: Task,
    alone: Scored,
    rows: list[SourceRow],
    scored: Mapping[str, Scored],
    sources: Mapping[str, bytes],
    max_picks: int | None,
    jobs: int | None,
    seed: int,
    on_progress: Progress | None,
) -> tuple[list[Step], Scored]:
    """The steps, and the task given all that was taken."""
    now, steps = alone, list[Step]()
    taken = b""
    limit = len(rows) if max_picks is None else min(max_picks, len(rows))
    gains = {row.name: row.saved.bits for row in rows if row.saved.bits > 0}
    while gains and len(steps) < limit:
        if steps:
            name, after = _best_next(setting, now, taken, gains, sources, jobs)
        else:
            name, after = rows[0].name, scored[rows[0].name]
        evidence = saving(now, after, choices=len(gains), seed=seed)
        good = _beyond_chance(evidence)
        steps.append(Step(name, len(sources[name]), after.bits, evidence, good))
        if on_progress is not None:
            on_progress("greedy", len(steps), limit)
        if not good:
            break
        now, taken = after, sources[name] + taken
        del gains[name]
    return steps, now


def _best_next(
    setting: Task,
    now: Scored,
    taken: bytes,
    gains: dict[str, float],
    sources: Mapping[str, bytes],
    jobs: int | None,
) -> tuple[str, Scored]:
    """The source that adds most to those taken. `gains`: what each added when last tried, brought up to date."""
    stale = sorted(gains, key=lambda name: (-gains[name], name))
    best: tuple[str, Scored] | None = None
    while stale and (best is None or gains[stale[0]] > gains[best[0]]):
        batch, stale = stale[:_AT_ONCE], stale[_AT_ONCE:]
        results = mapped(_Given(setting, taken), [sources[name] for name in batch], jobs=jobs)
        for name, after in zip(batch, results, strict=True):
            gains[name] = now.bits.bits - after.bits.bits
            if best is None or gains[name] > gains[best[0]]:
                best = name, after
    assert best is not None
    return best


def _beyond_chance(evidence: Evidence) -> bool:
    """Whether a saving is beyond its interval; on a task too short for one, beyond the log2 N bits of the choice."""
    if evidence.interval is not None:
        return evidence.interval.lower > 0
    return evidence.saved.bits > math.log2(evidence.choices)


def _mixture(setting: Task, alone: Scored, scored: Mapping[str, Scored], chosen: Scored | None) -> MixtureResult:
    names, experts = [NOTHING, *scored], [alone, *scored.values()]
    if chosen is not None:
        names.append(CHOSEN)
        experts.append(chosen)
    return follow_all(names, experts, setting.content, setting.prefix)
