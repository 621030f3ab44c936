"""Point clouds without pairs: is the map recovered, is its family the right one, does it abstain where there is none?

    python -m benchmarks.points                about 5 minutes of one core

Synthetic clouds of five Gaussian parts (weights, places and shapes drawn anew for every seed), x and y two independent
samples, y mapped by a random member of the family; "free": every part moved on its own. `error` is the root mean
square distance between f(x) and the true image, in units of y's spread along an axis. Unrelated: x and y from two
different draws. Real: the first and the next n training images of MNIST and Fashion-MNIST as their 50 leading principal
components, y turned by a random rotation of the 50 dimensions; nearest: a point is brought back with its own true image
as its nearest neighbour among all n true images (chance 1/n). Intervals of shares are Wilson's, 95 %.

Peers in the same run: `ot.da.LinearTransport` (the optimal affine map between two Gaussians), Procrustes on a
Gromov-Wasserstein coupling of 150 points each (POT), and Procrustes on optimal transport in turn from the identity
(Grave et al. 2019). They always answer: what they return where nothing is related is shown by the error alone.
Writes benchmarks/records/points.json.
"""

import argparse
import gzip
import json
import math
import time
from pathlib import Path

import numpy as np
import ot
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.ciphers import share
from benchmarks.real_data import DATA
from codelength.tasks.match.points import match_points
from codelength.tasks.match.points_ascent import orthogonal
from codelength.tasks.match.points_starts import procrustes

Floats = NDArray[np.float64]

RECORD = Path(__file__).parent / "records" / "points.json"
FAMILIES = ("identity", "translation", "scaling", "rotation", "similarity", "affine", "free")
PARTS = 5


