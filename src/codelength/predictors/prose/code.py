"""English prose as a code: lines are joined, words become symbols, and those are mixed.

    stream  =  breaks of lines (`lines`, `breaks`; only with `wrap=1`), their size before them
               + the coded words (`words`) under context mixing

Symbols are two thirds of the bytes, so that the same model sees further and takes less time. Every input is coded, but
what is not English gains nothing. It gives no probabilities of bits of the bytes themselves: it can be sent and
conditioned, but not be mixed with others. Memory is that of `cm`.

Side information may end within a word, or where a line is broken: what comes after its last safe place (`lines`) is
kept as it is and read anew with what follows, so that `given(a).given(b)` is `given(a + b)`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from codelength.coding import binary
from codelength.core import Bits, BlockCoder, StreamError
from codelength.predictors.mixing import ContextMixing
from codelength.predictors.mixing.presets import DEFAULT, FAST, FINE, MAX, PRESETS
from codelength.predictors.mixing.primer import primer_text
from codelength.predictors.prose import breaks, lines
from codelength.predictors.prose.lines import last_cut
from codelength.predictors.prose.words import FILE, from_words, to_words

MODELS = {
    ("fast", 0): FAST,
    ("default", 0): DEFAULT,
    ("default", 1): replace(FINE, count_rows=13, final_rows=14),
    ("max", 0): MAX,
}
"""By preset and `fine`. Smaller tables of the fine one make up for the lexicon's memory, for .1 % more bytes."""


class WordMixing(ContextMixing):
    """Context mixing over coded words: its primer is one of coded words too."""

    def _primer_text(self) -> NDArray[np.uint8]:
        return np.frombuffer(to_words(primer_text(self.primer).tobytes()), dtype=np.uint8)

    def _primer_source(self) -> bytes:
        return FILE.read_bytes()


class _Past(NamedTuple):
    """What has been read."""

    mixing: WordMixing
    breaks: breaks.State


