"""Claim: `dna` codes the genome of E. coli in fewer bits per base than anything for any data, and decodes it.

    python -m benchmarks.dna [--head BYTES]       all of it: some five minutes

The genome (large/E.coli, 4,638,690 bases in lower case, nothing else) under `dna`, beside `cm`, `ppmd` and `lzma` on
the same bytes, and its first 200,000 bases as FASTA, for what lines and a header cost. Every stream of the genome is
decoded and compared. kB/s are of this process's own processor time, after a warm-up that compiles; other work on the
machine slows them. Prints, and writes benchmarks/records/dna.json after each code: the record says which are in it.
"""

import argparse
import json
import lzma
import platform
import time
from pathlib import Path

from benchmarks.real_data import DATA
from codelength.catalogue import make
from codelength.predictors.dna import detect_dna

SPECS = ("dna", "lzma", "ppmd:order=16", "cm")
FASTA_BASES = 200_000
LINE = 70
RECORD = Path(__file__).resolve().parent / "records" / "dna.json"


def measure(spec: str, data: bytes) -> dict[str, object]:
    """Size and speed of one code; its stream decoded and compared."""
    code = make(spec)
    code.decode(code.encode(b"acgt, compile"), max_size=100)
    start = time.process_time()
    stream = code.encode(data)
    encoded = time.process_time()
    if code.decode(stream, max_size=len(data)) != data:
        raise SystemExit(f"{spec} does not give the genome back")
    decoded = time.process_time()
    row: dict[str, object] = {
        "code": spec,
        "bytes": len(stream),
        "bits_per_base": round(8 * len(stream) / len(data), 4),
    }
    row["encode_kb_s"] = round(len(data) / (encoded - start) / 1e3)
    row["decode_kb_s"] = round(len(data) / (decoded - encoded) / 1e3)
    print(
        f"{spec:15}{row['bytes']:>11,}{row['bits_per_base']:>11.4f}{row['encode_kb_s']:>9}{row['decode_kb_s']:>9}",
        flush=True,
    )
    return row


def layout(bases: bytes) -> dict[str, object]:
    """Bytes of the same bases bare and as FASTA."""
    lines = b"".join(bases[at : at + LINE].upper() + b"\n" for at in range(0, len(bases), LINE))
    record = b">NC_000913 Escherichia coli K-12\n" + lines
    code = make("dna")
    row: dict[str, object] = {"bases": len(bases), "bare": len(code.encode(bases)), "fasta": len(code.encode(record))}
    print(f"first {len(bases):,} bases: {row['bare']:,} bytes bare, {row['fasta']:,} as FASTA")
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--head", type=int, help="only so many bases; writes no record")
    head = parser.parse_args().head
    data = lzma.decompress((DATA / "large" / "E.coli.xz").read_bytes())[:head]
    print(f"E. coli, {len(data):,} bases; detected as {detect_dna(data[: 1 << 20])}")
    fasta = layout(data[:FASTA_BASES])
    print(f"{'code':15}{'bytes':>11}{'bits/base':>11}{'enc kB/s':>9}{'dec kB/s':>9}")
    record: dict[str, object] = {"machine": platform.machine(), "python": platform.python_version(), "bases": len(data)}
    rows: list[dict[str, object]] = []
    for spec in SPECS:
        rows.append(measure(spec, data))
        if int(str(rows[-1]["bytes"])) < int(str(rows[0]["bytes"])):
            raise SystemExit(f"{spec} is smaller than {SPECS[0]}")
        if head is None:
            RECORD.write_text(json.dumps(record | {"fasta": fasta, "codes": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
