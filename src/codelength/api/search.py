"""The shortest program that a search finds, beside the codes of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from codelength.api.codes import Side, Spec, conditioned, joined, resolve
from codelength.core import Code, UnknownCodeError

if TYPE_CHECKING:
    from codelength.tasks.search import ShortestProgram

RIVALS: tuple[str, ...] = ("zlib", "lzma", "ppmd", "cm")
"""What the program is shown beside: the formats of gzip, xz and 7-Zip's PPMd, and the default."""


def search(
    y: bytes,
    given: Side = None,
    rivals: Sequence[Spec] | None = None,
    *,
    seconds: float = 10.0,
    threads: int = -1,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> ShortestProgram:
    """Search for the shortest program that says `y`: an upper bound on K(y), or given x on K(y | x).

    Parameters
    ----------
    y
        What the program shall say.
    given
        What it may read.
    rivals
        Specs or codes that are shown the same; None: those of `RIVALS` that are installed.
    seconds
        The search begins nothing that would end later.
    threads
        What it may use; -1 takes all cores.
    on_progress
        Called as (phase, done, total).

    Raises
    ------
    CodelengthError
        A rival that there is not, or no thread to search with.

    Examples
    --------
    >>> import codelength as cl
    >>> found = cl.search(bytes(t * t % 256 for t in range(300)), rivals=["zlib"], seconds=2)
    >>> found.programs[0].text, found.bits.bits < found.rivals["zlib"].bits
    ('y[t] = t * t', True)
    """
    from codelength.predictors.programs import find
    from codelength.tasks.search import search_program

    side = joined(given)
    codes = _installed() if rivals is None else [resolve(rival) for rival in rivals]
    return search_program(
        y,
        None if given is None else side,
        find=find,
        rivals={code.spec: conditioned(code, side) for code in codes},
        seconds=seconds,
        threads=threads,
        on_progress=on_progress,
    )


def _installed() -> list[Code[bytes]]:
    codes = []
    for spec in RIVALS:
        try:
            codes.append(resolve(spec))
        except UnknownCodeError:
            continue
    return codes
