"""Makes the golden frames: small frames of fixed inputs that must decode for ever, and nothing may change.

    python tests/golden/make.py [SPEC ...]        by default every portable code of the catalogue

For each code and input one frame, `<spec>.<input>.frame`; for a code that takes side information also
`<spec>.<input>.given.frame`, made given `SIDE`. A frame that is there already is never made anew: delete none, for
people hold files of that format. `tests/coding/test_golden.py` decodes them all.
"""

import io
import sys
from pathlib import Path

from codelength import catalogue
from codelength.coding.blocks import block_coder
from codelength.coding.frame import side_digest, write_frame
from codelength.core import Learner

HERE = Path(__file__).resolve().parent

BLOCK = 1500
"""Bytes in a block: small, so that the frames have several, and what a code keeps between them counts."""

_TALE = (
    "A predictor is a code, and a code is a predictor. {n} symbols came down the wire; the {k}th was seen before, "
    "the next was not, and each cost what it was worth: minus the logarithm of its probability.\n"
)


def _pseudo_random(n: int) -> bytes:
    """Bytes of a 64-bit linear congruential generator (Knuth's MMIX constants), the highest 8 bits each."""
    state, out = 1, bytearray()
    for _ in range(n):
        state = (6364136223846793005 * state + 1442695040888963407) % 2**64
        out.append(state >> 56)
    return bytes(out)


INPUTS: dict[str, bytes] = {
    "empty": b"",
    "text": "".join(_TALE.format(n=n * n, k=n) for n in range(20)).encode(),
    "zeros": bytes(5000),
    "random": _pseudo_random(2000),
}

SIDE = "".join(_TALE.format(n=3 * n, k=n) for n in range(100, 110)).encode()


def frame_of(spec: str, data: bytes, side: bytes | None) -> bytes:
    code = catalogue.make(spec)
    if side is not None:
        if not isinstance(code, Learner):
            raise TypeError(f"{spec} takes no side information")
        code = code.given(side)
    coder, block_size = block_coder(code)
    sink = io.BytesIO()
    digest = None if side is None else side_digest(side)
    write_frame(io.BytesIO(data), sink, spec=spec, coder=coder, block_size=min(BLOCK, block_size), side=digest)
    return sink.getvalue()


def main(specs: list[str]) -> None:
    for spec in specs:
        sides: dict[str, bytes | None] = {"": None}
        if isinstance(catalogue.make(spec), Learner):
            sides[".given"] = SIDE
        for name, data in INPUTS.items():
            for mark, side in sides.items():
                path = HERE / f"{spec}.{name}{mark}.frame"
                if path.exists():
                    print(f"{path.name}: kept")
                    continue
                path.write_bytes(frame_of(spec, data, side))
                print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1:] or [name for name, entry in catalogue.CATALOGUE.items() if entry.tier == "portable"])
