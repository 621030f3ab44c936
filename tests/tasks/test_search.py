"""The search's task knows protocols only: any search and any codes will do."""

from dataclasses import dataclass
from functools import partial

from codelength.compressors.zlib import Zlib
from codelength.predictors.programs import find
from codelength.tasks.search import search_program


@dataclass(frozen=True)
class OneProgram:
    bits: int = 9
    spec: str = "program:words=1"

    def __str__(self) -> str:
        return "print it"


@dataclass(frozen=True)
class Part:
    program: OneProgram
    size: int


@dataclass(frozen=True)
class Price:
    length: int = 8
    program: int = 10
    residual: float = 2.5
    misses: int = 1


@dataclass(frozen=True)
class Found:
    segments: tuple[Part, ...]
    cost: Price = Price()
    tested: int = 7
    level: int = 3


def test_any_search_will_do() -> None:
    def stand_in(data: bytes, side: bytes | None, /, **_: object) -> Found:
        assert side == b"xyz"
        return Found((Part(OneProgram(), len(data)),))

    result = search_program(b"abcd", b"xyz", find=stand_in, rivals={"zlib": Zlib()})
    assert (result.programs[0].text, result.programs[0].bits, result.programs[0].size) == ("print it", 9, 4)
    assert (result.bits.bits, result.bits.kind) == (20.5, "upper")
    assert result.rivals == {"zlib": Zlib().bits(b"abcd")}
    assert (result.size, result.side_size, result.raw.bits) == (4, 3, 32)


def test_the_librarys_own_search_fits() -> None:
    told: list[tuple[str, int, int]] = []
    data = bytes(3 * t % 256 for t in range(100))
    result = search_program(
        data,
        None,
        find=partial(find, efforts=1),
        rivals={},
        seconds=60,
        threads=1,
        on_progress=lambda *step: told.append(step),
    )
    assert result.size == 100
    assert result.side_size is None
    assert told
