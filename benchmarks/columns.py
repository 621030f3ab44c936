"""Tables without shared names and images with their pixels permuted: how much is put back, and does it abstain?

    python -m benchmarks.columns               about a minute on one core

Tables: the rows of each are halved at random, the columns of one half permuted and unnamed. Real ones: four that
scikit-learn brings (with their target as a column) and eight binary ones of the density-estimation suite (debd; the
first 4,000 rows of train). `right` counts columns that vary. Beside it, in the same run: the assignment of marginals
alone (the bits of each column under each other one's counts, Hungarian). Unrelated: a half of each table against a half
of the next one.

Images: the first n training images with one random permutation of their pixels, against the next n. `right` counts
pixels that vary in x; the pixel error is the mean absolute difference of grey values (0..255), permuted and put back.
Writes benchmarks/records/columns.json.
"""

import argparse
import gzip
import io
import json
import tarfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.optimize import linear_sum_assignment
from sklearn import datasets

from benchmarks.real_data import DATA
from codelength.tasks.match.columns import match_columns
from codelength.tasks.match.columns_symbols import alphabet
from codelength.tasks.match.columns_tree import dirichlet_bits
from codelength.tasks.match.pixels import match_pixels

Floats = NDArray[np.float64]

RECORD = Path(__file__).parent / "records" / "columns.json"
BINARY = ("nltcs", "plants", "jester", "baudio", "mushrooms", "accidents", "bnetflix", "nips")
ROWS = 4000


def tables() -> dict[str, Floats]:
    """Name -> (rows, columns)."""
    out = {}
    for name in ("iris", "wine", "breast_cancer", "diabetes"):
        bunch = getattr(datasets, f"load_{name}")()
        out[name] = np.column_stack([bunch.data, bunch.target])
    with tarfile.open(DATA / "debd" / "debd.tar.xz") as archive:
        for name in BINARY:
            member = archive.extractfile(f"{name}/{name}.train.data")
            if member is None:
                raise SystemExit(f"debd.tar.xz has no {name}")
            lines = member.read().splitlines()[:ROWS]
            out[name] = np.loadtxt(io.BytesIO(b"\n".join(lines)), delimiter=",")
    return out


def halves(table: Floats, seed: int) -> tuple[dict[str, Floats], dict[str, Floats], NDArray[np.int64]]:
    chance = np.random.default_rng(seed)
    rows, order = chance.permutation(len(table)), chance.permutation(table.shape[1])
    x, y = table[rows[: len(table) // 2]][:, order], table[rows[len(table) // 2 :]]
    return {str(k): x[:, k] for k in range(len(order))}, {str(k): y[:, k] for k in range(len(order))}, order


def by_marginals(x: dict[str, Floats], y: dict[str, Floats]) -> NDArray[np.int64]:
    """The assignment of least bits of single columns."""
    cost = np.empty((len(x), len(y)))
    for j, of_y in enumerate(y.values()):
        letters = alphabet(of_y)
        known = np.bincount(letters.read(of_y)[0], minlength=letters.size)
        for i, of_x in enumerate(x.values()):
            symbols, within = letters.read(of_x)
            cost[i, j] = dirichlet_bits(np.bincount(symbols, minlength=letters.size) * 1.0, known * 1.0) + within
    return np.asarray(linear_sum_assignment(cost)[1])


def table_row(name: str, table: Floats, seed: int) -> dict[str, object]:
    x, y, order = halves(table, seed)
    begun = time.process_time()
    found = match_columns(x, y)
    taken = time.process_time() - begun
    varies = np.array([np.ptp(column) > 0 for column in x.values()])
    right = np.array([found.pairs.get(str(k)) == str(order[k]) for k in range(len(order))])
    single = by_marginals(x, y) == order
    return {
        "table": name, "rows": len(table) // 2, "columns": len(order), "seed": seed, "found": found.found,
        "saved": found.saved.bits, "map": found.map_bits.bits, "right": float(right[varies].mean()),
        "right_by_marginals": float(single[varies].mean()), "processor_seconds": taken,
    }  # fmt: skip


def images(folder: str, n: int) -> NDArray[np.uint8]:
    with gzip.open(DATA / folder / "train-images-idx3-ubyte.gz") as file:
        return np.frombuffer(file.read(16 + 2 * n * 784), np.uint8, offset=16).reshape(-1, 784)


def image_row(x_folder: str, y_folder: str, n: int) -> dict[str, object]:
    order = np.random.default_rng(0).permutation(784)
    true, y = images(x_folder, n)[:n], images(y_folder, n)[n:]
    x = true[:, order]
    begun = time.process_time()
    found = match_pixels(x, y)
    taken = time.process_time() - begun
    varies = x.std(axis=0) > 0
    return {
        "x": x_folder, "y": y_folder, "n": n, "found": found.found, "saved": found.saved.bits,
        "map": found.map_bits.bits, "varying": int(varies.sum()),
        "right": float((found.places == order)[varies].mean()),
        "error_permuted": float(np.abs(x.astype(int) - true).mean()),
        "error_restored": float(np.abs(found.restored(x).astype(int) - true).mean()), "processor_seconds": taken,
    }  # fmt: skip


def show(title: str, rows: list[dict[str, object]]) -> None:
    table = Table(title=title)
    for name in rows[0]:
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(*(f"{value:.3f}" if isinstance(value, float) else str(value) for value in row.values()))
    Console(width=180).print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1)
    seeds = range(parser.parse_args().seeds)
    known = tables()
    rows = [table_row(name, table, seed) for name, table in known.items() for seed in seeds]
    show("Tables", rows)
    names = list(known)
    none: list[dict[str, object]] = []
    for one, other in zip(names, names[1:] + names[:1], strict=True):
        found = match_columns(halves(known[one], 0)[0], halves(known[other], 0)[1])
        none.append({"x": one, "y": other, "found": found.found, "saved": found.saved.bits})
    show("Unrelated tables", none)
    pictures = [
        image_row(folder, folder, n) for folder, n in (("mnist", 500), ("mnist", 2000), ("fashion_mnist", 2000))
    ]
    pictures.append(image_row("mnist", "fashion_mnist", 500))
    show("Images", pictures)
    RECORD.write_text(json.dumps({"tables": rows, "unrelated": none, "images": pictures}, indent=1) + "\n")


if __name__ == "__main__":
    main()
