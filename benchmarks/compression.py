"""Bytes and processor time: our codes beside the compressors that people install, on the same bytes in the same run.

    python -m benchmarks.compression [FILE ...]        default: enwik6 and the 14 files of the Calgary corpus

Prints a table and writes benchmarks/records/compression.json. Processor time is this process's own, of encoding, the
smaller of two runs after a warm-up that compiles; x is in units of `xz -9e`'s time on the same files. Every stream is
decoded and compared, except ours on files above 1 MB when `--no-decode` is given.
"""

import argparse
import json
import platform
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.real_data import DATA
from codelength.catalogue import make

SPECS = ["cm", "ctw", "mini", "kt", "huffman", "ppmd:order=6", "ppmd:order=16", "lzma", "bz2", "brotli", "zstd", "zlib"]
CALGARY = [
    *("bib", "book1", "book2", "geo", "news", "obj1", "obj2", "paper1", "paper2", "pic"),
    *("progc", "progl", "progp", "trans"),
]
RECORD = Path(__file__).parent / "records" / "compression.json"


def measure(spec: str, files: list[Path], decode: bool) -> dict[str, float | str]:
    """Bytes and seconds of one code over all files, each file alone."""
    code = make(spec)
    code.decode(code.encode(b"warm up, compile"), max_size=100)
    size = 0
    encoding = decoding = 0.0
    for path in files:
        data = path.read_bytes()
        times = []
        for _ in range(2):
            start = time.process_time()
            stream = code.encode(data)
            times.append(time.process_time() - start)
        encoding += min(times)
        size += len(stream)
        if decode:
            start = time.process_time()
            if code.decode(stream, max_size=len(data)) != data:
                raise SystemExit(f"{spec} does not give {path.name} back")
            decoding += time.process_time() - start
    return {"code": spec, "bytes": size, "encode_s": encoding, "decode_s": decoding}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--codes", default=",".join(SPECS))
    parser.add_argument("--no-decode", action="store_true")
    args = parser.parse_args()
    sets = {"given": args.files} if args.files else {
        "enwik6": [DATA / "enwik" / "enwik6"],
        "calgary, 14 files": [DATA / "calgary" / name for name in CALGARY],
    }
    record = {"machine": platform.machine(), "python": platform.python_version(), "sets": {}}
    for title, files in sets.items():
        total = sum(path.stat().st_size for path in files)
        rows = [measure(spec, files, not args.no_decode) for spec in args.codes.split(",")]
        reference = next((float(row["encode_s"]) for row in rows if row["code"] == "lzma"), 0.0)
        table = Table(title=f"{title}: {total:,} bytes")
        for column in ("code", "bytes", "bits per byte", "encode kB/s", "decode kB/s", "x of xz -9e"):
            table.add_column(column, justify="left" if column == "code" else "right")
        for row in sorted(rows, key=lambda row: float(row["bytes"])):
            encode, decode = float(row["encode_s"]), float(row["decode_s"])
            table.add_row(
                str(row["code"]), f"{row['bytes']:,}", f"{8 * float(row['bytes']) / total:.3f}",
                f"{total / encode / 1e3:,.0f}", f"{total / decode / 1e3:,.0f}" if decode else "",
                f"{encode / reference:.2f}" if reference else "",
            )
        Console().print(table)
        record["sets"][title] = {"bytes": total, "rows": rows}
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
