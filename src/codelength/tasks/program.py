"""The shortest Python program that prints some bytes, among a few self-extracting forms: an upper bound on K(x).

Kolmogorov complexity relative to a machine U is the length of the shortest program for U that prints x and halts
(Solomonoff 1964; Kolmogorov 1965). With U = CPython 3.8 or newer with its standard library, 8 times the size of any
such program is an upper bound; another U changes K by at most a constant, here the size of a Python interpreter
for it. No algorithm finds the minimum: the forms tried are these, and the smallest is taken.

    literal      the bytes themselves              repetition   a unit of the smallest period, repeated
    zlib bz2 lzma   one line and compressed bytes      mini         an embedded context-mixing decoder (handed in)

The program is run before it is returned, and its output compared. Time: the codes' and one run of the program.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Protocol

from codelength.core import Bits, CodelengthError
from codelength.tasks.program_source import compressed, literal, repetition, self_extracting

FORMS = ("literal", "repetition", "zlib", "bz2", "lzma", "mini")

SECONDS_PER_BYTE = 4e-4
"""What the embedded decoder is taken to need in CPython on an idle core, for the limit on its time."""

_GRACE = 60.0
_SLOWNESS = 5.0  # a busy machine may take so many times longer; only a program that hangs is given up


class SelfExtracting(Protocol):
    """A code that can put its decoder into a program."""

    def unpacker(self, data: bytes, /) -> tuple[str, bytes]:
        """Python statements that read the bytearray `s` from its end and write `data`, and what `s` must end in."""
        ...


@dataclass(frozen=True, slots=True)
class Program:
    """A Python program that prints given bytes, and what else was tried.

    Parameters
    ----------
    source
        The program, to be written to a file as it is.
    form
        Its form, one of `FORMS`.
    sizes
        Bytes of the program in each form that was made.
    left_out
        Why a form is missing from `sizes`, or was passed over.
    seconds
        How long the program ran here when its output was compared.
    """

    source: bytes
    form: str
    sizes: dict[str, int]
    left_out: dict[str, str]
    seconds: float

    @property
    def bits(self) -> Bits:
        """Size of the program: an upper bound on K(x) relative to Python."""
        return Bits(8.0 * len(self.source), "upper")


def shortest_program(
    data: bytes,
    *,
    forms: tuple[str, ...] = FORMS,
    mini: SelfExtracting | None = None,
    max_seconds: float = 60.0,
) -> Program:
    """The smallest program that prints `data` when run by plain `python3` (3.8 or newer, no packages).

    Parameters
    ----------
    data
        What to print.
    forms
        Which of `FORMS` to try.
    mini
        The code whose decoder the form "mini" embeds (`codelength.predictors.mini.Mini()`); without it, none is tried.
    max_seconds
        The form "mini" is left out where it would need longer to run than this, at `SECONDS_PER_BYTE`; 60 s are
        150 kB.

    Raises
    ------
    CodelengthError
        An unknown form, or no form left that can print the data in time.

    Examples
    --------
    >>> shortest_program(b"ab" * 1000).source
    b'open(1,"wb").write(b"ab"*1000)'
    """
    sources: dict[str, bytes] = {}
    left_out: dict[str, str] = {}
    for form in forms:
        made = _made(form, data, mini, max_seconds)
        if isinstance(made, str):
            left_out[form] = made
        else:
            sources[form] = made
    allowed = _SLOWNESS * max_seconds + _GRACE
    sizes = {form: len(source) for form, source in sources.items()}
    for form in sorted(sources, key=sizes.__getitem__):
        begun = perf_counter()
        if _prints(sources[form], data, allowed):
            return Program(sources[form], form, sizes, left_out, perf_counter() - begun)
        left_out[form] = f"did not end within {allowed:g} s here"
    reasons = "; ".join(f"{form}: {reason}" for form, reason in left_out.items())
    raise CodelengthError(f"no program was made for {len(data):,} bytes ({reasons}): allow more forms or more seconds")


def _made(form: str, data: bytes, mini: SelfExtracting | None, max_seconds: float) -> bytes | str:
    """The program of this form, or why there is none."""
    if form == "literal":
        return literal(data)
    if form == "repetition":
        return repetition(data) or "the data does not repeat itself"
    if form in ("zlib", "bz2", "lzma"):
        return compressed(form, data)
    if form != "mini":
        raise CodelengthError(f"no form of program is called {form!r}; there are {', '.join(FORMS)}")
    if mini is None:
        return "no code with a decoder to embed was given"
    seconds = len(data) * SECONDS_PER_BYTE
    if seconds > max_seconds:
        return f"would run for about {seconds:,.0f} s; at most {max_seconds:g} s are allowed (max_seconds)"
    return self_extracting(*mini.unpacker(data))


def _prints(source: bytes, data: bytes, seconds: float) -> bool:
    """Whether the program ends in time; that it then prints anything but `data` is a defect of ours."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "program.py"
        path.write_bytes(source)
        try:
            done = subprocess.run([sys.executable, "-I", str(path)], capture_output=True, timeout=seconds, check=False)
        except subprocess.TimeoutExpired:
            return False
    if done.returncode or done.stdout != data or done.stderr:
        said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise RuntimeError(f"a program made for {len(data):,} bytes printed {len(done.stdout):,} others ({said})")
    return True
