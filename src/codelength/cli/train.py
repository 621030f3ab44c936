"""`codelength train`: a network that predicts images or bytes, symbol by symbol."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from codelength.cli.networks import (
    DeviceOption,
    LimitOption,
    ThreadsOption,
    TileOption,
    need_torch,
    read_network,
    read_sequences,
)
from codelength.cli.options import JsonOption, QuietOption
from codelength.cli.screen import Screen
from codelength.core import DataError
from codelength.data import display

if TYPE_CHECKING:
    from codelength.data.sequences import Sequences
    from codelength.models.networks import NetworkConfig
    from codelength.models.schedule import Schedule

_SHARE = 10
"""The figure at the end is the mean over the last tenth of the steps."""


_MEANS = {
    "next": "an estimate of the codelength",
    "masked": "of hidden symbols given the others: no codelength",
    "diffusion": "an estimate of an upper bound",
}
"""What the bits of each objective are."""


def size_of(text: str) -> tuple[int, int]:
    """14 or 14x20: height and width."""
    numbers = text.lower().split("x")
    if len(numbers) > 2 or not all(number.isdigit() and int(number) > 0 for number in numbers):
        raise typer.BadParameter(f"{text!r}: expected a size such as 14, or height x width such as 14x20")
    return int(numbers[0]), int(numbers[-1])


def train(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="Images (idx, .npy, files, a folder) or any file.")],
    folder: Annotated[Path, typer.Option("--output", "-o", metavar="FOLDER", help="Checkpoints and metrics go here.")],
    network: Annotated[
        Literal["transformer", "pixels"],
        typer.Option("--network", help="pixels: convolutions, for images only, and much cheaper to train."),
    ] = "transformer",
    size: Annotated[
        str, typer.Option("--size", metavar="NAME", help="half, one, three, ten; transformers also igpt-s, -m, -l.")
    ] = "half",
    objective: Annotated[
        Literal["next", "masked", "diffusion"], typer.Option("--objective", help="What is learnt; next is a code.")
    ] = "next",
    steps: Annotated[int, typer.Option("--steps", metavar="N", min=1)] = 1000,
    batch: Annotated[int, typer.Option("--batch", metavar="N", min=1, help="Sequences a step.")] = 32,
    accumulate: Annotated[int, typer.Option("--accumulate", metavar="N", min=1, help="Parts of a batch.")] = 1,
    rate: Annotated[float, typer.Option("--rate", metavar="R", min=0.0, help="The highest learning rate.")] = 1e-3,
    order: Annotated[
        Literal["random", "given", "easy-first"],
        typer.Option("--order", help="Sequences at random, as they come, or cheap ones first."),
    ] = "random",
    easy_by: Annotated[
        str, typer.Option("--easy-by", metavar="CODE", help="Cheap for easy-first is short under this code.")
    ] = "cm",
    begin: Annotated[
        Path | None, typer.Option("--begin", metavar="MODEL", help="Begin with the weights of another training.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="S", min=0)] = 0,
    context: Annotated[int, typer.Option("--context", metavar="N", min=1, help="Bytes in a window of a file.")] = 256,
    resize: Annotated[
        Any, typer.Option("--resize", metavar="SIZE", parser=size_of, help="Images of this size: 14, 14x20.")
    ] = None,
    palette: Annotated[
        int | None, typer.Option("--palette", metavar="K", min=2, help="Colours; without it grey levels.")
    ] = None,
    tile: TileOption = None,
    limit: LimitOption = None,
    precision: Annotated[Literal["float32", "bfloat16"], typer.Option("--precision")] = "float32",
    compiled: Annotated[bool, typer.Option("--compile", help="With torch.compile.", metavar="")] = False,
    save_every: Annotated[int, typer.Option("--save-every", metavar="N", min=1, help="Steps.")] = 500,
    keep: Annotated[bool, typer.Option("--keep", help="Keep every checkpoint.", metavar="")] = False,
    device: DeviceOption = "cpu",
    threads: ThreadsOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Train a network to predict images or bytes; what it has learnt is the bits it saves.

    The same command goes on where it was stopped. Many devices: torchrun --nproc-per-node=N -m codelength train ...
    """
    need_torch(threads)
    from codelength.models.schedule import Schedule
    from codelength.models.training import all_devices
    from codelength.models.training import train as trained

    screen = Screen(as_json=as_json, quiet=quiet)
    found = read_sequences(data, context=context, size=resize, colours=palette, tile=tile, limit=limit, seed=seed)
    config = _shape(network, size, found, objective)
    schedule = Schedule(
        steps=steps,
        batch=batch,
        accumulate=accumulate,
        rate=rate,
        seed=seed,
        objective=objective,
        order=order,
        precision=precision,
        compiled=compiled,
        save_every=save_every,
        keep=keep,
    )
    start = None if begin is None else read_network(begin, "cpu")[0].model.requires_grad_(True)
    with screen.progress() as advance, all_devices(device) as here:
        symbols = found.symbols
        if order == "easy-first":
            from codelength.cli.easy_first import easiest_first

            symbols = easiest_first(found, easy_by, seed, lambda done, total: advance("sorting", done, total))
        trained(
            config,
            symbols,
            schedule,
            folder,
            notes=found.about,
            start=start,
            device=here,
            on_progress=lambda done, total, bits: advance("training", done, total, f"{bits:.3f} bits per dim"),
        )
    if int(os.environ.get("RANK", "0")) == 0:  # of several processes one tells
        _tell(screen, folder, config, found.symbols.shape, schedule, size)


def _shape(network: str, size: str, found: Sequences, objective: str) -> NetworkConfig:
    """The configuration that fits the data."""
    from codelength.models.pixel_network import sized_pixels
    from codelength.models.transformer import sized

    if network == "transformer":
        return sized(size, symbols=found.alphabet, context=found.symbols.shape[1])
    if found.about["kind"] != "images" or objective != "next":
        raise DataError("a network of pixels learns the next pixel of images: name images, or --network transformer")
    return sized_pixels(
        size, symbols=found.alphabet, rows=int(found.about["height"]), columns=int(found.about["width"])
    )


def _tell(
    screen: Screen, folder: Path, config: NetworkConfig, shape: tuple[int, ...], schedule: Schedule, size: str
) -> None:
    """What the training came to, over the last steps."""
    from codelength.models.networks import name_of
    from codelength.models.training import METRICS

    metrics = [json.loads(line) for line in (folder / METRICS).read_text(encoding="utf-8").splitlines()]
    last = metrics[-max(1, len(metrics) // _SHARE) :]
    record = {
        "command": "train",
        "output": display(folder),
        "objective": schedule.objective,
        "network": name_of(config),
        "size": size,
        "parameters": config.parameters,
        "sequences": list(shape),
        "alphabet": config.symbols,
        "steps": schedule.steps,
        "seed": schedule.seed,
        "bits_per_dim": sum(line["bits"] for line in last) / len(last),
        "means": _MEANS[schedule.objective],
        "symbols_per_second": sorted(line["symbols_per_second"] for line in last)[len(last) // 2],
    }
    screen.result(
        record,
        f"{display(folder)}: {config.parameters:,} parameters, {schedule.steps:,} steps on {shape[0]:,} sequences of "
        f"{shape[1]}: {record['bits_per_dim']:.3f} bits per dim over the last tenth ({record['means']}), "
        f"{record['symbols_per_second']:,} symbols/s",
    )
