"""gzip breaks the theory; ours must not. `python -m benchmarks.theory [CODE...]`

Three tables and a record (`benchmarks/records/theory.json`).

1. Shared bits, in bytes: for x, y two 150 kB chunks of AG News class 2 (Sports) and z one of class 3 (Business):
   |C(x)|, the self-gap |C(x)| + |C(x)| - |C(xx)|, which should be all of |C(x)|, the gaps of x with y and with z, the
   order asymmetry |C(xy)| - |C(yx)|, and the chain-rule defect |C(xy)| - |C(x)| - |C(y|x)| of codes with side
   information.
2. For context mixing, |C(xy)| - |C(x)| - |C(y)| in bits, which should never pass 64, on pairs that ought to hurt: text
   then random, random then text, zeros, permuted bytes; and the same for |C(x)| + |M(y|x)|, M the Bayes mixture of
   C(y) and C(y|x), which is proven never to pass 1.
3. Coverage of the resampling intervals by simulation: studentised, as in `measures.resampling`, and plain percentiles
   of resampled single blocks.

What must hold is asserted at the end, after the record is written.
"""

from __future__ import annotations

import csv
import json
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.real_data import DATA
from codelength.catalogue import CATALOGUE, make
from codelength.codes import Mixture
from codelength.core import Predictor, UnknownCodeError
from codelength.measures import interval, shared

RECORD = Path(__file__).parent / "records" / "theory.json"
CHUNK = 150_000
MOST_EXTRA_BITS = 64
LEAST_SELF_GAP = 0.95
SIMULATIONS = 1000
BLOCK_COUNTS = (12, 30, 100)

Row = dict[str, Any]


def of_class(label: str) -> bytes:
    """All of a class of AG News: title and description, one document a line."""
    with (DATA / "ag_news" / "test.csv").open(newline="", encoding="utf-8") as file:
        return "\n".join(f"{title} {body}" for kind, title, body in csv.reader(file) if kind == label).encode()


def gaps(spec: str, x: bytes, y: bytes, z: bytes) -> Row:
    """One row of the first table, in bytes."""
    code = make(spec)
    shared(x[:1000], y[:1000], code)  # compile
    start = time.perf_counter()
    same, related, other = (shared(x, item, code) for item in (x, y, z))
    return {
        "code": spec,
        "|C(x)|": related.x.bits / 8,
        "self-gap": same.shared.bits / 8,
        "of |C(x)|": same.shared.bits / same.x.bits,
        "related gap": related.shared.bits / 8,
        "unrelated gap": other.shared.bits / 8,
        "asymmetry": related.asymmetry.bits / 8,
        "defect": related.defect.bits / 8 if related.native else None,
        "seconds": time.perf_counter() - start,
    }


def hostile_pairs(text: bytes, other: bytes) -> dict[str, tuple[bytes, bytes]]:
    """Pairs of which the first is of no use, or worse, for the second."""
    rng = np.random.default_rng(0)
    noise = rng.bytes(CHUNK)
    permuted = bytes(rng.permutation(256).astype(np.uint8)[np.frombuffer(text, dtype=np.uint8)])
    return {
        "text, text of its class": (text, other),
        "text, itself": (text, text),
        "text, random": (text, noise),
        "random, text": (noise, text),
        "random, random": (noise, rng.bytes(CHUNK)),
        "text, zeros": (text, bytes(CHUNK)),
        "zeros, text": (bytes(CHUNK), text),
        "zeros, random": (bytes(CHUNK), noise),
        "text, its bytes permuted": (text, permuted),
        "permuted, text": (permuted, text),
        "text, reversed": (text, text[::-1]),
        "short text, random": (text[:1000], noise[:1000]),
        "short random, text": (noise[:1000], text[:1000]),
    }


def extra(code: Predictor, name: str, x: bytes, y: bytes) -> Row:
    """One row of the second table, in bits."""
    alone, primed = code.bits(y).bits, code.given(x)
    return {
        "pair": name,
        "|C(xy)| - |C(x)| - |C(y)|": code.bits(x + y).bits - code.bits(x).bits - alone,
        "|M(y|x)| - |C(y)|": Mixture([code, primed]).bits(y).bits - alone,
    }


