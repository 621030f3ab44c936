"""What keeping primed states on disk saves: seconds to read a primer, and to have a kept state instead.

    python -m benchmarks.primed [--codes SPEC,...]

For each code the processor time (user and system) until the first byte of a text could be coded: with the cache off,
at its first use (the state is written), and from then on (the state is read and checked); the smallest of three where
it is below five seconds. The rest of what a text costs is the same for all three. Then the size of the kept file. In a
folder of its own, which is removed. Writes benchmarks/records/primed.json with the machine's load.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.field import split_specs
from benchmarks.rows import Row, Rows, version_of
from codelength.catalogue import make
from codelength.core import Streaming
from codelength.predictors.cache import OFF, VARIABLE

CODES = "cm:primer=64,prose:primer=64,prose:fine=1,primer=256,prose:preset=max,primer=256,prose:preset=max,primer=2048"
RECORD = Path(__file__).resolve().parent / "records" / "primed.json"
LONG = 5.0


def ready(spec: str, where: str, times: int = 3) -> float:
    """Processor seconds until a coder of the code is there, with the cache at `where`."""
    os.environ[VARIABLE] = where
    best = float("inf")
    for _ in range(times):
        code = make(spec)
        assert isinstance(code, Streaming)
        begun = time.process_time()
        code.blocks()
        best = min(best, time.process_time() - begun)
        if best > LONG:
            break
    return round(best, 3)


def measure(spec: str) -> Row:
    """Seconds without a cache, at first and later; megabytes of the file."""
    ready(f"{spec.partition('primer=')[0]}primer=65", OFF, times=1)  # compile
    with tempfile.TemporaryDirectory() as folder:
        row: Row = {"kind": "primed", "off_s": ready(spec, OFF)}
        row["first_s"] = ready(spec, folder, times=1)
        row["later_s"] = ready(spec, folder)
        row["file_mb"] = round(sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6, 1)
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--codes", default=CODES)
    rows = Rows(RECORD, "python -m benchmarks.primed", again=True)
    table = Table(title="Until the first byte can be coded, seconds of processor time")
    for column in ("code", "cache off", "first use", "later", "file, MB"):
        table.add_column(column, justify="left" if column == "code" else "right")
    for spec in split_specs(parser.parse_args().codes):
        row = rows.put(
            ("primed", spec), version_of(spec.partition(",primer")[0].partition(":primer")[0]), measure(spec)
        )
        table.add_row(spec, *(f"{row[name]:.2f}" for name in ("off_s", "first_s", "later_s")), f"{row['file_mb']:.1f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
