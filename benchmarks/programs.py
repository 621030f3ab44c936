"""Claim: for text from some 10 kB on, a program with an embedded mixing decoder is the smallest self-extracting form.

For each file: bytes of each form of program, and of bare streams by `mini`, `cm` and xz for comparison. Every program
handed out has been run and its output compared. Run as `python -m benchmarks.programs`; about five minutes.

An upper bound only: no form finds that the digits of `misc/pi.txt` are computed by `PI`, which is run here too.
"""

import json
import lzma
import platform
import subprocess
import sys
from pathlib import Path

from benchmarks.real_data import DATA
from codelength import catalogue
from codelength.predictors.mini import Mini
from codelength.tasks.program import FORMS, shortest_program

FILES = [
    ("calgary/paper1", None),
    ("calgary/paper5", None),
    ("calgary/progc", None),
    ("artificial/aaa.txt", None),
    ("artificial/alphabet.txt", None),
    ("canterbury/grammar.lsp", None),
    ("canterbury/xargs.1", None),
    ("misc/pi.txt", 100_000),
    ("enwik/enwik6", 200_000),
]
RECORD = Path(__file__).resolve().parent / "records" / "programs.json"
MAX_SECONDS = 300.0

PI = b"""\
from decimal import*
s=t=3*10**100009;n=1;a=d=0;b=24
while t:n,a,d,b=n+a,a+8,d+b,b+32;t=t*n//d;s+=t
open(1,"wb").write(str(Decimal(s))[:100000].encode())"""
"""pi = 6 arcsin(1/2), by its series in integers."""


def row(name: str, size: int | None) -> dict[str, object]:
    """All figures for one file."""
    data = (DATA / name).read_bytes()[:size]
    found = shortest_program(data, mini=Mini(), max_seconds=MAX_SECONDS)
    return {
        "file": name,
        "bytes": len(data),
        "form": found.form,
        "program": len(found.source),
        "bits": found.bits.bits,
        "kind": found.bits.kind,
        "run_seconds": round(found.seconds, 2),
        "forms": found.sizes,
        "mini": len(Mini().encode(data)),
        "cm": len(catalogue.make("cm").encode(data)),
        "xz": len(lzma.compress(data, preset=9 | lzma.PRESET_EXTREME)),
    }


def main() -> None:
    """Print the table and write the record."""
    columns = ["bytes", "program", "form", "run s", *FORMS, "|mini|", "|cm|", "|xz|"]
    print(f"{'bytes of':24}" + "".join(f"{column:>11}" for column in columns))
    rows = []
    for name, size in FILES:
        figures = row(name, size)
        rows.append(figures)
        forms = figures["forms"]
        assert isinstance(forms, dict)
        cells = [figures["bytes"], figures["program"], figures["form"], figures["run_seconds"]]
        cells += [forms.get(form, "-") for form in FORMS] + [figures["mini"], figures["cm"], figures["xz"]]
        print(f"{name:24}" + "".join(f"{cell!s:>11}" for cell in cells), flush=True)
    done = subprocess.run([sys.executable, "-c", PI.decode()], capture_output=True, check=True)
    pi = {"program": len(PI), "prints_it": done.stdout == (DATA / "misc/pi.txt").read_bytes()[:100_000]}
    print(f"misc/pi.txt by a program that computes it: {pi['program']} bytes, output equal: {pi['prints_it']}")
    RECORD.parent.mkdir(exist_ok=True)
    record = {"command": "python -m benchmarks.programs", "python": platform.python_version(), "rows": rows, "pi": pi}
    RECORD.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
