"""Symbols per second, training and decoding, and what share of the processor's matrix-product peak that is.

    python -m benchmarks.throughput [--sizes half one] [--device cuda]

The peak is the best of several products of two large square matrices in the same dtype, in the same run. Operations are
those of the model's own products, a multiplication and an addition counted as two, attention only where it looks:

    training    6 N + 6 L D T a symbol        N: weights of blocks and head, L layers, D width, T positions
    decoding    2 N + 2 L D T                 (keys and values of T / 2 positions on average)

Training is `take_step` on batches of 16 (the optimiser included), float32 and bfloat16 under autocast; decoding is
`TransformerCode.decode`, the range coder included, 16 lanes, in float32. On a CPU one thread and its CPU time, since
others may share the machine; on a GPU seconds on the clock, the network compiled, as `codelength train --compile`.
Where a training step's time goes, by PyTorch's profiler: products, attention, everything else. Keeps
benchmarks/records/throughput.json, one entry a device.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from torch.profiler import ProfilerActivity, profile

from benchmarks.devices import add_device
from codelength.models.lanes import TransformerCode
from codelength.models.schedule import Schedule
from codelength.models.steps import optimiser_of, parts_of, take_step
from codelength.models.transformer import Config, Transformer, sized

RECORD = Path(__file__).parent / "records" / "throughput.json"
PRODUCTS = ("aten::mm", "aten::addmm", "aten::bmm")
ATTENTION = ("_scaled_dot_product", "_flash_attention", "_efficient_attention", "_cudnn_attention")
BATCH = 16
SETTINGS = {"cpu": (["half", "one"], 256, 128, 1024, 2), "cuda": (["ten", "igpt-s"], 512, 1024, 8192, 20)}
"""Sizes, symbols, context, side of the large matrices, repetitions."""

Row = dict[str, Any]


def fastest(work: Callable[[], object], times: int, device: str) -> float:
    """Seconds of the fastest of several: of this process on the CPU, on the clock on a GPU."""
    on_gpu = device.startswith("cuda")
    clock = time.perf_counter if on_gpu else time.process_time
    found = []
    for _ in range(times + 1):
        began = clock()
        work()
        if on_gpu:
            torch.cuda.synchronize(device)
        found.append(clock() - began)
    return min(found[1:])


def peak(side: int, precision: str, times: int, device: str) -> float:
    """Operations a second of a large product."""
    dtype = getattr(torch, precision)
    a, b = (torch.randn(side, side, device=device).to(dtype) for _ in range(2))
    return 2 * side**3 / fastest(lambda: a @ b, times, device)


def training(config: Config, precision: str, times: int, device: str) -> tuple[float, dict[str, float]]:
    """Symbols a second, and the shares of a step's time."""
    data = np.random.default_rng(0).integers(0, config.symbols, (BATCH, config.context)).astype(np.uint16)
    schedule = Schedule(steps=100, batch=BATCH, precision=precision)  # type: ignore[arg-type]
    model = Transformer(config).to(device)
    optimiser = optimiser_of(model, schedule, {}, 0)
    parts = parts_of(data, schedule, 0, device)

    on_gpu = device.startswith("cuda")
    run: Any = torch.compile(model) if on_gpu else model

    def step() -> object:
        return take_step(model, run, optimiser, parts, schedule, 0)

    seconds = fastest(step, times, device)
    with profile(activities=[ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if on_gpu else [])]) as seen:
        step()
    return data.size / seconds, spent_by_kind(seen.key_averages(), on_gpu)


def spent_by_kind(events: Any, on_gpu: bool) -> dict[str, float]:
    """Shares of a profile's time. A GPU's is that of the kernels that an operation starts; kernels are events too, and
    are not counted again.
    """
    spent = {"products": 0.0, "attention": 0.0, "everything else": 0.0}
    for event in events:
        if event.device_type != torch.autograd.DeviceType.CPU:
            continue
        attends = any(name in event.key for name in ATTENTION)
        group = "products" if event.key in PRODUCTS else "attention" if attends else "everything else"
        spent[group] += event.self_device_time_total if on_gpu else event.self_cpu_time_total
    whole = sum(spent.values())
    return {name: part / whole for name, part in spent.items()}


def decoding(config: Config, times: int, device: str) -> float:
    """Symbols a second."""
    data = np.random.default_rng(0).integers(0, config.symbols, (BATCH, config.context)).astype(np.uint16)
    code = TransformerCode(Transformer(config).to(device).requires_grad_(False), lanes=BATCH)
    stream = code.encode(data)
    return data.size / fastest(lambda: code.decode(stream, max_size=data.size), times, device)


def measure(size: str, device: str, symbols: int, context: int, side: int, times: int) -> list[Row]:
    """Rows of one size: training in both precisions, decoding."""
    config = sized(size, symbols=symbols, context=context)
    weights = 12 * config.width**2 * config.layers + config.symbols * config.width
    looks = config.layers * config.width * context
    rows: list[Row] = []
    for precision in ("float32", "bfloat16"):
        top = peak(side, precision, times, device)
        speed, spent = training(config, precision, times, device)
        share = speed * 6 * (weights + looks) / top
        told = {"what": "training", "precision": precision, "speed": speed, "peak": top}
        rows.append(told | {"share": share, "spent": spent})
    top, speed = rows[0]["peak"], decoding(config, max(1, times // 2), device)
    share = speed * 2 * (weights + looks) / top
    rows.append({"what": "decoding", "precision": "float32", "speed": speed, "peak": top, "share": share})
    return [{"size": size, "parameters": config.parameters} | row for row in rows]


def main() -> None:
    """Measure, keep and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_device(parser)
    parser.add_argument("--sizes", nargs="+", help="names of sizes; default half and one, on a GPU ten and igpt-s")
    options = parser.parse_args()
    sizes, symbols, context, side, times = SETTINGS["cuda" if options.device.startswith("cuda") else "cpu"]
    if not options.device.startswith("cuda"):
        torch.set_num_threads(1)
    rows: list[Row] = []
    for size in options.sizes or sizes:
        rows += measure(size, options.device, symbols, context, side, times)
    name = torch.cuda.get_device_name(options.device) if options.device.startswith("cuda") else "cpu, one thread"
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    record[name] = rows
    RECORD.write_text(json.dumps(record, indent=1) + "\n")
    table = Table(title=f"{name}: {symbols} symbols, {context} positions, torch {torch.__version__}")
    for column in ("size", "what", "precision", "symbols/s", "Gop/s", "peak", "share", "products", "attention", "else"):
        table.add_column(column, justify="left" if column in ("size", "what", "precision") else "right")
    for row in rows:
        spent = [f"{part:.0%}" for part in row.get("spent", {}).values()]
        speeds = f"{row['speed']:,.0f}", f"{row['share'] * row['peak'] / 1e9:,.1f}", f"{row['peak'] / 1e9:,.0f}"
        table.add_row(row["size"], row["what"], row["precision"], *speeds, f"{row['share']:.1%}", *spent)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
