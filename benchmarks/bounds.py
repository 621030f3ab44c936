"""KT and CTW against their proven bounds on real data: codelength L, bound, allowance for integers, and whether
L <= bound + allowance. Formulas and proofs stand in `predictors/kt.py` and `predictors/ctw.py`.

For CTW the bound is the best of any tree: the minimum over all trees of depth <= D, found by dynamic programming from
the leaves up (exactly, with the counts of the data), of L_S + Gamma_D(S) + the sum of gamma(n) over leaves, contexts
never seen being free. Beside it stands the theorem's own form for that tree, Gamma_D over all its leaves and
|S| gamma(n / |S|), which is never smaller. A byte's 255 trees are added up.

    python -m benchmarks.bounds
"""

from __future__ import annotations

import csv
import io
import json
import math
import tarfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.real_data import DATA
from codelength.coding import binary
from codelength.predictors.ctw import CTW
from codelength.predictors.kt import KT, WIDTHS

RECORD = Path(__file__).parent / "records" / "bounds.json"
DEBD = ("nltcs", "plants", "mushrooms")
CTW_FILES = ("calgary/paper1", "calgary/obj1", "calgary/geo", "calgary/progp")
CTW_BYTES = (CTW(16), CTW(32), CTW(), CTW(split=3, estimator=4))
CTW_BITS = (CTW(8, 2), CTW(16, 2), CTW(32, 2))
LONG = (CTW(32), CTW(), CTW(split=3, estimator=4), CTW(64, split=4, estimator=8))

Floats = NDArray[np.float64]


class Sums(NamedTuple):
    """For each context of one depth: least bound, and of that tree the ideal bits, leaves, and leaves at depth D."""

    bound: Floats
    ideal: Floats
    leaves: Floats
    deep: Floats


