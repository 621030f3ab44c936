"""Training of the networks of benchmarks/coded_images.py, in one part or two; what was stopped is gone on with.

The second part is a warm restart (Loshchilov & Hutter 2017): the first part's weights, a lower rate, another order.
"""

import argparse
import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.images import tiles
from codelength.data.pictures import grey
from codelength.data.sequences import from_pictures
from codelength.models import checkpoint
from codelength.models.networks import Network
from codelength.models.pixel_network import PixelConfig
from codelength.models.schedule import Schedule
from codelength.models.training import METRICS, train

TRAINING = {"mnist": 60_000, "fashion_mnist": 60_000, "cifar10": 20_000}
STEPS_OF = {"mnist": (800, 1600, 2e-3), "fashion_mnist": (4300, 7000, 2e-3), "cifar10": (3000, 2000, 1.5e-3)}
"""Steps of the training, and of its second part with that one's rate."""
CURVE = 250
"""Steps in a point of the training curve."""

Row = dict[str, Any]


def images(name: str, part: str, count: int) -> NDArray[np.uint8]:
    """(n, rows, columns) grey levels; CIFAR-10's colours as luminance."""
    return grey(tiles(name, part, count))


def folder_of(options: argparse.Namespace, part: int) -> Path:
    """Where this training's checkpoints are, by its part."""
    setting = f"{options.data}-{options.size}-{options.steps}x{options.batch}-{options.rate:g}"
    again = f"-{options.again}-{options.again_rate:g}" if part else ""
    folder: Path = options.folder / (setting + again)
    return folder


def trained(options: argparse.Namespace) -> Network:
    """The network, read back."""
    found = checkpoint.read(folder_of(options, options.again > 0))
    steps = options.again or options.steps
    if found.step != steps:
        sys.exit(f"the training stands at step {found.step} of {steps}: run `train` again")
    return found.model.to(options.device).eval().requires_grad_(False)


def do_train(options: argparse.Namespace) -> Row:
    """Train, or go on; what it took is summed over all the times that it was gone on with."""
    pictures = images(options.data, "train", TRAINING[options.data])
    sequences = from_pictures(pictures)
    layers, width = (int(number) for number in options.size.split("x"))
    config = PixelConfig(256, *pictures.shape[1:], layers, width)
    usual = Schedule(
        steps=1, batch=options.batch, warm_up=100, final=0.01, decay=0.0, precision="bfloat16", save_every=250
    )
    parts = [(options.steps, options.rate), (options.again, options.again_rate)]
    model: Network | None = None
    spent, curve, total = {"processor": 0.0, "wall": 0.0}, [], 0
    for part, (steps, rate) in enumerate(parts):
        if steps == 0:
            continue
        folder = folder_of(options, part)
        clock = Clock(folder)
        schedule = replace(usual, steps=steps, rate=rate, seed=part)
        model = train(
            config,
            sequences.symbols,
            schedule,
            folder,
            notes=sequences.about,
            start=model,
            device=options.device,
            on_progress=clock,
        )
        lines = [json.loads(line) for line in (folder / METRICS).read_text(encoding="utf-8").splitlines()]
        for first in range(0, len(lines), CURVE):
            mean = float(np.mean([line["bits"] for line in lines[first : first + CURVE]]))
            curve.append({"step": total + min(first + CURVE, steps), "bits/dim": mean})
        total += steps
        spent = {name: seconds + clock.total(name) for name, seconds in spent.items()}
    return {
        "parameters": config.parameters,
        "epochs": total * options.batch / len(pictures),
        "seconds": spent["processor"],
        "wall_seconds": spent["wall"],
        "curve": curve,
    }


class Clock:
    """What a training takes, summed over all the times that it was gone on with; kept beside its checkpoints."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.file, self.run = folder / "seconds.json", str(time.time())
        self.runs: dict[str, dict[str, float]] = json.loads(self.file.read_text()) if self.file.exists() else {}
        self.began = {"processor": time.process_time(), "wall": time.perf_counter()}

    def __call__(self, done: int, total: int, bits: float) -> None:
        if done % 50 == 0 or done == total:
            now = {"processor": time.process_time(), "wall": time.perf_counter()}
            self.runs[self.run] = {name: now[name] - began for name, began in self.began.items()}
            self.file.write_text(json.dumps(self.runs))
            if done % 250 == 0:
                print(
                    f"{done} of {total} steps, {self.total('processor'):.0f} processor s, {bits:.3f} bits/dim",
                    flush=True,
                )

    def total(self, name: str) -> float:
        """Seconds of the processor, or on the wall."""
        return sum(run[name] for run in self.runs.values())