class Prose:
    """English prose.

    Parameters
    ----------
    preset
        "fast", "default" or "max", as of `cm`.
    fine
        1: the default preset looks at each context three times, as of `cm`.
    primer
        Kilobytes of the package's own English text that are read first.
    wrap
        1: lines are broken where the next word would not fit, and the breaks are told apart from the text.

    Raises
    ------
    ValueError
        An unknown preset, or a parameter out of range.

    Examples
    --------
    >>> code = Prose(primer=4)
    >>> text = b"The dog did not bark; the cat, of course, did not either."
    >>> code.decode(code.encode(text), max_size=99) == text
    True
    """

    block_size = 1 << 20

    def __init__(self, preset: str = "default", fine: int = 0, primer: int = 0, wrap: int = 0) -> None:
        if preset not in PRESETS:
            raise ValueError(f"preset={preset}: expected {', '.join(PRESETS)}")
        for name, value in {"fine": fine, "wrap": wrap}.items():
            if value not in (0, 1):
                raise ValueError(f"{name}={value}: expected 0 or 1")
        if (preset, fine) not in MODELS:
            raise ValueError(f"fine=1 goes with the default preset, not with {preset}: leave it out")
        said = {"preset": preset if preset != "default" else "", "fine": fine, "primer": primer, "wrap": wrap}
        parameters = ",".join(f"{name}={value}" for name, value in said.items() if value)
        self._spec = f"prose:{parameters}" if parameters else "prose"
        self._wrap = wrap
        self._begin(_Past(WordMixing(model=MODELS[preset, fine], primer=primer), breaks.fresh()), b"")

    @property
    def spec(self) -> str:
        """Name and parameters, as in the catalogue."""
        return self._spec

    def given(self, data: bytes, /) -> Self:
        """C(. | data): this code after it has run over `data`. O(|data| + the tail given before) once."""
        more = self._tail + data
        cut = last_cut(more, wrapped=bool(self._wrap))
        other = object.__new__(type(self))
        other._spec, other._wrap = self._spec, self._wrap
        other._begin(self._after(self._past, more[:cut]), more[cut:])
        return other

    def _begin(self, past: _Past, tail: bytes) -> None:
        """A target begins after what is known for good, and a tail of side information that may go on."""
        self._past, self._tail = past, tail
        self._mixing, self._breaks = self._after(past, tail)

    def _after(self, past: _Past, data: bytes) -> _Past:
        if not data:
            return past
        text, kinds = self._joined(data)
        state = past.breaks
        if self._wrap:
            state = breaks.copied(state)
            breaks.predicted(state, text, kinds)
        return _Past(past.mixing.given(to_words(text)), state)

    def _breaks_to_learn(self) -> breaks.State:
        """What is known of breaks, for a target that is going to change it; without breaks nothing will."""
        return breaks.copied(self._breaks) if self._wrap else self._breaks

    def bits(self, data: bytes, /) -> Bits:
        """Codelength of `data` with its length: exact."""
        text, kinds = self._joined(data)
        cost = float(self._mixing.bits(to_words(text)))
        if self._wrap:
            decisions, probs = breaks.predicted(self._breaks_to_learn(), text, kinds)
            told = binary.cost(decisions.tobytes(), probs)
            cost += told + 8 * len(binary.length_prefix(-(-int(told) // 8)))
        return Bits(cost)

    def encode(self, data: bytes, /) -> bytes:
        """A self-delimiting stream, within 32 bits + 0.01 % of `bits(data)`."""
        text, kinds = self._joined(data)
        return self._told(text, kinds, self._breaks_to_learn()) + self._mixing.encode(to_words(text))

    def decode(self, stream: bytes, /, *, max_size: int) -> bytes:
        """The data back. Raises `StreamError` for a damaged stream or one of more than `max_size` bytes."""
        told, rest = self._parted(stream)
        text = from_words(self._mixing.decode(rest, max_size=_most_coded(max_size)), most=max_size)
        data = self._broken(text, told, self._breaks_to_learn())
        if len(data) > max_size:
            raise StreamError(f"the stream holds more than {max_size:,} bytes (max_size)")
        return data

    def blocks(self) -> BlockCoder:
        """A coder of successive blocks, each given all before it."""
        return _Blocks(self)

    def _joined(self, data: bytes) -> tuple[bytes, NDArray[np.uint8]]:
        return lines.joined(data) if self._wrap else (data, _NO_KINDS)

    def _told(self, text: bytes, kinds: NDArray[np.uint8], state: breaks.State) -> bytes:
        if not self._wrap:
            return b""
        payload = breaks.encoded(state, text, kinds)
        return binary.length_prefix(len(payload)) + payload

    def _parted(self, stream: bytes) -> tuple[bytes, bytes]:
        """The payload of the breaks, and what follows it."""
        if not self._wrap:
            return b"", stream
        size, start = binary.read_length(stream, max_size=len(stream))
        return stream[start : start + size], stream[start + size :]

    def _broken(self, text: bytes, told: bytes, state: breaks.State) -> bytes:
        if not self._wrap:
            return text
        return lines.broken(text, breaks.decoded(state, text, told))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.spec!r})"


class _Blocks:
    def __init__(self, code: Prose) -> None:
        self._code = code
        self._mixing = code._mixing.blocks()
        self._breaks = code._breaks_to_learn()

    def encode(self, block: bytes, /) -> bytes:
        text, kinds = self._code._joined(block)
        told = self._code._told(text, kinds, self._breaks)
        coded = to_words(text)
        return told + binary.length_prefix(len(coded)) + self._mixing.encode(coded)

    def decode(self, payload: bytes, size: int, /) -> bytes:
        told, rest = self._code._parted(payload)
        coded, start = binary.read_length(rest, max_size=_most_coded(size))
        text = from_words(self._mixing.decode(rest[start:], coded), most=size)
        block = self._code._broken(text, told, self._breaks)
        if len(block) != size:
            raise StreamError(f"a block says {size:,} bytes and decodes to {len(block):,}: it is damaged")
        return block


def _most_coded(size: int) -> int:
    """Coded words are at most twice as many bytes."""
    return 2 * size


_NO_KINDS = np.empty(0, dtype=np.uint8)
