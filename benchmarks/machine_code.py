"""Claim: x86 code costs fewer bits than under any compressor that people can install and that is fast.

    python -m benchmarks.machine_code [--max] [--only ooffice,...]

silesia/ooffice whole (a 32-bit PE of 6,152,192 bytes) and the first megabyte of code of two ELF files of this machine:
Python's own binary (or library) and the LLVM of llvmlite. Each as one stream, encoded, decoded and compared, by `x86`
with the parameters that detection finds, and by peers: `cm`, xz (`lzma`), zstd, PPMd; with --max instead by the larger
model. Bytes of whole streams; seconds are processor time. Writes benchmarks/records/machine_code.json, row by row.
"""

import argparse
import platform
import sys
import sysconfig
import time
import zipfile
from pathlib import Path

import llvmlite

from benchmarks.real_data import DATA
from benchmarks.rows import Rows, version_of
from codelength.catalogue import make
from codelength.predictors.x86.detect import detect_x86

RECORD = Path(__file__).resolve().parent / "records" / "machine_code.json"
HEAD = 1 << 20
MEGABYTE = 1_000_000
PEERS = ["cm", "lzma:level=9", "zstd:level=19", "ppmd:order=16"]


def _code_of(path: Path) -> bytes:
    """The first megabyte from where the code of an ELF file begins."""
    body = path.read_bytes()
    spec = detect_x86(body[:HEAD], len(body))
    if body[:4] != b"\x7fELF" or spec is None:
        sys.exit(f"{path}: no ELF file of x86 code; this benchmark runs on Linux on x86")
    begin = next((int(item[6:]) for item in spec.partition(":")[2].split(",") if item.startswith("begin=")), 0)
    return body[begin : begin + MEGABYTE]


def _python() -> Path:
    """Where the code of Python lies: in its library where it is shared, else in the executable."""
    library = Path(sysconfig.get_config_var("LIBDIR") or "") / (sysconfig.get_config_var("INSTSONAME") or "")
    return library if ".so" in library.name and library.is_file() else Path(sys.executable).resolve()


def _llvm() -> Path:
    """The library of LLVM that Numba uses."""
    (path,) = Path(llvmlite.__file__).parent.glob("binding/libllvmlite.so")
    return path


def files() -> dict[str, bytes]:
    """What is measured, by name."""
    with zipfile.ZipFile(DATA / "silesia" / "ooffice.zip") as archive:
        ooffice = archive.read("ooffice")
    return {
        "ooffice": ooffice,
        f"python {platform.python_version()}, 1 MB of code": _code_of(_python()),
        f"llvmlite {llvmlite.__version__}, 1 MB of code": _code_of(_llvm()),
    }


def measure(rows: Rows, name: str, spec: str, data: bytes) -> None:
    """One row: encode, decode, compare."""
    code = make(spec)
    code.decode(code.encode(data[:2000]), max_size=2000)  # compiles
    start = time.process_time()
    stream = code.encode(data)
    seconds = time.process_time() - start
    start = time.process_time()
    if code.decode(stream, max_size=len(data)) != data:
        sys.exit(f"{spec}: what was decoded is not {name}")
    back = time.process_time() - start
    kind = "ours" if spec.startswith(("x86", "cm")) else "peer"
    measured = {
        "kind": kind,
        "size": len(data),
        "bytes": len(stream),
        "seconds": round(seconds, 2),
        "seconds_back": round(back, 2),
        "kB/s": round(len(data) / seconds / 1e3, 1),
    }
    rows.put((name, spec), version_of(spec), measured)
    print(f"{name:<40} {spec:<95} {len(stream):>9,} {measured['kB/s']:>9,} kB/s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--max", action="store_true", help="the larger model too")
    parser.add_argument("--only", help="files whose name begins so, separated by commas")
    args = parser.parse_args()
    rows = Rows(RECORD, "python -m benchmarks.machine_code", again=True)
    for name, data in files().items():
        if args.only and not name.startswith(tuple(args.only.split(","))):
            continue
        spec = detect_x86(data[:HEAD], len(data))
        if spec is None:
            sys.exit(f"{name}: no x86 code was found")
        ours = spec if not args.max else spec.replace("x86:", "x86:preset=max,")
        for each in [ours] if args.max else [ours, *PEERS]:
            measure(rows, name, each, data)


if __name__ == "__main__":
    main()
