"""gzip breaks the theory; ours must not. `python -m benchmarks.theory [CODE...]`

Three tables and a record (`benchmarks/records/theory.json`).

1. Shared bits, in bytes: for x, y two 150 kB chunks of AG News class 2 (Sports) and z one of class 3 (Business):
   |C(x)|, the self-gap |C(x)| + |C(x)| - |C(xx)|, which should be all of |C(x)|, the gaps of x with y and with z, and
   the order asymmetry |C(xy)| - |C(yx)|. Once with y simply behind x, |C(x‖y)|, which is what breaks the theory, and
   once by the code of pairs J that codes y with x known or on its own, whichever is shorter (`codes.Joint`).
2. What a pair costs beyond its parts under context mixing, in bits, on pairs that ought to hurt (text then random,
   random then text, zeros, permuted bytes): |C(x‖y)| - |C(x)| - |C(y)|; the same for J, ideally and as the streams
   that are really sent and read back; and for |C(x)| + |M(y|x)|, M the Bayes mixture of C(y) and C(y|x). J and M
   are proven never to pass 1 bit (J's streams 64: they are whole bytes and say where the first ends).
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
from codelength.codes import Joint, Mixture
from codelength.core import Predictor, StreamError, UnknownCodeError
from codelength.measures import interval, shared

RECORD = Path(__file__).parent / "records" / "theory.json"
CHUNK = 150_000
MOST_EXTRA_BITS = 64
LEAST_SELF_GAP = 0.95
SIMULATIONS = 1000
BLOCK_COUNTS = (12, 30, 100)

CONTINUED = "plain |C(x‖y)|"
JOINT = "joint |J(x, y)|"
STREAM = "its stream"
MIXTURE = "|C(x)| + |M(y|x)|"

Row = dict[str, Any]


def of_class(label: str) -> bytes:
    """All of a class of AG News: title and description, one document a line."""
    with (DATA / "ag_news" / "test.csv").open(newline="", encoding="utf-8") as file:
        return "\n".join(f"{title} {body}" for kind, title, body in csv.reader(file) if kind == label).encode()


def gaps(spec: str, x: bytes, y: bytes, z: bytes) -> tuple[Row, Row]:
    """A row of the first table, in bytes, by plain continuation and by the joint code."""
    code = make(spec)
    shared(x[:1000], y[:1000], code)  # compile
    start = time.perf_counter()
    same, related, other = (shared(x, item, code) for item in (x, y, z))
    asymmetry = related.continued - code.bits(y + x)
    seconds = time.perf_counter() - start
    plain = [pair.continued_gap for pair in (same, related, other)], asymmetry
    joint = [pair.shared for pair in (same, related, other)], related.asymmetry
    rows = [
        {
            "code": spec,
            "|C(x)|": related.x.bits / 8,
            "self-gap": gap[0].bits / 8,
            "of |C(x)|": gap[0].bits / same.x.bits,
            "related gap": gap[1].bits / 8,
            "unrelated gap": gap[2].bits / 8,
            "asymmetry": order.bits / 8,
        }
        for gap, order in (plain, joint)
    ]
    return rows[0] | {"seconds": seconds}, rows[1]


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
    primed, joint = code.given(x), Joint(code)
    first, alone = code.bits(x).bits, code.bits(y).bits
    stream = joint.encode((x, y))
    if joint.decode(stream, max_size=len(x) + len(y)) != (x, y):
        raise StreamError(f"{name}: the pair does not come back")
    return {
        "pair": name,
        CONTINUED: code.bits(x + y).bits - first - alone,
        JOINT: joint.bits((x, y)).bits - first - alone,
        STREAM: 8.0 * (len(stream) - len(code.encode(x)) - len(code.encode(y))),
        MIXTURE: Mixture([code, primed]).bits(y).bits - alone,
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
    plain_rows, joint_rows = [], []
    for spec in specs:
        try:
            plain, joint = gaps(spec, x, y, z)
        except UnknownCodeError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        plain_rows.append(plain)
        joint_rows.append(joint)
    show(f"Shared bits of chunks of AG News, {CHUNK:,} bytes each, in bytes: y simply behind x", plain_rows)
    show("The same by the joint code", joint_rows)

    extra_rows = []
    if "cm" in specs:
        code = make("cm")
        if not isinstance(code, Predictor):
            raise TypeError("cm is no predictor")
        extra_rows = [extra(code, name, *pair) for name, pair in hostile_pairs(x, y).items()]
        show("What a pair costs beyond |C(x)| + |C(y)| under cm, in bits", extra_rows)

    coverage_rows = [coverage(name, blocks) for name in SOURCES for blocks in BLOCK_COUNTS]
    show(f"How often intervals of level .95 hold the truth ({SIMULATIONS} simulations each)", coverage_rows)

    RECORD.parent.mkdir(exist_ok=True)
    record = {
        "command": f"python -m benchmarks.theory {' '.join(specs)}",
        "machine": f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}",
        "continued": plain_rows,
        "joint": joint_rows,
        "extra": extra_rows,
        "coverage": coverage_rows,
    }
    RECORD.write_text(json.dumps(record, indent=1) + "\n")
    check(plain_rows, joint_rows, extra_rows)


def check(plain_rows: list[Row], joint_rows: list[Row], extra_rows: list[Row]) -> None:
    """What must hold: of context mixing, that it knows what it has seen; of the joint code of anything, its bound."""
    failures = [
        f"self-gap of cm is {row['of |C(x)|']:.3f} of |C(x)|, expected more than {LEAST_SELF_GAP}"
        for row in (*plain_rows, *joint_rows)
        if row["code"] == "cm" and row["of |C(x)|"] <= LEAST_SELF_GAP
    ]
    failures += [
        f"{row['code']}, {name}: the pair costs {-8 * row[name]:,.1f} bits more than its parts"
        for row in joint_rows
        for name in ("self-gap", "related gap", "unrelated gap")
        if -8 * row[name] > MOST_EXTRA_BITS
    ]
    failures += [
        f"{row['pair']}: {column} costs {row[column]:,.1f} bits more than its parts, expected at most {limit}"
        for row in extra_rows
        for column, limit in ((JOINT, MOST_EXTRA_BITS), (STREAM, MOST_EXTRA_BITS), (MIXTURE, 1.01))
        if row[column] > limit
    ]
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main(sys.argv[1:] or list(CATALOGUE))
