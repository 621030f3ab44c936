"""When is `delta` shorter than `cm`? Successive versions of this project's own files, each given the one before.

    python -m benchmarks.near_copies [--pairs N]

Of all changes of a file up to a fixed commit, 120 are drawn (seed 5) whose new version has 1.5 to 60 kB; pictures and
golden frames are left out. None of them is a row of `benchmarks.conditioning`. Printed: what `delta`, `cm` and zstd
with the old version as its dictionary make of all of them, and what a rule makes that takes `delta` where it needs less
than a share of the bytes: `predictors/delta/suited.py` has its share from here. Bare streams, in bytes.

Needs the project's history (a clone). Cost: some 40 processor seconds.
"""

import argparse
import json
import subprocess
from pathlib import Path
from random import Random

from benchmarks.rows import version_of
from codelength.catalogue import make
from codelength.core import Code, ConditionalCode
from codelength.predictors.delta.suited import SHARE

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "benchmarks" / "records" / "near_copies.json"
UNTIL = "a055736"
SHARES = (1000, 500, 250, 160, 125, 100, 80, 60, 50, 30)
LEAST, MOST = 1500, 60_000
LEFT_OUT = (".frame", ".svg", ".png")


def git(*words: str) -> bytes:
    """What git says."""
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=True).stdout


def versions(count: int) -> list[tuple[str, bytes, bytes]]:
    """Name, old and new content of so many changes."""
    changes = []
    for commit in git("log", "--no-merges", "--format=%H", UNTIL).decode().split():
        said = git("diff-tree", "-r", "--no-commit-id", "--diff-filter=M", "--no-renames", commit).decode()
        changes += [line.split()[2:6] for line in said.splitlines()]
    Random(5).shuffle(changes)
    found: list[tuple[str, bytes, bytes]] = []
    for old, new, _, name in changes:
        if len(found) < count and not name.endswith(LEFT_OUT):
            content = git("cat-file", "blob", new)
            if LEAST < len(content) < MOST:
                found.append((name, git("cat-file", "blob", old), content))
    return found


def size(code: Code[bytes], known: bytes, new: bytes) -> int:
    """Bytes of the bare stream."""
    if not isinstance(code, ConditionalCode):
        raise TypeError(f"{code.spec} takes no side information")
    return len(code.given(known).encode(new))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=120)
    args = parser.parse_args()
    codes = {spec: make(spec) for spec in ("delta", "cm", "zstd:level=19")}
    names, sizes, made = [], [], []
    for name, known, new in versions(args.pairs):
        names.append(name)
        sizes.append((len(known), len(new)))
        made.append([size(code, known, new) for code in codes.values()])
    total = {spec: sum(row[k] for row in made) for k, spec in enumerate(codes)}
    print(f"{len(made)} pairs, {sum(new for _, new in sizes):,} bytes")
    print(", ".join(f"{spec} {count:,}" for spec, count in total.items()))
    print(f"the shorter of delta and cm: {sum(min(row[:2]) for row in made):,}")
    rule = {}
    for share in SHARES:
        taken = [row[0] * share < new for row, (_, new) in zip(made, sizes, strict=True)]
        rule[share] = sum(row[0] if copy else row[1] for row, copy in zip(made, taken, strict=True))
        print(f"delta below 1/{share}: {rule[share]:,} bytes, {sum(taken)} pairs" + " (the rule)" * (share == SHARE))
    rows = [{"name": n, "x": x, "y": y, "bytes": m} for n, (x, y), m in zip(names, sizes, made, strict=True)]
    record = {
        "command": "python -m benchmarks.near_copies",
        "until": UNTIL,
        "total": total,
        "rule": rule,
        "pairs": rows,
    }
    record["versions"] = {spec: version_of(spec.partition(":")[0]) for spec in codes}
    RECORD.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
