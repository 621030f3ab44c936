"""Better prediction of the next pixel, better representations: bits per dim against what a linear probe reads off.

    python -m benchmarks.scaling [--data fashion_mnist] [--side 10] [--steps 600] [--device cpu] [--only SIZE:OBJECTIVE]

iGPT's evidence (Chen et al. 2020, figures 2 and 3), at a size that two CPU cores manage: transformers of four sizes
predict images of side x side grey pixels; from every checkpoint the features of every layer (mean over positions) go to
a logistic regression on 5,000 labels, tested on 5,000 others. Bits per dim are those of the first 1,000 test images.
One size is also trained for hidden symbols (masked, diffusion), for as many steps.

Prints the table, the rank correlation of bits and accuracy over all checkpoints, which layer is best, and with 10, 100
and 500 labels a class the probe beside raw pixels, PCA, the same network untrained, and a supervised network with the
same labels. Rows are kept in benchmarks/records/scaling.json and not made again; draws docs/figures/scaling.svg.
"""

import argparse
import json
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.stats import spearmanr
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.real_data import DATA
from codelength.data.idx import read_idx
from codelength.data.pictures import read_pictures, resized
from codelength.data.sequences import from_pictures
from codelength.models import checkpoint
from codelength.models.features import features
from codelength.models.lanes import TransformerCode
from codelength.models.schedule import Schedule
from codelength.models.training import train
from codelength.models.transformer import Config, Transformer

RECORD = Path(__file__).parent / "records" / "scaling.json"
FIGURE = Path(__file__).parent.parent / "docs" / "figures" / "scaling.svg"
SHAPES = {"16 wide": (2, 2, 16), "32 wide": (4, 4, 32), "64 wide": (6, 4, 64), "96 wide": (8, 4, 96)}
"""Layers, heads, width."""
OBJECTIVES = ("masked", "diffusion")
BESIDES = "64 wide"
"""The size at which objectives and baselines are compared."""
PROBE_LABELS, PROBE_TESTS, CODED = 5000, 5000, 1000
PER_CLASS = (10, 100, 500)

Row = dict[str, Any]


def images(name: str, side: int) -> dict[str, NDArray[Any]]:
    """Symbols and labels, training and test."""
    found: dict[str, NDArray[Any]] = {}
    for part, prefix in (("train", "train"), ("test", "t10k")):
        pictures = read_pictures(DATA / name / f"{prefix}-images-idx3-ubyte.gz")
        found[part] = from_pictures(resized(pictures, side, side)).symbols
        found[f"{part}_labels"] = read_idx(DATA / name / f"{prefix}-labels-idx1-ubyte.gz")
    return found


def probed(x: NDArray[Any], labels: NDArray[Any], new: NDArray[Any], truth: NDArray[Any]) -> float:
    """Accuracy of a logistic regression on standardised features."""
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=200))
    return float(probe.fit(x, labels).score(new, truth))


def layers_of(model: Transformer, data: dict[str, NDArray[Any]], *, causal: bool) -> list[float]:
    """Accuracy of the probe on every layer."""
    x = features(model, data["train"][:PROBE_LABELS], causal=causal)
    new = features(model, data["test"][:PROBE_TESTS], causal=causal)
    labels, truth = data["train_labels"][:PROBE_LABELS], data["test_labels"][:PROBE_TESTS]
    return [probed(one, labels, other, truth) for one, other in zip(x, new, strict=True)]


