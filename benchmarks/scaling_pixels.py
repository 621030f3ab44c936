"""Networks of pixels: which layers know the labels, and is the best of them in the middle?

    python -m benchmarks.scaling_pixels [--data fashion_mnist] [--side 12] [--steps 1200] [--only "96 wide"]
    python -m benchmarks.scaling_pixels --trained FOLDER ...        (of `benchmarks.coded_images train`; the best last)

The first trains networks of four sizes on all training images, grey levels at side x side, with checkpoints half way
and at the end. The second takes networks that were trained at length on images in their own size. Bits per dim are
exact, of the first 400 test images. The features of each layer (in bfloat16, as they were trained) are its mean over
positions, as iGPT's, the means of quarters, and of sixteenths (of the second kind of networks only); probes are those
of `benchmarks.scaling_probes`, curves over layers are of 300 labels a class.

The last of the networks that were trained at length is compared, with 10, 100 and 1,000 labels a class: the probe of
the layer that is best on every other of (at most 1,000 of) those labels beside that of the same network with random
weights, raw pixels, PCA, and two networks that learn from the same labels alone, a perceptron and a small convolutional
one. Accuracies are of 3,000 test images, on which nothing is chosen; the difference from raw pixels has its 95 %
interval over the images. Rows are kept in benchmarks/records/scaling_pixels.json and not made again; draws
docs/figures/scaling_pixels.svg.
"""

import argparse
import copy
import json
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from scipy.stats import spearmanr

from benchmarks.devices import add_device
from benchmarks.real_data import DATA
from benchmarks.scaling_figure import draw_pixels
from benchmarks.scaling_pooled import PARTS, Cells, baselines, cells, difference, few, over_layers, per_class
from benchmarks.scaling_probes import PER_CLASS, Images
from codelength.data.idx import read_idx
from codelength.data.pictures import read_pictures, resized
from codelength.data.sequences import from_pictures
from codelength.models import checkpoint
from codelength.models.lanes import TransformerCode
from codelength.models.pixel_network import PixelConfig, PixelNetwork
from codelength.models.schedule import Schedule
from codelength.models.training import train

RECORD = Path(__file__).parent / "records" / "scaling_pixels.json"
SHAPES = {"16 wide": (4, 16), "32 wide": (6, 32), "64 wide": (8, 64), "96 wide": (10, 96)}
"""Layers, width."""
CURVE, TESTS, CODED, LANES = 300, 3000, 400, 200
"""Labels a class behind a curve; test images of probes, and of codes."""
COARSE = ("mean", "quarters")

Row = dict[str, Any]


def images(name: str, side: int) -> Images:
    """All training images and the first test images, grey, side x side."""
    parts = {}
    for part, prefix, limit in (("train", "train", None), ("test", "t10k", TESTS)):
        pictures = read_pictures(DATA / name / f"{prefix}-images-idx3-ubyte.gz", limit=limit)
        labels = read_idx(DATA / name / f"{prefix}-labels-idx1-ubyte.gz")[:limit]
        small = pictures if pictures.shape[1] == side else resized(pictures, side, side)
        parts[part] = from_pictures(small).symbols, labels
    (x, labels), (new, truth) = parts["train"], parts["test"]
    return Images(x, x.astype(np.float32), labels, new, new.astype(np.float32), truth, 256, side)


def row_of(shape: str, model: PixelNetwork, step: int, data: Images, kinds: Iterable[str]) -> Row:
    """Bits, and the curve over the layers for each of these ways of pooling."""
    new = data.test_symbols[:CODED]
    bits = TransformerCode(model, lanes=LANES).bits(new).bits / new.size
    return {
        "shape": shape,
        "parameters": model.config.parameters,
        "step": step,
        "bits_per_dim": bits,
        "layers": over_layers(model_cells(model, data, per_class(data.labels, CURVE)), data, kinds),
    }


def model_cells(model: PixelNetwork, data: Images, rows: Any) -> Cells:
    """Features of some training images, and of the test images."""
    half = copy.deepcopy(model).bfloat16()
    return Cells(rows, cells(half, data.symbols[rows], data.side), cells(half, data.test_symbols, data.side))


def compared(model: PixelNetwork, data: Images) -> Row:
    """Few labels: the network, its control, and what needs no network. With the control's curve."""
    rows = per_class(data.labels, max(PER_CLASS))
    untrained = PixelNetwork(model.config, seed=1).to(model.head.weight.device).requires_grad_(False)
    found: Row = {}
    for name, network in (("probe", model), ("untrained network", untrained)):
        own = model_cells(network, data, rows)
        found |= {f"{name}, {kind}": right for kind, right in few(own, data).items()}
        if network is untrained:
            curve = over_layers(own.of(per_class(data.labels, CURVE)), data, PARTS)
        del own
    found |= baselines(data)
    pixels = found["pixels"]
    few_labels = {
        name: [
            {"accuracy": float(right.mean()), "beyond_pixels": difference(right, base)}
            for right, base in zip(rights, pixels, strict=True)
        ]
        for name, rights in found.items()
    }
    return {"few": few_labels, "untrained_layers": curve}


