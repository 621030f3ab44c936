"""Makes the golden frames: small frames of fixed inputs that must decode for ever, and nothing may change.

    python tests/golden/make.py [SPEC ...]             by default every portable code of the catalogue
    python tests/golden/make.py --anew SPEC ...        delete the frames of these codes first

`cm` stands for all of CM, `prose` for all of PROSE. For each code and input one frame, `<spec>.<input>.frame`; for a
code that takes side information also `<spec>.<input>.given.frame`, made given `SIDE`. In names of files a spec's `:` is
`,`. A frame that is there already is never made anew, unless its code has not been released: people hold files of that
format.
`tests/coding/test_golden.py` decodes them all.
"""

import argparse
import io
from pathlib import Path

from codelength import catalogue
from codelength.coding.blocks import block_coder
from codelength.coding.frame import side_digest, write_frame
from codelength.core import Learner

CM = ["cm", "cm:preset=fast", "cm:preset=max", "cm:primer=1", "cm:fine=1"]
"""Context mixing with all that changes its stream."""

PROSE = ["prose:wrap=1", "prose:fine=1,primer=1", "prose:preset=max", "prose:preset=fast"]
"""`prose` with all that changes its stream."""

HERE = Path(__file__).resolve().parent

BLOCK = 1500
"""Bytes in a block: small, so that the frames have several, and what a code keeps between them counts."""

_TALE = (
    "A predictor is a code, and a code is a predictor. {n} symbols came down the wire; the {k}th was seen before, "
    "the next was not, and each cost what it was worth: minus the logarithm of its probability.\n"
)

_SHORT = """<p id="1">The code is long; the CODE is short (see [2], Zürich, 1,848).</p>
    if (n[0] > 10) { return f(n - 1); }    // ä ≤ é
    if (n[1] > 12) { return g(n - 2); }
"""


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
    "short": _SHORT.encode() + _pseudo_random(24) + _SHORT[40:110].encode(),
}
"""`short` is for decoders that are slow: some of everything in a few hundred bytes."""

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


def file_of(spec: str, name: str) -> Path:
    """Where the frame of a code and an input lies; no `:` in it, which not every file system takes."""
    return HERE / f"{spec.replace(':', ',')}.{name}.frame"


def make(spec: str) -> None:
    sides: dict[str, bytes | None] = {"": None}
    if isinstance(catalogue.make(spec), Learner):
        sides[".given"] = SIDE
    for name, data in INPUTS.items():
        for mark, side in sides.items():
            path = file_of(spec, name + mark)
            if path.exists():
                print(f"{path.name}: kept")
                continue
            path.write_bytes(frame_of(spec, data, side))
            print(f"{path.name}: {path.stat().st_size} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--anew", action="store_true", help="for codes that nobody holds files of yet")
    parser.add_argument("specs", nargs="*", metavar="SPEC")
    args = parser.parse_args()
    if args.anew and not args.specs:
        parser.error("--anew needs the codes whose frames are to be made anew")
    portable = [name for name, entry in catalogue.CATALOGUE.items() if entry.tier == "portable"]
    for each in args.specs or portable:
        for spec in {"cm": CM, "prose": PROSE}.get(each, [each]):
            if args.anew:
                for path in HERE.glob(file_of(spec, "*").name):
                    path.unlink()
            make(spec)


if __name__ == "__main__":
    main()
