"""Frames of `cm` decoded in plain Python: no kernel is on the way from the frame to the data.

    PYTHONPATH=tests python -m predictors.reference_decoder [--given SIDE] FRAME ...

Some hundred bytes a second. Only the frame's own reader is the package's: header, sizes, digest.
"""

import argparse
import io
from pathlib import Path

from codelength.coding.frame import read_frames, side_digest
from codelength.predictors.mixing.presets import FINE, PRESETS
from codelength.predictors.mixing.primer import primer_text
from predictors.reference_mixing import Reference

LEARNED = 64 << 10
"""The last bytes of a primer are learned, those before only absorbed."""


class RangeDecoder:
    """The interval of `coding.binary`: its span, and how far above its lower end the stream lies."""

    def __init__(self, stream: bytes) -> None:
        self.stream = stream + bytes(64)
        self.at, self.span = 8, 2**64 - 1
        self.above = int.from_bytes(self.stream[:8], "big")

    def bit(self, p: int) -> int:
        cut = self.span * p >> 32
        bit = int(self.above < cut)
        if bit:
            self.span = cut
        else:
            self.span, self.above = self.span - cut, self.above - cut
        while self.span < 1 << 56:
            self.span <<= 8
            self.above = self.above << 8 | self.stream[self.at]
            self.at += 1
        return bit


class ReferenceBlocks:
    """Successive blocks of a frame, each given all before it."""

    def __init__(self, spec: str, side: bytes = b"") -> None:
        self.reference = reference(spec).given(side)

    def decode(self, payload: bytes, size: int, /) -> bytes:
        decoder = RangeDecoder(payload)
        return bytes(self.reference.byte(decoder.bit) for _ in range(size))

    def encode(self, block: bytes, /) -> bytes:
        raise NotImplementedError(f"{len(block)} bytes: the reference only decodes")


def reference(spec: str) -> Reference:
    """From a spec, as frames carry it."""
    name, _, rest = spec.partition(":")
    if name != "cm":
        raise ValueError(f"{spec!r} is not a spec of cm")
    set_here = dict(item.split("=") for item in filter(None, rest.split(",")))
    primer = primer_text(int(set_here.pop("primer", 0))).tobytes()
    preset = PRESETS[set_here.pop("preset", "default")]
    model = FINE if int(set_here.pop("fine", 0)) else preset
    made = Reference(model, **{name: int(value) for name, value in set_here.items()})
    return made.absorb(primer[:-LEARNED]).given(primer[-LEARNED:]) if primer else made


def decode_frame(frame: bytes, side: bytes | None = None) -> bytes:
    """The content of a frame of `cm`; the frame's reader checks its digest."""
    sink = io.BytesIO()
    read_frames(
        io.BytesIO(frame),
        sink,
        open_coder=lambda spec: ReferenceBlocks(spec, side or b""),
        side=None if side is None else side_digest(side),
        max_size=1 << 24,
    )
    return sink.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--given", type=Path, help="the side information that the frames were made with")
    parser.add_argument("frames", nargs="+", type=Path)
    args = parser.parse_args()
    side = args.given.read_bytes() if args.given else None
    for path in args.frames:
        print(f"{path.name}: {len(decode_frame(path.read_bytes(), side)):,} bytes, digest right", flush=True)


if __name__ == "__main__":
    main()
