"""A code in the field: what it takes of a set of files in bytes and in processor time, and who beats whom."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A code on a whole set: bytes, and processor seconds to encode and to decode."""

    code: str
    kind: str
    """ours, peer or quoted."""
    bytes: int
    encode_s: float
    decode_s: float | None
    """None where quoted, as is the memory."""
    peak_mb: float | None
    """The most that any of the files took."""


def better(point: Point, others: Iterable[Point]) -> list[Point]:
    """The peers that are at once smaller and faster at encoding."""
    return [o for o in others if o.kind != "ours" and o.bytes < point.bytes and o.encode_s < point.encode_s]


def front(points: Iterable[Point]) -> list[Point]:
    """The Pareto front, fastest first: those that no other point beats on both."""
    found: list[Point] = []
    for point in sorted(points, key=lambda point: (point.encode_s, point.bytes)):
        if not found or point.bytes < found[-1].bytes:
            found.append(point)
    return found


def preset(code: str) -> str:
    """Which preset a spec names; without one it is the default."""
    named = [item.removeprefix("preset=") for item in code.replace(":", ",").split(",") if item.startswith("preset=")]
    return named[0] if named else "default"
