"""Better prediction of the next pixel, better representations: bits per dim against what a linear probe reads off.

    python -m benchmarks.scaling [--data cifar10] [--side 8] [--steps 1200] [--device cuda] [--only SHAPE:OBJECTIVE]

iGPT's evidence (Chen et al. 2020, figures 2 to 4), at a size that two CPU cores manage: transformers of four sizes
predict images of side x side pixels (grey levels; CIFAR-10 in a palette's colours). From three checkpoints of each the
features of every layer (mean over positions) go to a logistic regression. Bits per dim are exact, of the first 400 test
images. Two sizes are also trained for hidden symbols (masked, diffusion): as many steps of as many symbols, the same
compute; of diffusion the bits per dim are at most what 100 of those images take in an order drawn at random.

Prints the table, the rank correlation of bits and accuracy, which layer is best, and with 10, 100 and 1,000 labels a
class the probe beside raw pixels, PCA, the untrained network, a perceptron on pixels, and the network itself,
fine-tuned jointly and trained on the labels alone from random weights. Accuracies are of 3,000 test images: 95 %
intervals are .018 to either side at most. Rows are kept in benchmarks/records/scaling.json and not made again; draws
docs/figures/scaling.svg. `--large` takes the sizes and precision for a GPU.
"""

import argparse
import json
import math
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from scipy.stats import spearmanr

from benchmarks.devices import add_device
from benchmarks.scaling_figure import draw
from benchmarks.scaling_probes import PER_CLASS, Images, by_layer, few, finetuned, images, without_networks
from codelength.models import checkpoint
from codelength.models.any_order import evidence_bound
from codelength.models.lanes import TransformerCode
from codelength.models.schedule import Schedule
from codelength.models.training import train
from codelength.models.transformer import Config, Transformer

RECORD = Path(__file__).parent / "records" / "scaling.json"
SHAPES = {"8 wide": (2, 2, 8), "16 wide": (2, 2, 16), "32 wide": (4, 4, 32), "64 wide": (6, 4, 64)}
LARGE = {"64 wide": (6, 4, 64), "128 wide": (8, 4, 128), "256 wide": (12, 8, 256), "512 wide": (24, 8, 512)}
"""Layers, heads, width."""
BASELINES, TUNED_SHAPE = {False: "64 wide", True: "512 wide"}, {False: "32 wide", True: "256 wide"}
OBJECTIVES = {False: ("16 wide", "32 wide"), True: ("256 wide",)}
"""The sizes at which baselines are compared, fine-tuning, and objectives; small and large."""
PROBE_LABELS, TESTS, CODED, BOUNDED, CHECKPOINTS = 3000, 3000, 400, 100, 3
TUNED = {10: 100, 100: 300}
"""Steps of fine-tuning, by labels a class."""

Row = dict[str, Any]


def measure(key: str, data: Images, options: argparse.Namespace) -> list[Row]:
    """A row for each checkpoint of one training."""
    shape, objective = key.split(":")
    causal = objective == "next"
    config = Config(data.alphabet, data.side**2, *(LARGE if options.large else SHAPES)[shape])
    schedule = Schedule(
        steps=options.steps,
        batch=options.batch,
        rate=options.rate,
        objective=objective,  # type: ignore[arg-type]
        precision="bfloat16" if options.large else "float32",
        save_every=math.ceil(options.steps / CHECKPOINTS) if causal else options.steps,
        keep=True,
    )
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        train(config, data.symbols, schedule, Path(folder), device=options.device)
        spent = time.process_time() - began
        for path in checkpoint.written(Path(folder)):
            found = checkpoint.read(path)
            model = found.model.to(options.device).eval().requires_grad_(False)
            row: Row = {"shape": shape, "objective": objective, "parameters": config.parameters, "step": found.step}
            if causal:
                new = data.test_symbols[:CODED]
                row["bits_per_dim"] = TransformerCode(model, lanes=250).bits(new).bits / new.size
            if objective == "diffusion" and isinstance(model, Transformer):
                new = data.test_symbols[:BOUNDED]
                row["bits_at_most"] = evidence_bound(model, new, lanes=BOUNDED).bits / new.size
            row["layers"] = by_layer(model, data, PROBE_LABELS, causal=causal)
            rows.append(row)
    rows[-1]["cpu_seconds"] = spent
    if causal and shape == BASELINES[options.large]:
        untrained = Transformer(config, seed=1).to(options.device).requires_grad_(False)
        networks = {"probe": model, "untrained network": untrained}
        rows[-1]["few"] = few(networks, data, PER_CLASS) | without_networks(data)
    if causal and shape == TUNED_SHAPE[options.large]:
        rows[-1]["few"] = few({"probe": model}, data, tuple(TUNED)) | finetuned(model, data, TUNED)
    return rows