def measure(shape: str, objective: str, data: dict[str, NDArray[Any]], steps: int, device: str) -> list[Row]:
    """A row for each checkpoint of one training."""
    config = Config(256, data["train"].shape[1], *SHAPES[shape])
    schedule = Schedule(steps=steps, batch=64, rate=2e-3, warm_up=30, save_every=steps // 4, keep=True)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        schedule = replace(schedule, objective=objective)  # type: ignore[arg-type]
        train(config, data["train"], schedule, Path(folder), device=device)
        spent = time.process_time() - began
        for path in checkpoint.written(Path(folder)):
            found = checkpoint.read(path)
            model = found.model.to(device).eval().requires_grad_(False)
            bits = None
            if objective == "next":
                new = data["test"][:CODED]
                bits = TransformerCode(model, lanes=250).bits(new).bits / new.size
            accuracies = layers_of(model, data, causal=objective == "next")
            rows.append(
                {
                    "shape": shape,
                    "objective": objective,
                    "parameters": config.parameters,
                    "step": found.step,
                    "bits_per_dim": bits,
                    "layers": accuracies,
                    "cpu_seconds": spent,
                }
            )
        if shape == BESIDES:
            rows[-1]["few"] = few(model, data, causal=objective == "next")
    return rows


def few(model: Transformer, data: dict[str, NDArray[Any]], *, causal: bool) -> dict[str, list[float]]:
    """Accuracy with few labels a class: the probe on the best layer's features (chosen with half of the labels)."""
    count = max(PER_CLASS)
    rows = np.concatenate([np.flatnonzero(data["train_labels"] == label)[:count] for label in range(10)])
    new, truth = data["test"][:PROBE_TESTS], data["test_labels"][:PROBE_TESTS]
    x = features(model, data["train"][rows], causal=causal)
    y = features(model, new, causal=causal)
    found: dict[str, list[float]] = {"probe": []}
    if causal:
        found |= {"pixels": [], "PCA": [], "untrained network": [], "supervised network": []}
        untrained = Transformer(model.config, seed=1).requires_grad_(False)
        random_x, random_y = features(untrained, data["train"][rows]), features(untrained, new)
    for per_class in PER_CLASS:
        taken = np.concatenate([np.arange(per_class) + label * count for label in range(10)])
        labels = data["train_labels"][rows[taken]]
        found["probe"].append(probed(x[_best(x, taken, labels)][taken], labels, y[_best(x, taken, labels)], truth))
        if causal:
            pixels = data["train"][rows[taken]].astype(float)
            parts = PCA(min(48, len(taken) - 1), random_state=0).fit(data["train"][:5000].astype(float))
            best = _best(random_x, taken, labels)
            found["pixels"].append(probed(pixels, labels, new, truth))
            found["PCA"].append(probed(parts.transform(pixels), labels, parts.transform(new.astype(float)), truth))
            found["untrained network"].append(probed(random_x[best][taken], labels, random_y[best], truth))
            net = MLPClassifier((256,), alpha=1e-2, max_iter=300, random_state=0)
            supervised = make_pipeline(StandardScaler(), net)
            found["supervised network"].append(float(supervised.fit(pixels, labels).score(new, truth)))
    return found


def _best(x: NDArray[Any], taken: NDArray[np.int64], labels: NDArray[Any]) -> int:
    """The layer whose probe, fitted on every other label, is best on the rest."""
    scores = [probed(one[taken][::2], labels[::2], one[taken][1::2], labels[1::2]) for one in x]
    return int(np.argmax(scores))


def show(rows: list[Row], console: Console) -> None:
    table = Table(title="Next pixels and linear probes")
    for column in (
        "network",
        "objective",
        "parameters",
        "step",
        "bits per dim",
        "best layer",
        "accuracy",
        "first",
        "last",
    ):
        table.add_column(column, justify="left" if column in ("network", "objective") else "right")
    for row in rows:
        layers = row["layers"]
        bits = "" if row["bits_per_dim"] is None else f"{row['bits_per_dim']:.4f}"
        best = int(np.argmax(layers))
        table.add_row(
            row["shape"],
            row["objective"],
            f"{row['parameters']:,}",
            str(row["step"]),
            bits,
            f"{best} of {len(layers) - 1}",
            f"{layers[best]:.4f}",
            f"{layers[0]:.4f}",
            f"{layers[-1]:.4f}",
        )
    console.print(table)
    coded = [row for row in rows if row["bits_per_dim"] is not None]
    bits, best = [row["bits_per_dim"] for row in coded], [max(row["layers"]) for row in coded]
    if len(coded) > 2:
        print(f"rank correlation of bits and accuracy, {len(coded)} checkpoints: {spearmanr(bits, best).statistic:.3f}")
        last = [row for row in coded if row["step"] == max(other["step"] for other in coded)]
        ranks = spearmanr([row["bits_per_dim"] for row in last], [max(row["layers"]) for row in last]).statistic
        print(f"over the {len(last)} sizes at the end: {ranks:.3f}")
    for row in rows:
        for name, accuracies in row.get("few", {}).items():
            shown = ", ".join(f"{n}: {accuracy:.4f}" for n, accuracy in zip(PER_CLASS, accuracies, strict=True))
            print(f"labels a class, {row['objective']}, {name}: {shown}")


def draw(rows: list[Row]) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    for shape in SHAPES:
        own = [row for row in rows if row["shape"] == shape and row["bits_per_dim"] is not None]
        if own:
            left.plot([r["bits_per_dim"] for r in own], [max(r["layers"]) for r in own], "o-", label=shape)
            depth = np.linspace(0, 1, len(own[-1]["layers"]))
            right.plot(depth, own[-1]["layers"], "o-", label=shape)
    left.set(xlabel="bits per dim, test images (fewer is better)", ylabel="probe accuracy, best layer")
    left.invert_xaxis()
    right.set(xlabel="depth of the layer", ylabel="probe accuracy")
    left.legend(frameon=False)
    FIGURE.parent.mkdir(exist_ok=True)
    figure.savefig(FIGURE, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="fashion_mnist")
    parser.add_argument("--side", type=int, default=10)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--only", help="one row, such as '32 wide:next'; none prints the record")
    options = parser.parse_args()
    setting = f"{options.data}, {options.side} x {options.side}, {options.steps} steps"
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    kept: dict[str, list[Row]] = record.setdefault(setting, {})
    wanted = [f"{shape}:next" for shape in SHAPES] + [f"{BESIDES}:{objective}" for objective in OBJECTIVES]
    data: dict[str, NDArray[Any]] = {}
    for key in wanted:
        if key in kept or (options.only is not None and options.only != key):
            continue
        data = data or images(options.data, options.side)
        kept[key] = measure(*key.split(":"), data, options.steps, options.device)
        RECORD.write_text(json.dumps(record, indent=1) + "\n")
        print(f"{key}: {kept[key][-1]['cpu_seconds']:.0f} CPU s, {torch.get_num_threads()} threads", flush=True)
    rows = [row for key in wanted for row in kept.get(key, [])]
    print(setting)
    show(rows, Console(width=130))
    draw(rows)


if __name__ == "__main__":
    main()
