"""Where the bits go: what each byte of a target costs under a predictor, alone and given side information.

    alone[t]  = -log2 P(y_t | y_1 .. y_{t-1})
    given[t]  = -log2 P(y_t | x, y_1 .. y_{t-1})               with side information x = its pieces, joined
    saved[t]  = alone[t] - given[t]                            pointwise mutual information of x and y_t, given the past

Costs are exact (sums over the coder's own integers), and with the bits of the length they sum to |C(y)| and |C(y|x)|.
Beside them the regions where they are high and low (`measures.regions`), and the passages that y has word for word from
x (`tasks.passages`): what is saved outside of those comes from what x taught about y's kind. One byte's saving can be
negative where the sum is not.

Cost: two passes of the code over y and one over x; about 80 bytes of memory for each byte of y, 8 for one of x.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codelength.core import Bits, Code, DataError, Predictor, UnknownCodeError
from codelength.measures import Region, byte_costs, regions, window_size
from codelength.tasks.parallel import Progress
from codelength.tasks.passages import LEAST, Passage, passages
from codelength.tasks.selection import bits_dict

Floats = NDArray[np.float64]

_IN_RECORD = 100
"""Passages that a record lists."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bytes `start` up to `end` of the target, what they cost alone, and given the side information if there is any."""

    start: int
    end: int
    alone: float
    given: float | None = None

    @property
    def size(self) -> int:
        """Bytes."""
        return self.end - self.start

    @property
    def bits(self) -> float:
        """What they cost: given the side information where there is some."""
        return self.alone if self.given is None else self.given

    @property
    def saved(self) -> float:
        """Bits that the side information saves here."""
        return 0.0 if self.given is None else self.alone - self.given

    def as_dict(self) -> dict[str, Any]:
        """As for JSON."""
        shown: dict[str, Any] = {"start": self.start, "end": self.end, "alone": self.alone}
        return shown if self.given is None else shown | {"given": self.given, "saved": self.saved}


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """What every byte of a target costs.

    `side`: name and size of each piece of side information, none if there is none. `byte_costs`: (n,) bits of each byte
    alone; `given_costs`: given the side information, or None. `length_bits`: what the target's length costs, which no
    byte bears. `cost_regions`, `saving_regions`: partitions of the target, by what its bytes cost (given the side
    information if there is any) and by what that saves. `passages`: stretches that stand in the side information too.
    """

    code: str
    size: int
    side: Mapping[str, int]
    byte_costs: Floats
    given_costs: Floats | None
    length_bits: int
    window: int
    cost_regions: tuple[Region, ...]
    saving_regions: tuple[Region, ...]
    passages: tuple[Passage, ...]

    @property
    def alone(self) -> Bits:
        """|C(y)|."""
        return Bits(self.length_bits + float(self.byte_costs.sum()))

    @property
    def given(self) -> Bits | None:
        """|C(y|x)|."""
        return None if self.given_costs is None else Bits(self.length_bits + float(self.given_costs.sum()))

    @property
    def costs(self) -> Floats:
        """Bits of each byte, given the side information where there is some: (n,)."""
        return self.byte_costs if self.given_costs is None else self.given_costs

    @property
    def savings(self) -> Floats:
        """Bits that the side information saves on each byte: (n,)."""
        return np.zeros(self.size) if self.given_costs is None else self.byte_costs - self.given_costs

    def stretch(self, start: int, end: int) -> Stretch:
        """What the bytes from `start` up to `end` cost."""
        given = None if self.given_costs is None else float(self.given_costs[start:end].sum())
        return Stretch(start, end, float(self.byte_costs[start:end].sum()), given)

    def costliest(self, most: int) -> list[Region]:
        """The regions that cost most above the average of the target."""
        above = [r for r in self.cost_regions if r.excess > 0]
        return sorted(above, key=lambda r: (r.level != "high", -r.excess))[:most]

    def cheapest(self, most: int) -> list[Region]:
        """The regions that cost least below the average of the target."""
        below = [r for r in self.cost_regions if r.excess < 0]
        return sorted(below, key=lambda r: (r.level != "low", r.excess))[:most]

    def most_saved(self, most: int) -> list[Region]:
        """The regions in which the side information saves most above its average."""
        saved = [r for r in self.saving_regions if r.bits > 1]
        return sorted(saved, key=lambda r: (r.level != "high", -r.excess))[:most]

    def most_lost(self, most: int) -> list[Region]:
        """The regions in which it does harm."""
        return sorted((r for r in self.saving_regions if r.bits < -1), key=lambda r: r.bits)[:most]

    def longest_passage(self, start: int, end: int) -> Passage | None:
        """The longest passage, as far as it lies within these bytes; None where that is too short to mean anything."""
        within = [_clipped(p, start, end) for p in self.passages if p.start < end and p.end > start]
        longest = max(within, key=lambda p: p.size, default=None)
        return longest if longest is not None and longest.size >= LEAST else None

    def passages_by_saving(self, most: int) -> list[tuple[Passage, Stretch]]:
        """The passages on which the side information saves most."""
        costed = [(passage, self.stretch(passage.start, passage.end)) for passage in self.passages]
        costed = [(passage, part) for passage, part in costed if part.saved > 1]
        return sorted(costed, key=lambda item: -item[1].saved)[:most]

    def source_of(self, passage: Passage) -> str:
        """The name of the piece that holds it."""
        return list(self.side)[passage.piece]

    @property
    def saved_in_passages(self) -> float:
        """Bits saved on bytes that stand in the side information word for word."""
        return sum(self.stretch(passage.start, passage.end).saved for passage in self.passages)

    def as_dict(self) -> dict[str, Any]:
        """Totals, regions and the passages that save most as plain numbers, strings, lists and dicts, as for JSON."""
        record: dict[str, Any] = {
            "code": self.code,
            "bytes": self.size,
            "window": self.window,
            "alone": bits_dict(self.alone),
            "length_bits": self.length_bits,
            "regions": [self._region(r) for r in self.cost_regions],
        }
        if self.given is None:
            return record
        return record | {
            "side": dict(self.side),
            "given": bits_dict(self.given),
            "saved": bits_dict(self.alone - self.given),
            "saved_in_passages": self.saved_in_passages,
            "saving_regions": [self._region(r) for r in self.saving_regions],
            "passages": len(self.passages),
            "passage_bytes": sum(passage.size for passage in self.passages),
            "most_saving_passages": [
                part.as_dict() | {"source": self.source_of(passage), "at": passage.at}
                for passage, part in self.passages_by_saving(_IN_RECORD)
            ],
        }

    def _region(self, region: Region) -> dict[str, Any]:
        return self.stretch(region.start, region.end).as_dict() | {"level": region.level}