SOURCES: dict[str, tuple[Callable[[np.random.Generator, int], np.ndarray], float]] = {
    "normal": (lambda rng, n: rng.normal(1, 3, n), 1.0),
    "skewed (exponential)": (lambda rng, n: rng.exponential(1, n), 1.0),
    "log-normal": (lambda rng, n: rng.lognormal(0, 1, n), float(np.exp(0.5))),
    "dependent neighbours": (lambda rng, n: 1 + np.convolve(rng.normal(size=n + 2), [1, 0.7, 0.4], "valid"), 1.0),
    "15 % large, rest slightly < 0": (
        lambda rng, n: np.where(rng.random(n) < 0.15, rng.exponential(10, n), rng.normal(-0.2, 0.5, n)),
        0.15 * 10 - 0.85 * 0.2,
    ),
}


def coverage(name: str, blocks: int) -> Row:
    """One row of the third table: how often intervals of level .95 hold the expected sum."""
    draw, mean = SOURCES[name]
    rng = np.random.default_rng(0)
    held = {"runs of sqrt(B)": 0, "single blocks": 0, "percentiles": 0}
    for seed in range(SIMULATIONS):
        savings = draw(rng, blocks)
        held["runs of sqrt(B)"] += mean * blocks in interval(savings, seed=seed)
        held["single blocks"] += mean * blocks in interval(savings, run=1, seed=seed)
        sums = savings[rng.integers(0, blocks, (2000, blocks))].sum(axis=1)
        low, high = np.quantile(sums, [0.025, 0.975])
        held["percentiles"] += low <= mean * blocks <= high
    return {"savings": name, "blocks": blocks} | {kind: count / SIMULATIONS for kind, count in held.items()}


def show(title: str, rows: list[Row]) -> None:
    """Print rows as a table."""
    table = Table(title=title)
    for name, value in rows[0].items():
        table.add_column(name, justify="left" if isinstance(value, str) else "right")
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    Console(width=120).print(table)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.3f}" if abs(value) < 10 else f"{value:,.1f}"
    return "-" if value is None else str(value)


def main(specs: list[str]) -> None:
    """Print the tables, write the record, assert."""
    sports, business = of_class("2"), of_class("3")
    x, y, z = sports[:CHUNK], sports[CHUNK : 2 * CHUNK], business[:CHUNK]
    shared_rows = []
    for spec in specs:
        try:
            shared_rows.append(gaps(spec, x, y, z))
        except UnknownCodeError as error:
            print(f"left out: {error}", file=sys.stderr)
    show("Shared bits of 150 kB chunks of AG News, in bytes", shared_rows)

    extra_rows = []
    if "cm" in specs:
        code = make("cm")
        if not isinstance(code, Predictor):
            raise TypeError("cm is no predictor")
        extra_rows = [extra(code, name, *pair) for name, pair in hostile_pairs(x, y).items()]
        show("What a pair costs beyond its parts under cm, in bits", extra_rows)

    coverage_rows = [coverage(name, blocks) for name in SOURCES for blocks in BLOCK_COUNTS]
    show(f"How often intervals of level .95 hold the truth ({SIMULATIONS} simulations each)", coverage_rows)

    RECORD.parent.mkdir(exist_ok=True)
    record = {
        "command": f"python -m benchmarks.theory {' '.join(specs)}",
        "machine": f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}",
        "shared": shared_rows,
        "extra": extra_rows,
        "coverage": coverage_rows,
    }
    RECORD.write_text(json.dumps(record, indent=1) + "\n")
    check(shared_rows, extra_rows)


def check(shared_rows: list[Row], extra_rows: list[Row]) -> None:
    """What must hold of context mixing."""
    failures = [
        f"self-gap of cm is {row['of |C(x)|']:.3f} of |C(x)|, expected more than {LEAST_SELF_GAP}"
        for row in shared_rows
        if row["code"] == "cm" and row["of |C(x)|"] <= LEAST_SELF_GAP
    ]
    limits = {"|C(xy)| - |C(x)| - |C(y)|": MOST_EXTRA_BITS, "|M(y|x)| - |C(y)|": 1.01}
    failures += [
        f"{row['pair']}: {column} is {row[column]:,.1f} bits, expected at most {limit}"
        for row in extra_rows
        for column, limit in limits.items()
        if row[column] > limit
    ]
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main(sys.argv[1:] or list(CATALOGUE))
