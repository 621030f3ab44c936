"""Context mixing as a code: presets, side information, growth, scoring without a trace.

Bit histories in many contexts, mixed by gated linear networks in the logistic domain, refined by adaptive maps; the
formulas are in `kernel`. Integers only: the same stream on every machine. Memory grows with the input (the slots by
1 kB for each byte seen under the default preset, to at most 16 * 2**memory bytes); a growth copies the slots twice
into a table of double size, so that the state is a function of the bytes seen and nothing else, and
`given(a).given(b)` is `given(a + b)`. Scoring a short target keeps an undo journal instead of copying the tables;
where they double within it, the doubled ones are kept from then on.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from codelength.coding.binary import exhausted
from codelength.predictors.mixing import kernel
from codelength.predictors.mixing import state as layout
from codelength.predictors.mixing.absorb import absorb
from codelength.predictors.mixing.contexts import Model
from codelength.predictors.mixing.fresh import FIRST_BITS, aligned, fresh
from codelength.predictors.mixing.growth import enlarged, grown, room
from codelength.predictors.mixing.presets import FINE, PRESETS
from codelength.predictors.mixing.primed import primed
from codelength.predictors.mixing.primer import KILOBYTES, primer_text
from codelength.predictors.mixing.scoring import score
from codelength.predictors.mixing.state import State
from codelength.predictors.sequential import CHUNK, Bytes, Probs, Sequential

SCORED = 4096
"""Longer targets are scored on a copy: from here on a copy is cheaper than a journal."""

MOST_MEMORY = 26

_LEARNED = 64 << 10
"""Bytes of a primer that mixers and maps learn from too."""


class ContextMixing(Sequential[State]):
    """Context mixing over bytes.

    Parameters
    ----------
    preset
        "fast", "default" or "max": how many contexts are mixed, hence bits against time.
    memory
        Base-2 logarithm of the most slots (16 bytes each), 14 to 26; 0 is the preset's own.
    primer
        Kilobytes of the package's own English text that are read first, as if they were side information; pays on
        English, above all on short texts. 0 is none; at most 3,072.
    fine
        1: the default preset looks at each context three times (`fine.py`), in 1.3 times the time. `max` always does.
    model
        A configuration of one's own in place of a preset. It has no name in the catalogue.

    Raises
    ------
    ValueError
        An unknown preset, or a parameter out of range.

    Examples
    --------
    >>> code = ContextMixing().given(b"the cat sat on the mat. " * 9)
    >>> float(code.bits(b"the cat sat on the mat. ")) < 24
    True
    """

    def __init__(
        self, preset: str = "default", memory: int = 0, primer: int = 0, fine: int = 0, *, model: Model | None = None
    ) -> None:
        if preset not in PRESETS:
            raise ValueError(f"preset={preset}: expected {', '.join(PRESETS)}")
        if memory and not FIRST_BITS <= memory <= MOST_MEMORY:
            raise ValueError(f"memory={memory}: expected {FIRST_BITS} to {MOST_MEMORY} (log2 of the number of slots)")
        if not 0 <= primer <= KILOBYTES:
            raise ValueError(f"primer={primer}: expected 0 to {KILOBYTES} kilobytes")
        if fine not in (0, 1):
            raise ValueError(f"fine={fine}: expected 0 or 1")
        if fine and preset != "default":
            raise ValueError(f"fine=1 goes with the default preset, not with {preset}: leave it out")
        self.preset = preset
        self.fine = fine
        self.own_model = model is not None
        self.model = model or (FINE if fine else PRESETS[preset])
        self.memory = memory or self.model.memory
        self.primer = primer
        self._unprimed = primer > 0
        self._doubled: State | None = None
        super().__init__(fresh(self.model))

    @property
    def spec(self) -> str:
        """Name and parameters, as in the catalogue."""
        if self.own_model:
            raise ValueError("a model of one's own has no name in the catalogue, so no frame can carry it")
        set_here = {
            "preset": self.preset if self.preset != "default" else "",
            "fine": self.fine or "",
            "memory": self.memory if self.memory != self.model.memory else "",
            "primer": self.primer or "",
        }
        parameters = ",".join(f"{name}={value}" for name, value in set_here.items() if value)
        return f"cm:{parameters}" if parameters else "cm"

    def probabilities(self, data: bytes, /) -> Probs:
        """P(bit = 1) in units of 2**-32 before each bit of `data`: (n, 8) uint32."""
        if len(data) <= CHUNK:
            with self._lock:
                if self._unprimed:
                    self._state = self._primed(self._copy(self._state))
                    self._unprimed = False
        return super().probabilities(data)

    def __getstate__(self) -> dict[str, Any]:
        return super().__getstate__() | {"_doubled": None}

    def _copied(self) -> State:
        # A primer is read when it is needed; for one long target no second state is kept.
        with self._lock:
            state, unprimed = self._copy(self._state), self._unprimed
        return self._primed(state) if unprimed else state

    def _primed(self, state: State) -> State:
        return primed(state, self.model, self.memory, self.primer, self._read_primer, self._primer_source())

    def _primer_text(self) -> NDArray[np.uint8]:
        """What is read first."""
        return primer_text(self.primer)

    def _primer_source(self) -> bytes:
        """What that depends on, besides the primer itself."""
        return b""

    def _with(self, state: State) -> Self:
        other = object.__new__(type(self))
        other.__dict__.update({k: v for k, v in self.__dict__.items() if k not in ("_state", "_lock")})
        other._unprimed, other._doubled = False, None
        Sequential.__init__(other, _before_target(state))
        return other

    def _resumed(self, state: State) -> State:
        state.registers[layout.TRUST] = state.registers[layout.HELD]
        state.registers[layout.DOUBTED] = state.registers[layout.HELD_DOUBTED]
        return state

    def _copy(self, state: State) -> State:
        return State._make(aligned(array) for array in state)

    def _learn(self, state: State, data: Bytes, probs: Probs) -> State:
        at = 0
        while at < data.size:
            state, room = self._grown(state, data.size - at)
            kernel.drive(state, kernel.LEARN, data[at : at + room], probs[at : at + room], _NO_BYTES, _NO_CODER, 0)
            at += room
        return state

    def _read_primer(self, state: State) -> State:
        """Histories take the primer in; mixers and maps learn only from its end, which costs three times as much."""
        text = self._primer_text()
        learned_from = max(text.size - _LEARNED, 0)
        at = 0
        while at < learned_from:
            state, room = self._grown(state, learned_from - at)
            absorb(state, text[at : at + room])
            at += room
        tail = text[learned_from:]
        return _before_target(self._learn(state, tail, np.empty((tail.size, 8), dtype=np.uint32)))

    def _score(self, state: State, data: Bytes, probs: Probs) -> None:
        first = min(room(state, self.memory, self.model.slots_per_byte), data.size)
        full = int(state.registers[layout.SEEN]) + first
        # Tables double when the bytes seen do, so a target that grows them twice is longer than what they hold.
        if data.size > SCORED or data.size - first > full:
            self._learn(self._copy(state), data, probs)
            return
        later = state
        if first < data.size:
            if self._doubled is None:
                self._doubled = enlarged(state, full, self.memory, self.model.slots_per_byte)
            later = self._doubled
        score(state, later, first, data, probs)

    def _read(self, state: State, registers: NDArray[np.uint64], stream: Bytes, out: Bytes) -> State:
        at = 0
        while at < out.size:
            state, room = self._grown(state, out.size - at)
            kernel.drive(state, kernel.READ, stream, _NO_PROBS, out[at : at + room], registers, 0)
            if exhausted(registers, stream):
                break
            at += room
        return state

    def _grown(self, state: State, wanted: int) -> tuple[State, int]:
        return grown(state, wanted, self.memory, self.model.slots_per_byte)

    def _step(self, state: State, bit: int) -> tuple[State, int]:
        if bit >= 0:
            kernel.drive(state, kernel.TAKE, _NO_DATA, _NO_PROBS, _NO_BYTES, _NO_CODER, bit)
        if state.registers[layout.DEPTH] == 0:
            state, _ = self._grown(state, 1)
        return state, int(kernel.drive(state, kernel.FORETELL, _NO_DATA, _NO_PROBS, _NO_BYTES, _NO_CODER, 0))


def _before_target(state: State) -> State:
    """Noise in the side information says nothing about the target: that starts with fresh trust."""
    state.registers[layout.HELD] = state.registers[layout.TRUST]
    state.registers[layout.HELD_DOUBTED] = state.registers[layout.DOUBTED]
    state.registers[layout.DOUBTED] = 0
    state.registers[layout.TRUST] = layout.FRESH
    return state


_NO_BYTES = np.empty(0, dtype=np.uint8)
_NO_DATA = np.frombuffer(b"", dtype=np.uint8)
"""Read-only, as all data are: a writable one would be another type, and the kernel compiled twice."""
_NO_PROBS = np.empty((0, 8), dtype=np.uint32)
_NO_CODER = np.zeros(3, dtype=np.uint64)
