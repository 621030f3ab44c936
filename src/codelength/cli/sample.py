"""`codelength sample`: new images or bytes from a trained network, or what continues given beginnings."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from codelength.cli.files import output, refuse_existing
from codelength.cli.networks import (
    DeviceOption,
    ModelArgument,
    ThreadsOption,
    TileOption,
    must_predict,
    need_torch,
    read_alike,
    read_network,
)
from codelength.cli.options import ForceOption, JsonOption, QuietOption, not_stdout
from codelength.cli.screen import Screen
from codelength.data import display

_GAP = 1


def sample(
    model: ModelArgument,
    out: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", callback=not_stdout, help="A PNG grid, or bytes.")
    ],
    count: Annotated[int, typer.Option("--number", "-n", metavar="N", min=1, max=4096, help="How many.")] = 16,
    begin: Annotated[
        Path | None, typer.Option("--begin", metavar="DATA", help="Continue these instead of drawing all anew.")
    ] = None,
    share: Annotated[
        float, typer.Option("--share", metavar="F", min=0.0, max=1.0, help="The part of each that is given.")
    ] = 0.5,
    temperature: Annotated[
        float, typer.Option("--temperature", metavar="T", min=0.0, help="Below 1 what is likely is preferred.")
    ] = 1.0,
    seed: Annotated[int, typer.Option("--seed", metavar="S", min=0)] = 0,
    tile: TileOption = None,
    device: DeviceOption = "cpu",
    threads: ThreadsOption = None,
    force: ForceOption = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Draw from a network. With --begin a grid shows each original beside what the network made of its beginning."""
    need_torch(threads)
    from codelength.data.sequences import to_bytes, to_pictures
    from codelength.models.sampling import sample as drawn

    refuse_existing(out, force=force)
    screen = Screen(as_json=as_json, quiet=quiet)
    network, about = read_network(model, device)
    must_predict(network)
    length = int(network.about["shape"][1])
    given = None
    if begin is not None:
        found = read_alike(begin, about, length, tile=tile, limit=count)
        given, count = found.symbols[:, : round(share * length)], len(found.symbols)
    with screen.progress() as advance:
        x = drawn(
            network.model,
            count,
            length,
            beginnings=given,
            temperature=temperature,
            seed=seed,
            on_progress=lambda done, total: advance("drawing", done, total),
        )
    with output(out, binary=True, force=force) as sink:
        if about["kind"] == "bytes":
            sink.write(to_bytes(x, about | {"size": x.size}))
        else:
            from PIL import Image

            shown = to_pictures(x, about)
            if given is not None:
                shown = np.concatenate([to_pictures(found.symbols, about), shown], axis=2)
            Image.fromarray(grid(shown)).save(sink, "PNG")
    record = {"command": "sample", "output": display(out), "number": count, "symbols": length, "seed": seed}
    screen.result(record | {"temperature": temperature}, f"{display(out)}: {count} sequences of {length} symbols")


def grid(pictures: np.ndarray) -> np.ndarray:
    """Images (n, H, W) or (n, H, W, 3) in rows and columns, about as many of either, a line apart."""
    columns = math.ceil(math.sqrt(len(pictures)))
    rows = math.ceil(len(pictures) / columns)
    height, width = pictures.shape[1] + _GAP, pictures.shape[2] + _GAP
    sheet = np.full((rows * height + _GAP, columns * width + _GAP, *pictures.shape[3:]), 128, dtype=np.uint8)
    for i, picture in enumerate(pictures):
        top, left = i // columns * height + _GAP, i % columns * width + _GAP
        sheet[top : top + height - _GAP, left : left + width - _GAP] = picture
    return sheet
