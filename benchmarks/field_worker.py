"""One measurement of `benchmarks.field` in a process of its own: a catalogue code on one file, as a line of JSON.

    python -m benchmarks.field_worker SPEC FILE frame|stream

`frame` is `codelength.compress`, digest and all; `stream` is the code's bare stream. Processor time of this process,
after a warm-up on the file's first bytes that compiles; what takes less than a second is repeated and the smallest of
three is kept. `start_s` and `start_mb` are what the process had used by then: the interpreter, imports, compiled
kernels from Numba's cache. Peak memory is the whole process's. The cache of primed states is off: a primer is read for
every file (`benchmarks.primed` says what the cache saves).
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import codelength
from codelength.catalogue import make
from codelength.predictors.cache import OFF, VARIABLE

WARM_UP = 2000
SHORT = 1.0
"""Seconds: what takes less is repeated."""


def timed(work: Callable[[], bytes]) -> tuple[bytes, float]:
    """What the work returns, and its processor seconds."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        out = work()
        best = min(best, time.process_time() - start)
        if best > SHORT:
            break
    return out, best


def peak_mb() -> float:
    """Most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def main() -> None:
    os.environ[VARIABLE] = OFF
    spec, path, form = sys.argv[1:]
    data = Path(path).read_bytes()
    code = make(spec)

    def pack(what: bytes) -> bytes:
        return codelength.compress(what, code=spec) if form == "frame" else code.encode(what)

    def unpack(stream: bytes) -> bytes:
        return codelength.decompress(stream) if form == "frame" else code.decode(stream, max_size=len(data))

    unpack(pack(data[:WARM_UP]))
    started = {"start_s": round(time.process_time(), 3), "start_mb": round(peak_mb(), 1)}
    stream, encode_s = timed(lambda: pack(data))
    back, decode_s = timed(lambda: unpack(stream))
    if back != data:
        sys.exit(f"{spec} does not give {path} back")
    measured = {"size": len(data), "bytes": len(stream), "encode_s": round(encode_s, 5), "decode_s": round(decode_s, 5)}
    print(json.dumps(measured | started | {"peak_mb": round(peak_mb(), 1)}))


if __name__ == "__main__":
    main()
