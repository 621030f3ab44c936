"""The snapshot: `code.given(x)` once and 1,000 short targets, against one pass over x plus the targets.

    python -m benchmarks.snapshot

x is 1 MB of enwik6's beginning, the targets 1,000 texts of 240 bytes from what follows in enwik8_first4M. The goal is a
ratio below 2. Prints a table and writes benchmarks/records/snapshot.json.
"""

import json
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.real_data import DATA
from codelength.catalogue import make
from codelength.core import Learner

SPECS = ["cm", "ctw", "kt", "mini", "cm+ctw", "zlib", "zstd"]
RECORD = Path(__file__).parent / "records" / "snapshot.json"


def main() -> None:
    text = (DATA / "enwik" / "enwik8_first4M").read_bytes()
    x, rest = text[:1_000_000], text[1_000_000:]
    targets = [rest[k * 240 : (k + 1) * 240] for k in range(1000)]
    table = Table(title="1,000 targets of 240 bytes given 1 MB")
    for column in ("code", "one pass over all, s", "given once, s", "the targets, s", "ratio", "bits per byte"):
        table.add_column(column, justify="left" if column == "code" else "right")
    rows = []
    for spec in SPECS:
        code = make(spec)
        if not isinstance(code, Learner):
            continue
        code.bits(b"warm up, compile")
        start = time.process_time()
        code.bits(x + b"".join(targets))
        one_pass = time.process_time() - start
        start = time.process_time()
        primed = code.given(x)
        once = time.process_time() - start
        primed.bits(targets[0])
        start = time.process_time()
        bits = sum(float(primed.bits(target)) for target in targets)
        scoring = time.process_time() - start
        ratio = (once + scoring) / one_pass
        rows.append({"code": spec, "pass_s": one_pass, "given_s": once, "targets_s": scoring, "ratio": ratio})
        table.add_row(
            spec, f"{one_pass:.2f}", f"{once:.2f}", f"{scoring:.2f}", f"{ratio:.2f}", f"{bits / 240_000:.3f}"
        )
    Console().print(table)
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