def shape(d: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """Weights, places and roots of covariances of five parts."""
    chance = np.random.default_rng([seed, d, 1])
    return (
        chance.dirichlet(np.full(PARTS, 3.0)),
        2 * chance.standard_normal((PARTS, d)),
        0.5 * chance.standard_normal((PARTS, d, d)) / math.sqrt(d),
    )


def sample(of: tuple[Floats, Floats, Floats], n: int, chance: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
    """Points and their parts."""
    weights, places, roots = of
    parts = chance.choice(PARTS, size=n, p=weights)
    noise = chance.standard_normal((n, places.shape[1]))
    return places[parts] + np.einsum("nij,nj->ni", roots[parts], noise), parts


def true_map(family: str, d: int, chance: np.random.Generator) -> tuple[Floats, Floats]:
    """A random member of a family: matrix and offset."""
    turned = np.linalg.qr(chance.standard_normal((d, d)))[0]
    offset = 3 * chance.standard_normal(d)
    if family == "scaling":
        return np.diag(np.exp(chance.standard_normal(d)) * chance.choice((-1.0, 1.0), d)), offset
    if family == "affine":
        stretch = np.diag(np.exp(0.7 * chance.standard_normal(d)))
        return turned @ stretch @ np.linalg.qr(chance.standard_normal((d, d)))[0], offset
    if family in ("identity", "free"):
        return np.eye(d), np.zeros(d)
    scale = math.exp(chance.standard_normal()) if family == "similarity" else 1.0
    return (np.eye(d) if family == "translation" else scale * turned), offset


def pair(family: str, d: int, n: int, noise: float, seed: int) -> tuple[Floats, Floats, Floats]:
    """x, y, and where x truly belongs."""
    chance = np.random.default_rng([seed, d, n, FAMILIES.index(family)])
    of = shape(d, seed)
    x, parts = sample(of, n, chance)
    y, parts_y = sample(of, n, chance)
    matrix, offset = true_map(family, d, chance)
    moves = 2 * chance.standard_normal((PARTS, d)) if family == "free" else np.zeros((PARTS, d))
    truth = x @ matrix.T + offset + moves[parts]
    y = y @ matrix.T + offset + moves[parts_y]
    return x, y + noise * y.std(axis=0) * chance.standard_normal(y.shape), truth


def error(found: Floats, truth: Floats, y: Floats) -> float:
    return float(np.sqrt(((found - truth) ** 2).mean() / y.var(axis=0).mean()))


def peers(x: Floats, y: Floats, truth: Floats, chance: np.random.Generator) -> dict[str, float]:
    """Errors of maps that others give."""
    linear = ot.da.LinearTransport().fit(Xs=x, Xt=y).transform(Xs=x)
    u, v = x - x.mean(axis=0), y - y.mean(axis=0)
    a, b = u[chance.permutation(len(u))[:150]], v[chance.permutation(len(v))[:150]]
    within = ot.dist(a, a, metric="euclidean"), ot.dist(b, b, metric="euclidean")
    plan = ot.gromov.gromov_wasserstein(*within, ot.unif(len(a)), ot.unif(len(b)), max_iter=100)
    by_distances = u @ orthogonal(b.T @ plan.T @ a).T + y.mean(axis=0)
    by_transport = u @ procrustes(a, b, np.eye(x.shape[1]), rounds=10).T + y.mean(axis=0)
    return {
        "LinearTransport": error(linear, truth, y),
        "GW + Procrustes": error(by_distances, truth, y),
        "OT + Procrustes": error(by_transport, truth, y),
    }


def one(family: str, d: int, n: int, noise: float, seed: int) -> dict[str, object]:
    x, y, truth = pair(family, d, n, noise, seed)
    begun = time.process_time()
    found = match_points(x, y, seed=seed)
    return {
        "family": family, "d": d, "n": n, "noise": noise, "seed": seed,
        "found": found.found, "decided": found.family, "saved": found.saved.bits,
        "error": error(found.map(x), truth, y), "processor_seconds": time.process_time() - begun,
    } | peers(x, y, truth, np.random.default_rng(seed))  # fmt: skip


def unrelated(d: int, n: int, seed: int) -> dict[str, object]:
    chance = np.random.default_rng([seed, d, n, 99])
    x, y = sample(shape(d, 2 * seed), n, chance)[0], sample(shape(d, 2 * seed + 1), n, chance)[0]
    found = match_points(x, y, seed=seed)
    return {"d": d, "n": n, "seed": seed, "found": found.found, "saved": found.saved.bits}


def components(folder: str, n: int, d: int) -> Floats:
    """The leading principal components of 2 n images."""
    with gzip.open(DATA / folder / "train-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(16 + 2 * n * 784), np.uint8, offset=16).reshape(-1, 784) / 255.0
    centred = images - images.mean(axis=0)
    axes = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :d]
    return np.asarray(centred @ axes)


def real(x_folder: str, y_folder: str, n: int, d: int, seed: int) -> dict[str, object]:
    x = components(x_folder, n, d)[:n]
    turned = np.linalg.qr(np.random.default_rng(seed).standard_normal((d, d)))[0]
    y = components(y_folder, n, d)[n:] @ turned.T
    begun = time.process_time()
    found = match_points(x, y, families=("identity", "rotation"), seed=seed)
    taken = time.process_time() - begun
    truth, image = x @ turned.T, found.map(x)
    nearest = np.argmin((truth**2).sum(axis=1)[None] - 2 * image @ truth.T, axis=1)
    return {
        "x": x_folder, "y": y_folder, "n": n, "d": d, "found": found.found, "decided": found.family,
        "saved": found.saved.bits, "map": found.map_bits.bits,
        "cosine": float(np.trace(found.map.matrix.T @ turned)) / d,
        "error": error(image, truth, y), "nearest": float((nearest == np.arange(n)).mean()), "processor_seconds": taken,
    } | (peers(x, y, truth, np.random.default_rng(seed)) if x_folder == y_folder else {})  # fmt: skip


def show(title: str, rows: list[dict[str, object]]) -> None:
    table = Table(title=title)
    for name in rows[0]:
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(*(f"{value:.3f}" if isinstance(value, float) else str(value) for value in row.values()))
    Console(width=200).print(table)


def summary(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Shares and median errors of each family, dimension, n and noise."""
    groups: dict[tuple[object, ...], list[dict[str, object]]] = {}
    for row in rows:
        groups.setdefault((row["family"], row["d"], row["n"], row["noise"]), []).append(row)
    out = []
    for (family, d, n, noise), of in groups.items():
        medians = {name: float(np.median([float(str(row[name])) for row in of]))
                   for name in ("error", "LinearTransport", "GW + Procrustes", "OT + Procrustes", "saved")}  # fmt: skip
        out.append({
            "family": family, "d": d, "n": n, "noise": noise, "clouds": len(of),
            "found": share(sum(bool(row["found"]) for row in of), len(of)),
            "right family": share(sum(row["decided"] == family for row in of), len(of)),
        } | medians)  # fmt: skip
    return out


STAGES = ("families", "images", "unrelated", "rotation")


def stage(name: str, seeds: range) -> list[dict[str, object]]:
    """The rows of one part of the record, shown."""
    if name == "families":
        rows = [one(family, 2, 300, 0.0, seed) for family in FAMILIES for seed in seeds]
        show("Families in the plane, 300 points each (medians)", summary(rows))
    elif name == "images":
        rows = [real(*of, 50, 1) for of in (("mnist", "mnist", 500), ("mnist", "mnist", 2000))]
        rows += [real("fashion_mnist", "fashion_mnist", 2000, 50, 1), real("mnist", "fashion_mnist", 500, 50, 1)]
        for row in rows:
            show("50 principal components under a random rotation", [row])
    elif name == "unrelated":
        rows = [unrelated(d, 300, seed) for d in (2, 5) for seed in range(2 * len(seeds))]
        wrong, most = sum(bool(row["found"]) for row in rows), max(float(str(row["saved"])) for row in rows)
        print(f"unrelated clouds matched: {share(wrong, len(rows))}; the most saved is {most:.1f} bits")
    else:
        cases = [(5, 100, 0.0), (5, 400, 0.0), (20, 800, 0.0), (5, 400, 0.2)]
        rows = [one("rotation", *case, seed) for case in cases for seed in seeds]
        show("Rotation: dimensions, number of points, noise (medians)", summary(rows))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="clouds of each kind")
    parser.add_argument("--only", choices=STAGES, help="replace this part of the record, keep the others")
    args = parser.parse_args()
    record = json.loads(RECORD.read_text()) if args.only else {}
    for name in [args.only] if args.only else STAGES:
        record[name] = stage(name, range(args.seeds))
        RECORD.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