def trained(shape: str, data: Images, options: argparse.Namespace) -> list[Row]:
    """Train one size; a row for each checkpoint."""
    config = PixelConfig(256, data.side, data.side, *SHAPES[shape])
    schedule = Schedule(
        steps=options.steps,
        batch=16,
        rate=4e-3,
        warm_up=100,
        final=0.01,
        decay=0.0,
        precision="bfloat16",
        save_every=-(-options.steps // 2),
        keep=True,
    )
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        train(config, data.symbols, schedule, Path(folder), device=options.device)
        spent = time.process_time() - began
        for path in checkpoint.written(Path(folder)):
            model, step = network_of(path, options.device)
            rows.append(row_of(shape, model, step, data, COARSE))
    rows[-1]["cpu_seconds"] = spent
    return rows


def network_of(path: Path, device: str) -> tuple[PixelNetwork, int]:
    """A network of pixels on a device, and its step."""
    found = checkpoint.read(path)
    if not isinstance(found.model, PixelNetwork):
        raise SystemExit(f"{path}: holds another network; train one with `codelength train --network pixels`")
    return found.model.to(device).eval().requires_grad_(False), found.step


def show(setting: str, rows: list[Row], console: Console) -> None:
    """The curves, the correlation, the few labels."""
    table = Table(title=setting)
    for column in ("network", "step", "bits per dim", "pooled", "first", "best", "layer", "last"):
        table.add_column(column, justify="left" if column in ("network", "pooled") else "right")
    curves = [(row["shape"], row["step"], row["bits_per_dim"], row["layers"]) for row in rows]
    curves += [(f"{row['shape']}, untrained", 0, None, row["untrained_layers"]) for row in rows if "few" in row]
    for shape, step, bits, layers in curves:
        for kind, curve in layers.items():
            best = int(np.argmax(curve))
            shown = "" if bits is None else f"{bits:.4f}"
            ends = f"{curve[0]:.4f}", f"{curve[best]:.4f}", f"{best} of {len(curve) - 1}", f"{curve[-1]:.4f}"
            table.add_row(shape, str(step), shown, kind, *ends)
    console.print(table)
    for kind in rows[-1]["layers"]:
        known = [(row["bits_per_dim"], max(row["layers"][kind])) for row in rows]
        if len(known) > 2:
            print(f"rank correlation of bits and accuracy, {kind} ({len(known)}): {spearmanr(known).statistic:.3f}")
    for row in rows:
        for name, each in row.get("few", {}).items():
            parts = [
                f"{n}: {one['accuracy']:.4f} ({one['beyond_pixels'][0]:+.4f} +- {one['beyond_pixels'][1]:.4f})"
                for n, one in zip(PER_CLASS, each, strict=True)
            ]
            print(f"labels a class (beyond pixels), {row['shape']}, {name}: {', '.join(parts)}")


def keep(record: Row) -> None:
    """Write what there is."""
    RECORD.write_text(json.dumps(record, indent=1) + "\n")


def main() -> None:
    """Measure what the record does not hold, print and draw it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="fashion_mnist", choices=("fashion_mnist", "mnist"))
    parser.add_argument("--side", type=int, default=12, help="a multiple of 4")
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--only", choices=SHAPES, help="one size")
    parser.add_argument("--trained", type=Path, nargs="+", metavar="FOLDER", help="networks, the best one last")
    parser.add_argument("--threads", type=int, default=1)
    add_device(parser)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    folders = {folder.name: folder for folder in options.trained or ()}
    side = network_of(options.trained[-1], "cpu")[0].config.rows if folders else options.side
    kind = "trained at length" if folders else f"{options.steps} steps of 16"
    setting = f"{options.data}, {side} x {side}, {kind}"
    record: dict[str, dict[str, list[Row]]] = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    kept = record.setdefault(setting, {})
    data: Images | None = None
    for name in folders or SHAPES:
        wanted = folders and name == list(folders)[-1] and "few" not in kept.get(name, [{}])[-1]
        if (name in kept and not wanted) or (options.only is not None and options.only != name):
            continue
        data = data or images(options.data, side)
        if folders:
            model, step = network_of(folders[name], options.device)
            rows = kept.setdefault(name, [])
            if not rows:
                rows.append(row_of(name, model, step, data, PARTS))
                keep(record)
            if wanted:
                rows[-1] |= compared(model, data)
        else:
            kept[name] = trained(name, data, options)
        keep(record)
        print(f"{name}: {time.process_time():.0f} CPU s", flush=True)
    for setting, own in record.items():
        show(setting, [row for rows in own.values() for row in rows], Console(width=150))
    draw_pixels(record)


if __name__ == "__main__":
    main()
