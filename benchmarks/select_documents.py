"""Selection by documents: what 120 kB out of 6,800 AG News documents are worth to a task, chosen by us and by others.

    python -m benchmarks.select_documents

Pool: positions 100 to 1,799 of each class of `ag_news/test.csv`; task: the first 100 documents of a class; held out:
its last 100. Bits per byte of the held-out documents, mean of the 4 classes, under three judges that chose nothing:

    wb4    order-4 byte model (Witten-Bell), trained on task + selection, each document by itself
    ppmd5  PPMd of order 5, |C(task selection held-out)| - |C(task selection)|
    cm     our context mixing, |C(held-out | selection task)|

Noise: random, oracle and DSIR are means over 5 seeds, +- is the standard deviation of one draw. For ours against the
oracle: the difference with a 95 % interval over held-out documents (wb4). Our parameters were chosen on other splits of
the same file, see docs/decisions.md. Prints a table and writes benchmarks/records/select_documents.json.
"""

import csv
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks import selection_baselines as baselines
from benchmarks.byte_model import ByteModel
from benchmarks.real_data import DATA
from codelength.catalogue import make
from codelength.codes import Differenced
from codelength.compressors.ppmd import Ppmd
from codelength.core import Learner
from codelength.measures import interval
from codelength.tasks import select_documents

BUDGET = 120_000
SEEDS = 5
RECORD = Path(__file__).parent / "records" / "select_documents.json"

Choice = Callable[[int, int], list[int]]
"""Class and seed -> documents of the pool."""


def read_classes() -> list[list[bytes]]:
    """The documents of each class, in file order."""
    classes: list[list[bytes]] = [[], [], [], []]
    with (DATA / "ag_news" / "test.csv").open(encoding="utf-8", newline="") as file:
        for label, title, description in csv.reader(file):
            classes[int(label) - 1].append(f"{title} {description}".encode())
    return classes


CLASSES = read_classes()
TASKS = [documents[:100] for documents in CLASSES]
HELD = [documents[-100:] for documents in CLASSES]
POOL = [document for documents in CLASSES for document in documents[100:1800]]
LABELS = np.repeat(np.arange(4), 1700)


def methods() -> dict[str, tuple[Choice, int]]:
    """Each way to choose, and over how many seeds."""
    kt = make("kt")

    def random(k: int, seed: int) -> list[int]:
        return baselines.up_to(np.random.default_rng([seed, k]).permutation(len(POOL)), POOL, BUDGET)

    def oracle(k: int, seed: int) -> list[int]:
        own = np.random.default_rng([seed, k]).permutation(np.flatnonzero(k == LABELS))
        return baselines.up_to(own, POOL, BUDGET)

    def ranked(order: Callable[[list[bytes], list[bytes]], NDArray[np.int64]]) -> Choice:
        return lambda k, _: baselines.up_to(order(TASKS[k], POOL), POOL, BUDGET)

    def dsir(smoothing: float) -> Choice:
        return lambda k, seed: baselines.up_to(baselines.dsir(TASKS[k], POOL, smoothing, seed), POOL, BUDGET)

    return {
        "nothing": (lambda _k, _seed: [], 1),
        "random": (random, SEEDS),
        "TF-IDF centroid": (ranked(baselines.tfidf_centroid), 1),
        "Moore-Lewis, byte model": (ranked(baselines.moore_lewis), 1),
        "TF-IDF + LR, positive/unlabelled": (ranked(baselines.tfidf_regression), 1),
        "DSIR, smoothing 0": (dsir(0.0), SEEDS),
        "DSIR, smoothing 1": (dsir(1.0), SEEDS),
        "oracle labels": (oracle, SEEDS),
        "ours": (lambda k, seed: list(select_documents(TASKS[k], POOL, kt, budget=BUDGET, seed=seed).chosen), SEEDS),
    }


def judge(k: int, chosen: list[int]) -> tuple[NDArray[np.float64], float, float]:
    """Bits of each held-out document under wb4, and of all of them under ppmd5 and cm."""
    selection = [POOL[i] for i in chosen]
    each = ByteModel([*TASKS[k], *selection]).bits(HELD[k])
    held = b"\n".join(HELD[k])
    ppmd = Differenced(Ppmd(order=5)).given(b"".join(d + b"\n" for d in [*TASKS[k], *selection])).bits(held).bits
    cm = make("cm")
    assert isinstance(cm, Learner)
    return each, ppmd, cm.given(b"".join(d + b"\n" for d in [*selection, *TASKS[k]])).bits(held).bits


def measure(choose: Choice, seeds: int) -> dict[str, object]:
    """Bits per byte under each judge: mean over classes for each seed; precision; time to choose."""
    rates, documents, precision, seconds = [], [], [], 0.0
    sizes = [sum(map(len, held)) for held in HELD]
    for seed in range(seeds):
        row = []
        for k in range(4):
            start = time.perf_counter()
            chosen = choose(k, seed)
            seconds += time.perf_counter() - start
            each, ppmd, cm = judge(k, chosen)
            documents.append(each)
            row.append([each.sum() / sizes[k], ppmd / sizes[k], cm / sizes[k]])
            precision.append(np.mean(LABELS[chosen] == k) if chosen else 0.0)
        rates.append(np.mean(row, axis=0))
    return {
        "bits_per_byte": dict(zip(("wb4", "ppmd5", "cm"), np.mean(rates, axis=0).tolist(), strict=True)),
        "spread": dict(zip(("wb4", "ppmd5", "cm"), np.std(rates, axis=0, ddof=1).tolist(), strict=True))
        if seeds > 1
        else None,
        "precision": float(np.mean(precision)),
        "seconds": seconds / (4 * seeds),
        "documents": np.concatenate(np.reshape(documents, (seeds, 4, -1)).mean(axis=0)),
    }


def against(ours: NDArray[np.float64], other: NDArray[np.float64]) -> dict[str, float]:
    """Bits per byte saved by ours against another, with a 95 % interval over held-out documents."""
    size = sum(len(document) for held in HELD for document in held)
    found = interval(other - ours, run=1)
    return {"saved": float((other - ours).sum()) / size, "lower": found.lower / size, "upper": found.upper / size}


def main() -> None:
    results = {name: measure(choose, seeds) for name, (choose, seeds) in methods().items()}
    table = Table(title="held-out bits per byte given task + 120 kB chosen from 6,800 AG News documents; 4 targets")
    for column in ("chosen by", "wb4", "ppmd5", "cm", "precision", "s"):
        table.add_column(column, justify="left" if column == "chosen by" else "right")
    for name, result in results.items():
        rates, spread = result["bits_per_byte"], result["spread"]
        cells = [f"{rates[j]:.4f}" + (f" ± {spread[j]:.4f}" if spread else "") for j in ("wb4", "ppmd5", "cm")]
        table.add_row(name, *cells, f"{result['precision']:.2f}", f"{result['seconds']:.1f}")
    Console(width=120).print(table)
    documents = {name: result.pop("documents") for name, result in results.items()}
    differences = {name: against(documents["ours"], documents[name]) for name in documents if name != "ours"}
    for name, difference in differences.items():
        print(
            f"ours against {name}: {difference['saved']:+.4f} bits per byte saved (wb4), "
            f"95 % interval {difference['lower']:+.4f} to {difference['upper']:+.4f}"
        )
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text(json.dumps({"methods": results, "ours_against": differences}, indent=1) + "\n")


if __name__ == "__main__":
    main()
