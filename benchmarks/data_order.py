"""Does it matter in which order a network meets the data? Prequential codelength and held-out bits, order by order.

    python -m benchmarks.data_order [--sequences 300] [--seeds 3] [--only enwik6]

Two data sets: windows of 64 bytes of enwik6, and 8 x 8 Fashion-MNIST. A transformer 32 wide with 2 layers codes 300
sequences block by block and learns each block once it is known (`PrequentialNetwork`, replaying at random all that it
has seen), in four orders: at random, as given, easy first and hard first, by codelength under `cm` given other
sequences. Then the same network is trained on those sequences for 100 steps of 16 by `train`'s three orders, and codes
200 others. Seeds change weights, draws and the random order.

Prints bits per symbol, and the difference from the random order, seed by seed: mean and 95 % interval (Student's t). An
order that is not the receiver's own must be sent: at most log2 n! bits, shown beside it. Keeps
benchmarks/records/data_order.json; rows that are there are not made again.
"""

import argparse
import json
import math
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.stats import t

from benchmarks.devices import add_device
from benchmarks.real_data import DATA
from codelength.cli.easy_first import easiest_first
from codelength.data import read_path
from codelength.data.pictures import read_pictures, resized
from codelength.data.sequences import Sequences, from_bytes, from_pictures
from codelength.models.lanes import TransformerCode
from codelength.models.prequential import PrequentialNetwork
from codelength.models.schedule import Schedule
from codelength.models.training import train
from codelength.models.transformer import Config

RECORD = Path(__file__).parent / "records" / "data_order.json"
SIDE, TESTS, LANES = 8, 200, 200
LEARNT, TRAINED = ("random", "given", "easy first", "hard first"), ("random", "given", "easy-first")
SHAPE = (2, 2, 32)
"""Layers, heads, width."""

Symbols = NDArray[np.uint16]


def sequences(name: str, count: int) -> tuple[Symbols, Symbols]:
    """Those to learn, in the order of the file, and others from behind them."""
    if name == "enwik6":
        content = read_path(DATA / "enwik" / "enwik6").content
        found = from_bytes(content[: (count + TESTS) * SIDE**2], SIDE**2)
    else:
        pictures = read_pictures(DATA / name / "train-images-idx3-ubyte.gz", limit=count + TESTS)
        found = from_pictures(resized(pictures, SIDE, SIDE))
    return found.symbols[:count], found.symbols[count:]


def ordered(x: Symbols, order: str, seed: int) -> Symbols:
    """The sequences in one of the orders."""
    if order == "random":
        return np.random.default_rng([seed, 7]).permutation(x)
    if order == "given":
        return x
    eased = easiest_first(Sequences(x, 256, {}), "cm", 0)
    return eased if order == "easy first" else eased[::-1]


def learnt(x: Symbols, order: str, seed: int, device: str) -> float:
    """Bits per symbol, coded block by block in this order."""
    schedule = Schedule(steps=4 * len(x) // 16, batch=16, rate=4e-3, warm_up=20, seed=seed)
    code = PrequentialNetwork(Config(256, SIDE**2, *SHAPE), schedule, first=32, lanes=LANES, device=device)
    return code.bits(ordered(x, order, seed)).bits / x.size


def trained(x: Symbols, new: Symbols, order: str, seed: int, device: str) -> float:
    """Bits per symbol of other sequences, after training in this order."""
    schedule = Schedule(steps=100, batch=16, rate=4e-3, warm_up=20, seed=seed, order=order)  # type: ignore[arg-type]
    data = ordered(x, "easy first", seed) if order == "easy-first" else x
    with tempfile.TemporaryDirectory() as folder:
        model = train(Config(256, SIDE**2, *SHAPE), data, schedule, Path(folder), device=device)
    return TransformerCode(model.requires_grad_(False), LANES).bits(new).bits / new.size


def interval(found: list[float], base: list[float]) -> str:
    """Mean and interval of the differences, seed by seed."""
    differences = np.array(found) - np.array(base)
    if len(differences) < 2 or not np.any(differences):
        return ""
    room = t.ppf(0.975, len(differences) - 1) * differences.std(ddof=1) / math.sqrt(len(differences))
    return f"{differences.mean():+.4f} +- {room:.4f}"


def show(record: dict[str, Any], console: Console) -> None:
    """A table for each data set."""
    for setting, kept in record.items():
        table = Table(title=setting)
        for column in ("order", "seeds", "bits per symbol", "less random"):
            table.add_column(column, justify="left" if column == "order" else "right")
        for kind, title in (("learnt", "coded while learning"), ("trained", "others, after training")):
            for order, found in kept.get(kind, {}).items():
                base = kept[kind]["random"][: len(found)]
                mean = f"{np.mean(found):.4f}"
                table.add_row(f"{title}: {order}", str(len(found)), mean, interval(found, base))
        console.print(table)
        print(f"an order of its own costs at most {kept['order_bits']:.4f} bits per symbol")


def main() -> None:
    """Measure what the record does not hold, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sequences", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", choices=("enwik6", "fashion_mnist"))
    add_device(parser)
    options = parser.parse_args()
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    for name in ("enwik6", "fashion_mnist"):
        if options.only not in (None, name):
            continue
        x, new = sequences(name, options.sequences)
        where = "" if options.device == "cpu" else f", {options.device}"
        kept = record.setdefault(f"{name}, {len(x):,} sequences of {SIDE**2}{where}", {})
        kept["order_bits"] = math.lgamma(len(x) + 1) / math.log(2) / x.size
        for seed in range(options.seeds):
            for kind, orders in (("learnt", LEARNT), ("trained", TRAINED)):
                for order in orders:
                    found = kept.setdefault(kind, {}).setdefault(order, [])
                    if len(found) == seed:
                        how = order, seed, options.device
                        found.append(learnt(x, *how) if kind == "learnt" else trained(x, new, *how))
                        RECORD.write_text(json.dumps(record, indent=1) + "\n")
    show(record, Console(width=110))


if __name__ == "__main__":
    main()
