"""What `select_sources` finds, as values: for the table, the report and `--json`.

Every codelength is a `Bits` and so carries its kind; intervals and evidence are those of `measures`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from codelength.core import Bits
from codelength.measures import Evidence, Interval


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a source has of the task word for word.

    `shared_bytes`: bytes of the task in stretches that the source has too; `fraction`: of the task's distinct
    stretches, those that the source has. `alone`, `given`: what these bytes cost without and with the source.
    `warning`: one line for a person where that looks like contamination, else None.
    """

    shared_bytes: int
    fraction: float
    alone: Bits
    given: Bits
    warning: str | None

    @property
    def saved_bits(self) -> float:
        """Bits of the source's saving that fall on these bytes: what gives it away."""
        return self.alone.bits - self.given.bits

    @property
    def bits_per_byte(self) -> float:
        """What these bytes cost given the source."""
        return self.given.bits / max(1, self.shared_bytes)

    @property
    def bits_per_byte_alone(self) -> float:
        """What these bytes cost without it."""
        return self.alone.bits / max(1, self.shared_bytes)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source against the task.

    `given`: |C(T|X)|; `evidence`: of the saving |C(T)| - |C(T|X)|; `mixed`: of what the mixture of both codes saves, so
    that a source which does harm costs a bit at most.
    """

    name: str
    size: int
    given: Bits
    evidence: Evidence
    mixed: Evidence
    overlap: Overlap | None

    @property
    def saved(self) -> Bits:
        """|C(T)| - |C(T|X)|."""
        return self.evidence.saved

    @property
    def interval(self) -> Interval | None:
        """Of the saving, by resampling blocks of the task; None where the task is too short for one."""
        return self.evidence.interval

    @property
    def per_byte(self) -> float:
        """Bits saved for each byte of the source."""
        return self.saved.bits / self.size

    @property
    def log2_p(self) -> float | None:
        """Bound on log2 of the probability of such a saving by chance, for the best of all sources."""
        found = self.evidence.log2_p
        return None if found is None else found + 0.0  # never -0.0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the greedy choice: what source `name` adds, given those taken before. `given`: |C(T|all of them)|.
    `taken` is False for the last one if it was refused, as what it adds is not beyond its interval.
    """

    name: str
    size: int
    given: Bits
    evidence: Evidence
    taken: bool

    @property
    def added(self) -> Bits:
        """|C(T|S)| - |C(T|S X)|."""
        return self.evidence.saved

    @property
    def interval(self) -> Interval | None:
        """Of what it adds."""
        return self.evidence.interval


@dataclass(frozen=True, slots=True)
class MixtureResult:
    """All ways of using the pool at once, and none of them: never more than `bound` bits above the best.

    `name`: "mixture" for predictors, "best" (log2 N bits name the winner) for other codes. `experts`: "(nothing)",
    sources, and "(chosen)" for those taken together where there are two or more. `saved`: |C(T)| - `bits`. `regret`:
    bits above the best expert in hindsight. `weights`: the posterior of each expert (columns) after `positions` bytes
    of the task (rows); empty for "best".
    """

    name: str
    experts: tuple[str, ...]
    bits: Bits
    saved: Bits
    best: str
    regret: float
    bound: float
    positions: tuple[int, ...]
    weights: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which sources help the task, and by how many bits.

    `alone`: |C(T)|; `given`: |C(T|chosen)|; `sources`: best first; `chosen`: names in the order taken.
    """

    code: str
    task_size: int
    alone: Bits
    given: Bits
    sources: tuple[SourceRow, ...]
    steps: tuple[Step, ...]
    chosen: tuple[str, ...]
    mixture: MixtureResult
    warnings: tuple[str, ...]
    seed: int

    @property
    def saved(self) -> Bits:
        """|C(T)| - |C(T|chosen)|."""
        return self.alone - self.given

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers, strings, lists and dicts, as for JSON."""
        return {
            "code": self.code,
            "seed": self.seed,
            "task_size": self.task_size,
            "alone": bits_dict(self.alone),
            "given": bits_dict(self.given),
            "saved": bits_dict(self.saved),
            "sources": [_row_dict(row) for row in self.sources],
            "steps": [_step_dict(step) for step in self.steps],
            "chosen": list(self.chosen),
            "mixture": _mixture_dict(self.mixture),
            "warnings": list(self.warnings),
        }


def bits_dict(value: Bits) -> dict[str, Any]:
    """A number of bits with its kind, and its standard error where it has one."""
    plain: dict[str, Any] = {"bits": value.bits, "kind": value.kind}
    return plain if value.stderr is None else plain | {"stderr": value.stderr}


def interval_dict(value: Interval | None) -> dict[str, float] | None:
    """Lower and upper end, in bits, and the level."""
    return None if value is None else {"lower": value.lower, "upper": value.upper, "level": value.level}


def _row_dict(row: SourceRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "size": row.size,
        "given": bits_dict(row.given),
        "saved": bits_dict(row.saved),
        "interval": interval_dict(row.interval),
        "mixed": bits_dict(row.mixed.saved),
        "mixed_interval": interval_dict(row.mixed.interval),
        "saved_per_byte": row.per_byte,
        "log2_p": row.log2_p,
        "claim": row.evidence.claim,
        "overlap": None if row.overlap is None else _overlap_dict(row.overlap),
    }


def _overlap_dict(overlap: Overlap) -> dict[str, Any]:
    return {
        "shared_bytes": overlap.shared_bytes,
        "fraction": overlap.fraction,
        "saved_bits": overlap.saved_bits,
        "bits_per_byte": overlap.bits_per_byte,
        "bits_per_byte_alone": overlap.bits_per_byte_alone,
        "warning": overlap.warning,
    }


def _step_dict(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "size": step.size,
        "given": bits_dict(step.given),
        "added": bits_dict(step.added),
        "interval": interval_dict(step.interval),
        "taken": step.taken,
    }


def _mixture_dict(mixture: MixtureResult) -> dict[str, Any]:
    return {
        "name": mixture.name,
        "experts": list(mixture.experts),
        "bits": bits_dict(mixture.bits),
        "saved": bits_dict(mixture.saved),
        "best": mixture.best,
        "regret": mixture.regret,
        "bound": mixture.bound,
        "positions": list(mixture.positions),
        "weights": [list(row) for row in mixture.weights],
    }