def debd_bits(name: str) -> bytes:
    """The training rows of a binary set one after the other, packed; the last bits that fill no byte left out."""
    with tarfile.open(DATA / "debd" / "debd.tar.xz") as archive:
        member = next(m for m in archive.getmembers() if m.name.endswith(f"{name}.train.data"))
        handle = archive.extractfile(member)
        assert handle is not None
        rows = list(csv.reader(io.TextIOWrapper(handle, "ascii")))
    bits = np.array(rows, dtype=np.uint8).reshape(-1)
    return np.packbits(bits[: bits.size // 8 * 8]).tobytes()


def symbols_of(data: bytes, alphabet: int) -> NDArray[np.int64]:
    width = WIDTHS[alphabet]
    bits = np.unpackbits(np.frombuffer(data, dtype=np.uint8)).reshape(-1, width).astype(np.int64)
    return bits @ (1 << np.arange(width - 1, -1, -1))


def entropy(counts: NDArray[np.int64]) -> float:
    """Bits of the sequence under its own frequencies: n H."""
    seen = counts[counts > 0]
    return float(-np.sum(seen * np.log2(seen / seen.sum())))


def kt_row(name: str, data: bytes, alphabet: int) -> dict[str, Any]:
    code = KT(alphabet)
    counts = np.bincount(symbols_of(data, alphabet), minlength=alphabet)
    n, width = int(counts.sum()), WIDTHS[alphabet]
    ideal = entropy(counts)
    bits = code.bits(data).bits - 8 * len(binary.length_prefix(len(data)))
    bound = ideal + (alphabet - 1) / 2 * math.log2(n) + math.log2(alphabet)
    slack = 1.443 * 2.0**-32 * width * (n + alphabet / 2) * (2 + math.log(1 + 2 * n))
    return {"data": name, "symbols": n, "code": code.spec, "bits": bits, "ideal": ideal, "bound": bound, "slack": slack}


def visits(code: CTW, data: bytes) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.int64]]:
    """Of each bit: decision, context as a 64-bit word (latest bit on top), and the bit itself; by contexts."""
    width = WIDTHS[code.alphabet]
    symbols = symbols_of(data, code.alphabet)
    words = np.zeros(symbols.size, dtype=np.uint64)
    for back in range(1, 64 // width + 1):
        words[back:] |= symbols[:-back].astype(np.uint64) << np.uint64(64 - width * back)
    levels = np.arange(width)
    decisions = ((1 << levels) | (symbols[:, None] >> (width - levels))).reshape(-1)
    bits = ((symbols[:, None] >> (width - 1 - levels)) & 1).reshape(-1)
    contexts = np.repeat(words, width)
    order = np.lexsort((contexts, decisions))
    return decisions[order], contexts[order], bits[order]


def gamma(z: Floats) -> Floats:
    return np.where(z < 1, z, 0.5 * np.log2(np.maximum(z, 1)) + 1)


def prices(code: CTW) -> tuple[float, float, float]:
    """Bits to split, bits to stop, and what gamma gains by an estimator other than KT."""
    k = code.estimator
    gain = math.log2(math.gamma(1 / k) ** 2 / math.gamma(2 / k) / math.pi) - 1 + 2 / k
    return -math.log2(1 - 2.0**-code.split), float(code.split), gain


def group_starts(decisions: NDArray[np.int64], contexts: NDArray[np.uint64], depth: int) -> NDArray[np.int64]:
    """Where a new context of `depth` bits begins."""
    new = decisions[1:] != decisions[:-1]
    if depth:
        shift = np.uint64(64 - depth)
        new = new | ((contexts[1:] >> shift) != (contexts[:-1] >> shift))
    return np.concatenate(([0], np.flatnonzero(new) + 1))


def leaf_sums(code: CTW, starts: NDArray[np.int64], bits: NDArray[np.int64], depth: int) -> Sums:
    """Each context of this depth as a leaf."""
    _, stop, gain = prices(code)
    n = np.diff(np.append(starts, bits.size)).astype(np.float64)
    ones = np.add.reduceat(bits, starts).astype(np.float64)
    ideal = np.zeros(n.size)
    for c in (ones, n - ones):
        ideal -= np.where(c > 0, c * np.log2(np.maximum(c, 1) / n), 0.0)
    deep = np.full(n.size, float(depth == code.depth))
    return Sums(ideal + stop * (1 - deep) + gamma(n) + gain, ideal, np.ones(n.size), deep)


def ctw_bounds(code: CTW, data: bytes) -> tuple[float, float, int]:
    """The least bound of any tree, the theorem's form of it for that tree, the tree's leaves; over all decisions."""
    decisions, contexts, bits = visits(code, data)
    split, stop, gain = prices(code)
    starts = group_starts(decisions, contexts, code.depth)
    best = leaf_sums(code, starts, bits, code.depth)
    for depth in range(code.depth - 1, -1, -1):
        below, starts = starts, group_starts(decisions, contexts, depth)
        first = np.searchsorted(below, starts)
        unseen = 2.0 - np.diff(np.append(first, below.size))
        inner = Sums(*(np.add.reduceat(part, first) for part in best))
        inner = Sums(
            inner.bound + split,
            inner.ideal,
            inner.leaves + unseen,
            inner.deep + unseen * (depth + 1 == code.depth),
        )
        leaf = leaf_sums(code, starts, bits, depth)
        cheaper = leaf.bound <= inner.bound
        best = Sums(*(np.where(cheaper, a, b) for a, b in zip(leaf, inner, strict=True)))
    n = np.diff(np.append(starts, bits.size))
    cost = split * (best.leaves - 1) + stop * (best.leaves - best.deep)
    theorem = best.ideal + cost + best.leaves * (gamma(n / best.leaves) + gain)
    return float(best.bound.sum()), float(theorem.sum()), int(best.leaves.sum())


def ctw_row(name: str, data: bytes, code: CTW) -> dict[str, Any]:
    bits = code.bits(data).bits - 8 * len(binary.length_prefix(len(data)))
    bound, theorem, leaves = ctw_bounds(code, data)
    slack = 8 * len(data) * (1.443 * 2.0**-20 + (code.depth + 2) * 2.0**-25) + 1.8e-5 * bits
    row = {"data": name, "symbols": 8 * len(data) // WIDTHS[code.alphabet], "code": code.spec, "bits": bits}
    return row | {"leaves": leaves, "bound": bound, "theorem": theorem, "slack": slack}


def long_row(name: str, data: bytes, code: CTW) -> dict[str, Any]:
    begun = time.process_time()
    bits = code.bits(data).bits
    seconds = time.process_time() - begun
    rows, symbols, _ = code.given(data)._state.header.tolist()
    memory = (32 * rows + 8 * symbols) / len(data)
    rate = {"bits per byte": bits / len(data), "kB/s": len(data) / seconds / 1000, "memory bytes per byte": memory}
    return {"data": name, "code": code.spec, "bytes": bits / 8} | rate


def shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if type(value) is int else str(value)


def show(title: str, rows: list[dict[str, Any]]) -> None:
    table = Table(title=title)
    for key in rows[0]:
        table.add_column(key, justify="left" if key in ("data", "code") else "right")
    for row in rows:
        table.add_row(*(shown(value) for value in row.values()))
    Console(width=160).print(table)


def with_verdict(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"holds": bool(row["bits"] <= row["bound"] + row["slack"])} for row in rows]


def main() -> None:
    calgary = sorted(p for p in (DATA / "calgary").iterdir() if p.name.islower())
    enwik6 = (DATA / "enwik" / "enwik6").read_bytes()
    sets = {f"debd/{name}": debd_bits(name) for name in DEBD}
    files = {f"calgary/{p.name}": p.read_bytes() for p in calgary} | {"enwik6": enwik6}

    kt = [kt_row(name, data, m) for name, data in files.items() for m in (2, 256)]
    kt += [kt_row(name, data, 2) for name, data in sets.items()]
    targets = {name: files[name] for name in CTW_FILES} | {"enwik6[:200000]": enwik6[:200_000]}
    ctw = [ctw_row(name, data, code) for name, data in targets.items() for code in CTW_BYTES]
    sequences = sets | {"calgary/pic[:100000]": files["calgary/pic"][:100_000]}
    ctw += [ctw_row(name, data, code) for name, data in sequences.items() for code in CTW_BITS]
    tables = {"Krichevsky-Trofimov": with_verdict(kt), "Context-tree weighting": with_verdict(ctw)}
    for title, rows in tables.items():
        show(title, rows)
    tables["Codelength, speed, memory"] = [
        long_row(name, files[name], code) for name in ("enwik6", "calgary/book1") for code in LONG
    ]
    show("Codelength, speed, memory", tables["Codelength, speed, memory"])
    broken = [row for rows in tables.values() for row in rows if not row.get("holds", True)]
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text(json.dumps(tables, indent=1) + "\n")
    print(f"{len(kt) + len(ctw)} inequalities, {len(broken)} broken; record: {RECORD.name}")
    raise SystemExit(bool(broken))


if __name__ == "__main__":
    main()
