"""Three ways to pay for a network's weights, side by side: given, in two parts, and prequentially.

    python -m benchmarks.paid_weights [--data fashion_mnist] [--given 3000] [--coded 250 1000] [--side 8]

The same small transformer of grey pixels codes the same images, test images at side x side:

    given         it was trained on other images, which both sides have: its weights are free
    two-part      it was trained on the very images; its weights are rounded, coded, and sent before them
    prequential   it begins from its seed and learns from what was sent; its weights are free, its first steps are not

Each stream is decoded and compared; bits per dim are those of whole streams. Beside them the codelengths of context
mixing (`pixels`) without side information and given the same images, and of lzma. A two-part code pays once for all
images, so its share falls with their number. Nothing was tuned on these images. One CPU thread. Keeps
benchmarks/records/paid_weights.json.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.devices import add_device
from benchmarks.real_data import DATA
from codelength.catalogue import make
from codelength.data.pictures import read_pictures, resized
from codelength.data.sequences import from_pictures
from codelength.models.lanes import TransformerCode
from codelength.models.prequential import PrequentialNetwork
from codelength.models.schedule import Schedule
from codelength.models.training import train
from codelength.models.transformer import Config, Transformer
from codelength.models.two_part import TwoPart

RECORD = Path(__file__).parent / "records" / "paid_weights.json"
SHAPE = (2, 2, 16)
"""Layers, heads, width."""
LANES, BATCH, RATE, STEPS = 250, 16, 4e-3, 1200

Row = dict[str, Any]
Symbols = NDArray[np.uint16]


def images(name: str, part: str, count: int, side: int) -> Symbols:
    """The first images, grey, side x side: (n, side**2)."""
    prefix = {"train": "train", "test": "t10k"}[part]
    return from_pictures(
        resized(read_pictures(DATA / name / f"{prefix}-images-idx3-ubyte.gz", limit=count), side, side)
    ).symbols


def coded(name: str, code: Any, x: Symbols, **more: Any) -> Row:
    """A stream, decoded and compared."""
    began = time.process_time()
    stream = code.encode(x)
    if not np.array_equal(code.decode(stream, max_size=x.size), x):
        sys.exit(f"{name}: what was decoded is not what was encoded")
    return {"code": name, "bytes": len(stream), "cpu_seconds": time.process_time() - began} | more


def portable(name: str, code: Any, text: bytes) -> Row:
    """A codelength."""
    began = time.process_time()
    return {"code": name, "bytes": code.bits(text).bits / 8, "cpu_seconds": time.process_time() - began}


def learnt(config: Config, x: Symbols, device: str) -> tuple[Transformer, float]:
    """A network of these images, and the processor seconds that it took."""
    schedule = Schedule(steps=STEPS, batch=BATCH, rate=RATE)
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        model = train(config, x, schedule, Path(folder), device=device)
    if not isinstance(model, Transformer):
        sys.exit("another network came back")
    return model.requires_grad_(False), time.process_time() - began


def measure(known: Symbols, x: Symbols, primed: Transformer, spent: float, device: str) -> list[Row]:
    """All codes of some images."""
    side, config = int(np.sqrt(x.shape[1])), primed.config
    text, before = (some.astype(np.uint8).tobytes() for some in (x, known))
    own, fitting = learnt(config, x, device)
    two = TwoPart(own.to("cpu"), lanes=LANES)
    schedule = Schedule(steps=4 * len(x) // BATCH, batch=BATCH, rate=RATE)
    mixing: Any = make(f"pixels:width={side},rows={side}")
    return [
        coded("given", TransformerCode(primed, LANES), x, training=spent),
        coded("two-part", two, x, weights=len(two.weights()), training=fitting),
        coded("prequential", PrequentialNetwork(config, schedule, lanes=LANES, device=device), x),
        portable("pixels", mixing, text),
        portable("pixels, given", mixing.given(before), text),
        portable("lzma", make("lzma"), text),
    ]


def show(setting: str, kept: dict[str, list[Row]], console: Console) -> None:
    """Bits per dim, a column for each number of images."""
    table = Table(title=setting)
    table.add_column("bits per dim")
    for count in kept:
        table.add_column(f"{int(count):,} images", justify="right")
    dims = int(setting.rsplit(" ", 1)[-1]) ** 2
    for i, one in enumerate(next(iter(kept.values()))):
        cells = []
        for count, rows in kept.items():
            found, per = rows[i], 8 / (int(count) * dims)
            weights = f" ({found['weights'] * per:.3f} of it weights)" if "weights" in found else ""
            cells.append(f"{found['bytes'] * per:.3f}{weights}")
        table.add_row(one["code"], *cells)
    console.print(table)


def main() -> None:
    """Measure what the record does not hold, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="fashion_mnist", choices=("fashion_mnist", "mnist"))
    parser.add_argument("--given", type=int, default=3000)
    parser.add_argument("--coded", type=int, nargs="+", default=[250, 1000])
    parser.add_argument("--side", type=int, default=8)
    add_device(parser)
    options = parser.parse_args()
    torch.set_num_threads(1)
    config = Config(256, options.side**2, *SHAPE)
    setting = f"{options.data}, given {options.given:,}, side {options.side}"
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    kept: dict[str, list[Row]] = record.setdefault(setting, {})
    missing = [count for count in options.coded if str(count) not in kept]
    if missing:
        known = images(options.data, "train", options.given, options.side)
        primed, spent = learnt(config, known, options.device)
        for count in missing:
            x = images(options.data, "test", count, options.side)
            kept[str(count)] = measure(known, x, primed, spent, options.device)
            RECORD.write_text(json.dumps(record, indent=1) + "\n")
            print(f"{count} images: {sum(one['cpu_seconds'] for one in kept[str(count)]):.0f} CPU s", flush=True)
    print(f"{config.parameters:,} weights")
    show(setting, kept, Console(width=130))


if __name__ == "__main__":
    main()
