"""Claim: the off-the-shelf compressors cost what their own tools cost or less, and zlib and zstd take side information.

On enwik6: bytes beside those of each library's own container at the same setting, and MB per second of processor time
(good to about 50 % on a machine that others use); then C(y) and C(y | x) for both learners, and 1,000 short targets.
Run as `python -m benchmarks.compressors`; about two minutes.
"""

import bz2
import json
import lzma
import platform
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import pyppmd
import zstandard
from numpy.random import PCG64, Generator

from benchmarks.real_data import DATA
from codelength.catalogue import make

RECORD = Path(__file__).resolve().parent / "records" / "compressors.json"
THEIRS: dict[str, Callable[[bytes], bytes]] = {
    "zlib": lambda data: zlib.compress(data, 9),
    "bz2": bz2.compress,
    "lzma": lambda data: lzma.compress(data, preset=9 | lzma.PRESET_EXTREME),
    "zstd": lambda data: zstandard.ZstdCompressor(level=19).compress(data),
    "brotli": lambda data: bytes(brotli.compress(data, lgwin=24)),
    "ppmd": lambda data: bytes(pyppmd.compress(data, max_order=6, mem_size=1 << 24, variant="H")),
}


def timed(work: Callable[[], bytes]) -> tuple[bytes, float]:
    """What the work returns, and its processor time in seconds."""
    start = time.process_time()
    out = work()
    return out, time.process_time() - start


def alone(data: bytes) -> list[dict[str, object]]:
    """Size and speed of every compressor."""
    rows: list[dict[str, object]] = []
    print(f"{'enwik6':10}{'ours':>10}{'theirs':>10}{'encode MB/s':>13}{'decode MB/s':>13}")
    for name, theirs in THEIRS.items():
        code = make(name)
        stream, encoding = timed(lambda code=code: code.encode(data))
        back, decoding = timed(lambda code=code, stream=stream: code.decode(stream, max_size=len(data)))
        if back != data:
            raise SystemExit(f"{name} does not give the data back")
        mb = len(data) / 1e6
        row = {"code": name, "bytes": len(stream), "theirs": len(theirs(data))}
        row |= {"encode_mb_s": round(mb / encoding, 2), "decode_mb_s": round(mb / decoding, 2)}
        rows.append(row)
        print(f"{name:10}{len(stream):10,}{row['theirs']:10,}{row['encode_mb_s']:13}{row['decode_mb_s']:13}")
    return rows


def pairs() -> dict[str, tuple[bytes, bytes]]:
    """Name -> (x, y)."""
    enwik6 = (DATA / "enwik" / "enwik6").read_bytes()
    with zipfile.ZipFile(DATA / "silesia" / "dickens.zip") as archive:
        dickens = archive.read(archive.namelist()[0])
    numbers = Generator(PCG64(1))
    edited = bytearray(dickens)
    for at in numbers.integers(0, len(edited), 2000):
        edited[at] = int(numbers.integers(0, 256))
    paper = [(DATA / "calgary" / name).read_bytes() for name in ("paper1", "paper2")]
    return {
        "enwik6, 2nd half given 1st": (enwik6[:500_000], enwik6[500_000:]),
        "calgary paper2 given paper1": (paper[0], paper[1]),
        "dickens, 2,000 edits, given dickens": (dickens, bytes(edited)),
    }


def conditional() -> list[dict[str, object]]:
    """C(y) and C(y | x) of the learners."""
    rows: list[dict[str, object]] = []
    print(f"\n{'y given x':38}{'code':6}{'C(y)':>12}{'C(y|x)':>12}")
    for pair, (x, y) in pairs().items():
        for name in ("zlib", "zstd"):
            row = {"pair": pair, "code": name, "alone": len(make(name).encode(y))}
            row["given"] = len(make(name).given(x).encode(y))  # type: ignore[attr-defined]
            rows.append(row)
            print(f"{pair:38}{name:6}{row['alone']:12,}{row['given']:12,}")
    return rows


def short_targets(data: bytes) -> list[dict[str, object]]:
    """Seconds to prime with 500 kB, and to code 1,000 targets of 400 bytes after it."""
    rows: list[dict[str, object]] = []
    print("\n500 kB of side information, then 1,000 targets of 400 bytes: processor seconds")
    for name in ("zlib", "zstd"):
        code = make(name).given(data[:500_000])  # type: ignore[attr-defined]
        _, priming = timed(lambda code=code: code.encode(b""))
        targets = [data[500_000 + 400 * k : 500_400 + 400 * k] for k in range(1000)]
        streams, coding = timed(lambda code=code, targets=targets: b"".join(code.encode(y) for y in targets))
        row = {"code": name, "prime_s": round(priming, 3), "targets_s": round(coding, 3), "bytes": len(streams)}
        rows.append(row)
        print(f"{name:10}prime {row['prime_s']:8}   targets {row['targets_s']:8}   {len(streams):9,} bytes")
    return rows


def main() -> None:
    """Print the tables and write the record."""
    enwik6 = (DATA / "enwik" / "enwik6").read_bytes()
    record = {
        "command": "python -m benchmarks.compressors",
        "machine": platform.platform(),
        "python": platform.python_version(),
        "alone": alone(enwik6),
        "conditional": conditional(),
        "short_targets": short_targets(enwik6),
    }
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
