"""What features save on labels, and what useless ones cost: MNIST's first 2,000 test digits.

    python -m benchmarks.probes

A probe (logistic regression, blocks from 8 that grow by 1.5, calibrated) on pixels, on gradients, on noise, and on the
pixels of other digits (the control: the same rows in random order). "Saved" is what may be claimed: the shorter of the
code with features and the one without, and one bit that says which. Writes `records/probes.json`.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.prequential import halved
from benchmarks.real_data import DATA
from codelength.api.probe import estimator
from codelength.data.idx import read_idx
from codelength.measures import block_ends
from codelength.models.gradients import gradient_features
from codelength.tasks.probe import probe

RECORD = Path(__file__).parent / "records" / "probes.json"
N = 2000


def features() -> dict[str, NDArray[np.float32]]:
    """Name -> (N, d)."""
    images = read_idx(DATA / "mnist" / "t10k-images-idx3-ubyte.gz")[:N]
    chance = np.random.default_rng(0)
    noise = chance.normal(size=(N, 196)).astype(np.float32)
    pixels = halved(images)
    return {
        "pixels, 14 x 14": pixels,
        "gradients": gradient_features(images),
        "pixels and as many columns of noise": np.concatenate([pixels, noise], axis=1),
        "noise": noise,
        "pixels of other digits": pixels[chance.permutation(N)],
    }


def main() -> None:
    labels = read_idx(DATA / "mnist" / "t10k-labels-idx1-ubyte.gz")[:N]
    table = Table(title=f"{N:,} labels of MNIST's test set in file order")
    for column in ("features", "d", "without", "given", "saved", "accuracy, last block", "cpu s"):
        table.add_column(column, justify="left" if column == "features" else "right")
    record = {}
    for name, rows in features().items():
        busy = time.process_time()
        found = probe(estimator("logistic"), rows, labels, block_ends(N, 8, 1.5), control=False)
        record[name] = {
            "dimensions": rows.shape[1],
            "without_bits": found.without.bits,
            "given_bits": found.given.bits.bits,
            "saved_bits": found.saved.bits,
            "accuracy": found.given.blocks[-1].accuracy,
            "bits_per_label": [[block.end, block.bits_per_label] for block in found.given.blocks],
            "processor_seconds": time.process_time() - busy,
        }
        figures = [f"{record[name][key]:,.1f}" for key in ("without_bits", "given_bits", "saved_bits")]
        spent = f"{record[name]['processor_seconds']:.0f}"
        table.add_row(name, str(rows.shape[1]), *figures, f"{record[name]['accuracy']:.3f}", spent)
    Console(width=130).print(table)
    RECORD.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
