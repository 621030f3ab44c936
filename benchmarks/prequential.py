"""The codelength of MNIST's 60,000 training labels in file order, given their images.

    python -m benchmarks.prequential [--only NAME] [--labels N] [--steps N] [--seed S] [--again]

Rows: logistic regression on 14 x 14 pixels and a multilayer perceptron with 256 units (scikit-learn; refitted at blocks
that double from 8, without and with forward calibration), the neighbour graph alone, and ours (`prequential_digits`;
blocks from 8 that grow by 1.2), inductive and transductive. Bits are sums over the integer frequencies of the coder.
Time is the processor's: of all threads, so that two cores for 30 minutes are 60 minutes. The record
`records/prequential.json` is written after every block; a row that is run again replaces its own.
With --again a row's first blocks are computed anew and compared with the record's: a receiver has to get the very same
frequencies, or nothing decodes. Another --seed of our networks, and of the order of images, is a row of its own.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.prequential_digits import Digits
from benchmarks.real_data import DATA
from codelength.data.idx import read_idx
from codelength.measures.prequential import Block, prequential_codelength
from codelength.measures.prequential_blocks import block_ends
from codelength.measures.prequential_forecaster import Learning
from codelength.models.gradients import gradient_features

RECORD = Path(__file__).parent / "records" / "prequential.json"

COMPONENTS = 80
"""Directions of most variance of the gradient features that the graph measures distances in."""

Row = tuple[Callable[[], tuple[Any, Any]], float, Learning]


def halved(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Means of 2 x 2 pixels, (n, 196), from 0 to 1."""
    return (images.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)) / 255).reshape(-1, 196).astype(np.float32)


def principal(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """The directions of most variance."""
    centred = features - features.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    return np.asarray(centred @ directions[:, -COMPONENTS:], dtype=np.float32)


def rows(images: NDArray[np.uint8], steps: int, seed: int = 0) -> dict[str, Row]:
    """Name -> what makes the estimator and X, the growth of the blocks, and how it learns."""

    def logistic() -> tuple[Any, Any]:
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression(max_iter=100), halved(images)

    def perceptron() -> tuple[Any, Any]:
        from sklearn.neural_network import MLPClassifier

        pixels = (images.reshape(-1, 784) / 255).astype(np.float32)
        return MLPClassifier((256,), max_iter=20, random_state=0), pixels

    def digits(*, transductive: bool, members: int = 2) -> tuple[Any, Any]:
        features = gradient_features(images)
        read = principal(features) if transductive else features
        learner = Digits(images, read, transductive=transductive, steps=steps, members=members, seed=seed)
        return learner, np.arange(len(images))

    calibrated = Learning(calibrate=True)
    going_on = Learning(update="warm")
    return {
        "logistic regression, 14x14": (logistic, 2.0, Learning()),
        "logistic regression, 14x14, calibrated": (logistic, 2.0, calibrated),
        "MLP-256": (perceptron, 2.0, Learning()),
        "MLP-256, calibrated": (perceptron, 2.0, calibrated),
        "neighbour graph alone (transductive)": (lambda: digits(transductive=True, members=0), 1.2, going_on),
        "ours, inductive": (lambda: digits(transductive=False), 1.2, going_on),
        "ours, transductive": (lambda: digits(transductive=True), 1.2, going_on),
    }


def recorded() -> dict[str, Any]:
    """The record so far."""
    return dict(json.loads(RECORD.read_text())) if RECORD.exists() else {}


def measure(name: str, row: Row, labels: NDArray[np.uint8], limit: int) -> None:
    """Run one row, writing the record after every block."""
    begun, busy = time.perf_counter(), time.process_time()
    make, growth, learning = row
    estimator, examples = make()
    blocks: list[dict[str, float]] = []

    def coded(block: Block) -> None:
        spent = {"seconds": time.perf_counter() - begun, "processor_seconds": time.process_time() - busy}
        blocks.append({"begin": block.begin, "end": block.end, "bits": block.bits, "errors": block.errors} | spent)
        total = sum(one["bits"] for one in blocks)
        record = recorded()  # anew: another process may be running another row
        record[name] = {"labels": block.end, "bits": total, "growth": growth, "blocks": blocks} | spent
        RECORD.parent.mkdir(exist_ok=True)
        RECORD.write_text(json.dumps(record, indent=1) + "\n")
        print(f"{name}: {block.end:6,} labels, {total:9,.1f} bits, {spent['processor_seconds']:7,.0f} s", flush=True)

    prequential_codelength(
        estimator, examples[:limit], labels[:limit], block_ends(limit, 8, growth), learning=learning, on_block=coded
    )


def again(name: str, row: Row, labels: NDArray[np.uint8], limit: int) -> None:
    """Compute the first blocks of a row of the record once more; say whether they came out the same to the last bit."""
    make, growth, learning = row
    estimator, examples = make()
    ends = [end for end in block_ends(len(labels), 8, growth) if end <= limit]
    found = prequential_codelength(estimator, examples[: ends[-1]], labels[: ends[-1]], ends, learning=learning)
    before = [block["bits"] for block in recorded()[name]["blocks"][: len(ends)]]
    same = before == [block.bits for block in found.blocks]
    print(f"{name}: {len(ends)} blocks, {ends[-1]} labels, once more: {'the same bits' if same else 'OTHER BITS'}")
    record = recorded()
    record[name]["again"] = {"blocks": len(ends), "labels": ends[-1], "same": same}
    RECORD.write_text(json.dumps(record, indent=1) + "\n")


def part(block: dict[str, float], begin: int, end: int) -> float:
    """Bits that a block spends on labels from `begin` to `end`, taken to be spread evenly over the block."""
    common = max(0, min(end, block["end"]) - max(begin, block["begin"]))
    return block["bits"] * common / (block["end"] - block["begin"])


def show(record: dict[str, Any]) -> None:
    """All rows of the record."""
    table = Table(title="MNIST, training labels in file order, given the images")
    for column in ("", "labels", "kbit", "of uniform", "errors", "bits, first 2,000", "bits, last 10,000", "cpu min"):
        table.add_column(column, justify="right" if column else "left")
    for name, row in record.items():
        blocks = row["blocks"]
        first, last = (sum(part(b, *span) for b in blocks) for span in ((0, 2000), (50_000, 60_000)))
        uniform = row["labels"] * np.log2(10)
        cells = [f"{row['labels']:,}", f"{row['bits'] / 1000:.2f}", f"{row['bits'] / uniform:.4f}"]
        cells += [f"{sum(b['errors'] for b in blocks):,}", f"{first:,.0f}", f"{last:,.0f}" if last else "-"]
        table.add_row(name, *cells, f"{row['processor_seconds'] / 60:.1f}")
    Console(width=150).print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="rows whose name begins so")
    parser.add_argument("--labels", type=int, default=60_000, help="code only the first of them")
    parser.add_argument("--steps", type=int, default=16_000, help="of each network, for 60,000 labels")
    parser.add_argument("--seed", type=int, default=0, help="of our networks")
    parser.add_argument("--again", action="store_true", help="compare with the record in place of replacing it")
    args = parser.parse_args()
    torch.set_num_threads(1)
    images = read_idx(DATA / "mnist" / "train-images-idx3-ubyte.gz")
    labels = read_idx(DATA / "mnist" / "train-labels-idx1-ubyte.gz")
    for name, row in rows(images, args.steps, args.seed).items():
        if not args.only or name.startswith(args.only):
            called = f"{name}, seed {args.seed}" if args.seed else name
            (again if args.again else measure)(called, row, labels, args.labels)
    show(recorded())


if __name__ == "__main__":
    main()
