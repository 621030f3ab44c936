"""What `select_documents` finds, as values: for the table, the report and `--json`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from codelength.core import Bits
from codelength.measures import Evidence, Interval
from codelength.tasks.selection import bits_dict, interval_dict


@dataclass(frozen=True, slots=True)
class DocumentPick:
    """One document: its number in the pool and size in bytes; `added`: what it was estimated to save on a text of the
    task's size, given those taken before; `belongs`: how likely it is of the task's kind.
    """

    index: int
    size: int
    added: Bits
    belongs: float


@dataclass(frozen=True, slots=True)
class DocumentSelection:
    """Documents taken, in order, and what the same steps save on a part of the task that had no say in them.

    `alone`: |C(H|T')|; `given`: |C(H|S T')|; `random`: |C(H|R T')| with R a random draw of the size of S; H: the
    part of the task held out, `held_out_size` bytes; T': the rest. `evidence`: of |C(H|T')| - |C(H|S T')|, its
    interval by resampling the documents held out.
    """

    code: str
    budget: int
    size: int
    picks: tuple[DocumentPick, ...]
    held_out_size: int
    alone: Bits
    given: Bits
    random: Bits
    evidence: Evidence
    warnings: tuple[str, ...]
    seed: int

    @property
    def chosen(self) -> tuple[int, ...]:
        """Numbers of the documents in the pool, in the order taken."""
        return tuple(pick.index for pick in self.picks)

    @property
    def saved(self) -> Bits:
        """|C(H|T')| - |C(H|S T')|."""
        return self.alone - self.given

    @property
    def random_saved(self) -> Bits:
        """|C(H|T')| - |C(H|R T')|."""
        return self.alone - self.random

    @property
    def interval(self) -> Interval | None:
        """Of `saved`; None where fewer than 8 documents could be held out."""
        return self.evidence.interval

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers, strings, lists and dicts, as for JSON."""
        return {
            "code": self.code,
            "seed": self.seed,
            "budget": self.budget,
            "size": self.size,
            "held_out_size": self.held_out_size,
            "alone": bits_dict(self.alone),
            "given": bits_dict(self.given),
            "random": bits_dict(self.random),
            "saved": bits_dict(self.saved),
            "random_saved": bits_dict(self.random_saved),
            "interval": interval_dict(self.interval),
            "claim": self.evidence.claim,
            "documents": [
                {"index": pick.index, "size": pick.size, "added": bits_dict(pick.added), "belongs": pick.belongs}
                for pick in self.picks
            ],
            "warnings": list(self.warnings),
        }
