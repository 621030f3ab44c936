"""A trained network as a lossless code over sequences of one length: many of them side by side, symbol by symbol.

Sequences stand in groups of `lanes`; in a group the model takes one step for all of them at each position, its
probabilities become integer frequencies of sum 2**24, and one range coder codes lane after lane:

    group 0: x[0,0] x[1,0] .. x[L-1,0]   x[0,1] x[1,1] ..        then group 1, with a fresh cache

Networks compute in floats, whose last bits depend on the shapes of what is computed. So encoder and decoder call the
very same step at the very same shapes (the last group is filled up with zeros that are not coded), on the same machine
with the same library: the local tier. `encode` decodes what it made and compares before it hands it out.

Cost: two passes of T steps for each group, one to encode and one to check; a stream is within 8 bits and what the
frequencies' rounding costs (below V 2**-24 nats a symbol) of -log2 P.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray

from codelength.coding import symbols as coder
from codelength.coding.binary import length_prefix, read_length
from codelength.coding.quantise import intervals, quantise_floats
from codelength.core import Bits, DataError, StreamError
from codelength.models.memory import enough_memory
from codelength.models.networks import Network, Stepped, Steps, name_of

TOTAL_BITS = 24
LANES = 64
Symbols = NDArray[np.uint16]
Progress = Callable[[int, int], None]
"""Called with symbols done and symbols in all."""


@dataclass(frozen=True, slots=True, eq=False)
class TransformerCode:
    """Sequences (n, T) of symbols <-> bytes, n and T in the stream. `lanes`: sequences side by side.

    Examples
    --------
    >>> from codelength.models.transformer import Transformer, sized
    >>> code = TransformerCode(Transformer(sized("half", symbols=4, context=6)), lanes=2)
    >>> x = np.arange(18, dtype=np.uint16).reshape(3, 6) % 4
    >>> stream = code.encode(x)
    >>> np.array_equal(code.decode(stream, max_size=18), x), abs(8 * len(stream) - code.bits(x).bits) < 40
    (True, True)
    """

    model: Network | Stepped
    lanes: int = LANES
    on_progress: Progress | None = None

    def __post_init__(self) -> None:
        """Refuse no lanes."""
        if self.lanes < 1:
            raise DataError(f"{self.lanes} lanes; expected 1 or more")

    @property
    def spec(self) -> str:
        """Name, the digest of weights and shape, the lanes, and what the frequencies sum to."""
        name = name_of(self.model.config)
        return f"{name}:weights={weights_digest(self.model)},lanes={self.lanes},sum=2**{TOTAL_BITS}"

    def bits(self, data: NDArray[Any], /) -> Bits:
        """The codelength under the very frequencies that `encode` uses."""
        x = self._checked(data)
        rows = [freqs[np.arange(chosen.size), chosen] for freqs, chosen in self._known(x)]
        spent = sum(coder.cost(row, TOTAL_BITS) for row in rows)
        return Bits(spent + 8 * len(_head(x)))

    def encode(self, data: NDArray[Any], /) -> bytes:
        """The stream; it has been decoded and compared."""
        x = self._checked(data)
        starts, widths = [np.empty(0, np.uint32)], [np.empty(0, np.uint32)]
        for freqs, chosen in self._known(x):
            start, width = intervals(freqs, chosen)
            starts.append(start)
            widths.append(width)
        stream = _head(x) + coder.encode(np.concatenate(starts), np.concatenate(widths), TOTAL_BITS)
        if not np.array_equal(self.decode(stream, max_size=x.size), x):
            raise StreamError("the network did not say the same twice: nothing was written; try with one thread")
        return stream

    def decode(self, stream: bytes, /, *, max_size: int) -> Symbols:
        """The sequences back, (n, T). Raises `StreamError` for a damaged stream or more than `max_size` symbols."""
        n, at = read_length(stream, max_size=max_size)
        length, at = read_length(stream, at, max_size=self.model.config.context)
        if not 0 < n * length <= max_size:
            raise StreamError(f"{n} sequences of {length} symbols: expected 1 to {max_size} symbols")
        payload = np.frombuffer(stream, np.uint8, offset=at)
        registers = coder.open_registers(payload)
        x = np.zeros((n, length), dtype=np.uint16)
        for rows in self._groups(n):
            steps = self._steps(length)
            freqs = next(steps)
            for t in range(length):
                _decode_rows(registers, payload, freqs[: len(rows)], TOTAL_BITS, x[rows.start : rows.stop, t])
                if coder.exhausted(registers, payload):
                    raise StreamError("the stream ends too early: it is truncated or damaged")
                freqs = steps.send(self._filled(x[rows.start : rows.stop, t]))
                self._tell(rows, t, n, length)
        coder.check_end(registers, payload)
        return x

    def _known(self, x: Symbols) -> Iterator[tuple[NDArray[np.uint32], NDArray[np.int64]]]:
        """Frequencies and symbols, position by position, group by group."""
        for rows in self._groups(x.shape[0]):
            steps = self._steps(x.shape[1])
            freqs = next(steps)
            for t in range(x.shape[1]):
                symbols = x[rows.start : rows.stop, t]
                yield freqs[: len(rows)], symbols.astype(np.int64)
                freqs = steps.send(self._filled(symbols))
                self._tell(rows, t, *x.shape)

    def _steps(self, length: int) -> Generator[NDArray[np.uint32], Symbols, None]:
        """Frequencies (lanes, V) of the symbols at each position; is sent those symbols, (lanes,)."""
        model, weight = self.model, self.model.head.weight
        tokens = torch.full((self.lanes,), model.start, device=weight.device)
        advice = f"take fewer lanes than {self.lanes} (--lanes), or a smaller model"
        with enough_memory(advice):
            step = Steps(model, self.lanes)
        for _ in range(length):
            with torch.inference_mode(), enough_memory(advice):
                shares = torch.softmax(step(tokens).double(), dim=-1).cpu().numpy()
            symbols = yield quantise_floats(shares, TOTAL_BITS)
            tokens = torch.from_numpy(symbols.astype(np.int64)).to(weight.device)
        yield np.empty((self.lanes, 0), np.uint32)

    def _groups(self, n: int) -> Iterator[range]:
        for first in range(0, n, self.lanes):
            yield range(first, min(first + self.lanes, n))

    def _filled(self, symbols: Symbols) -> Symbols:
        return np.pad(symbols, (0, self.lanes - symbols.size))

    def _tell(self, rows: range, t: int, n: int, length: int) -> None:
        if self.on_progress is not None:
            self.on_progress(rows.start * length + (t + 1) * len(rows), n * length)

    def _checked(self, data: NDArray[Any]) -> Symbols:
        config = self.model.config
        if data.ndim != 2 or not data.size:
            raise DataError(f"data of shape {data.shape}; expected (sequences, symbols), neither of them 0")
        if not whole(data):
            raise DataError(f"data of {data.dtype}; expected whole numbers, since nothing else would come back")
        if data.shape[1] > config.context:
            raise DataError(f"sequences of {data.shape[1]} symbols do not fit into a context of {config.context}")
        if int(data.min()) < 0 or int(data.max()) >= config.symbols:
            raise DataError(f"symbols run from {data.min()} to {data.max()}; the alphabet is 0 to {config.symbols - 1}")
        return data.astype(np.uint16)


def whole(data: NDArray[Any]) -> bool:
    """Whether all of these are whole numbers, in whatever type."""
    return data.dtype.kind in "iub" or (data.dtype.kind == "f" and bool((data == np.floor(data)).all()))


def weights_digest(model: Network | Stepped) -> str:
    """BLAKE2b of the shape and all weights, 16 hexadecimal digits."""
    state = hashlib.blake2b(str(asdict(model.config)).encode(), digest_size=8)
    for name, weight in sorted(model.state_dict().items()):
        state.update(name.encode())
        state.update(weight.detach().cpu().float().contiguous().numpy().tobytes())
    return state.hexdigest()


def fingerprint(code: TransformerCode) -> dict[str, str]:
    """What must be the same for a stream to be decoded."""
    weight = code.model.head.weight
    on_gpu = weight.device.type == "cuda"
    return {
        "code": code.spec,
        "dtype": str(weight.dtype).removeprefix("torch."),
        "device": torch.cuda.get_device_name(weight.device) if on_gpu else weight.device.type,
        "threads": str(torch.get_num_threads()),
        "torch": str(torch.__version__),
        "machine": f"{platform.machine()} {torch.backends.cpu.get_cpu_capability()}",
    }


def _head(x: Symbols) -> bytes:
    return length_prefix(x.shape[0]) + length_prefix(x.shape[1])


@njit(cache=True)
def _decode_rows(
    registers: NDArray[np.uint64],
    stream: NDArray[np.uint8],
    freqs: NDArray[np.uint32],
    total_bits: int,
    out: NDArray[np.uint16],
) -> None:
    for lane in range(out.shape[0]):
        out[lane] = coder.decode_symbol(registers, stream, freqs[lane], total_bits)