def explain(
    target: bytes, code: Code[bytes], *, side: Mapping[str, bytes] | None = None, on_progress: Progress | None = None
) -> Explanation:
    """What every byte of `target` costs, alone and given side information.

    Parameters
    ----------
    target
        n >= 1 bytes.
    code
        A predictor.
    side
        Pieces of side information by name, in the order in which they become known.
    on_progress
        Called as ("coding", done, total).

    Raises
    ------
    DataError
        An empty target.
    UnknownCodeError
        A code that gives no probabilities.

    Examples
    --------
    >>> from codelength.predictors.kt import KT
    >>> found = explain(b"abab" * 9, KT(), side={"x": b"ab" * 99})
    >>> bool(found.alone.bits > found.given.bits), found.passages[0].size
    (True, 36)
    """
    if not target:
        raise DataError("the target is empty: there is no byte whose cost could be explained")
    if not isinstance(code, Predictor):
        raise UnknownCodeError(
            f"code {code.spec!r} gives no probabilities, so it cannot say what a byte costs; name a predictor "
            "or a mixture of them (`codelength codes` lists what there is)"
        )
    pieces = {name: content for name, content in (side or {}).items() if content}
    tell = on_progress or (lambda _phase, _done, _total: None)
    steps = 2 if pieces else 1
    tell("coding", 0, steps)
    alone = byte_costs(code, target)
    tell("coding", 1, steps)
    given = None
    if pieces:
        given = byte_costs(code.given(b"".join(pieces.values())), target)
        tell("coding", 2, steps)
    window = window_size(len(target))
    return Explanation(
        code=code.spec,
        size=len(target),
        side={name: len(content) for name, content in pieces.items()},
        byte_costs=alone,
        given_costs=given,
        length_bits=_length_bits(len(target)),
        window=window,
        cost_regions=regions(alone if given is None else given, window=window),
        saving_regions=() if given is None else regions(alone - given, window=window),
        passages=passages(target, list(pieces.values())) if pieces else (),
    )


def _length_bits(n: int) -> int:
    """What the length costs in the stream of every predictor: 8 bits for each 7 of it (LEB128)."""
    return 8 * max(1, -(-n.bit_length() // 7))


def _clipped(passage: Passage, start: int, end: int) -> Passage:
    first, last = max(start, passage.start), min(end, passage.end)
    return Passage(first, last - first, passage.piece, passage.at + first - passage.start)