def show(rows: list[Row], console: Console) -> None:
    """The table, the correlations, the few labels."""
    table = Table(title="Next pixels and linear probes")
    for column in ("network", "objective"):
        table.add_column(column)
    for column in ("parameters", "step", "bits per dim", "best layer", "accuracy", "first", "last"):
        table.add_column(column, justify="right")
    for row in rows:
        layers = row["layers"]
        best = int(np.argmax(layers))
        table.add_row(
            row["shape"],
            row["objective"],
            f"{row['parameters']:,}",
            str(row["step"]),
            f"{row['bits_per_dim']:.4f}" if "bits_per_dim" in row else _at_most(row),
            f"{best} of {len(layers) - 1}",
            f"{layers[best]:.4f}",
            f"{layers[0]:.4f}",
            f"{layers[-1]:.4f}",
        )
    console.print(table)
    coded = [row for row in rows if "bits_per_dim" in row]
    ends = [row for row in coded if "cpu_seconds" in row]
    for name, some in (("all checkpoints", coded), ("the sizes at the end", ends)):
        if len(some) > 2:
            ranks = spearmanr([row["bits_per_dim"] for row in some], [max(row["layers"]) for row in some])
            print(f"rank correlation of bits and accuracy, {name} ({len(some)}): {ranks.statistic:.3f}")
    for row in rows:
        for name, accuracies in row.get("few", {}).items():
            shown = ", ".join(f"{n}: {accuracy:.4f}" for n, accuracy in zip(PER_CLASS, accuracies, strict=False))
            print(f"labels a class, {row['shape']}, {name}: {shown}")


def _at_most(row: Row) -> str:
    return f"<= {row['bits_at_most']:.4f}" if "bits_at_most" in row else ""


def main() -> None:
    """Measure what the record does not hold, print and draw it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="fashion_mnist", help="fashion_mnist, mnist or cifar10")
    parser.add_argument("--side", type=int, default=8)
    parser.add_argument("--colours", type=int, default=64, help="of the palette of coloured images")
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=3e-3)
    add_device(parser)
    parser.add_argument("--large", action="store_true", help="sizes and precision for a GPU")
    parser.add_argument("--only", help="one row, such as '32 wide:next'; none prints the record")
    options = parser.parse_args()
    colours = f", {options.colours} colours" if options.data == "cifar10" else ""
    setting = (
        f"{options.data}, {options.side} x {options.side}{colours}, {options.steps} steps of {options.batch}"
        f"{', large' if options.large else ''}"
    )
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    kept: dict[str, list[Row]] = record.setdefault(setting, {})
    wanted = [f"{shape}:next" for shape in (LARGE if options.large else SHAPES)]
    wanted += [f"{shape}:{other}" for shape in OBJECTIVES[options.large] for other in ("masked", "diffusion")]
    data: Images | None = None
    for key in wanted:
        if key in kept or (options.only is not None and options.only != key):
            continue
        data = data or images(options.data, options.side, options.colours, TESTS)
        kept[key] = measure(key, data, options)
        RECORD.write_text(json.dumps(record, indent=1) + "\n")
        print(f"{key}: {kept[key][-1]['cpu_seconds']:.0f} CPU s, {torch.get_num_threads()} threads", flush=True)
    print(setting)
    show([row for key in wanted for row in kept.get(key, [])], Console(width=130))
    draw(record)


if __name__ == "__main__":
    main()
