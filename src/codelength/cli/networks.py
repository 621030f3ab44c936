"""What the commands about networks share: which device, reading data as a network's symbols, reading a network."""

from __future__ import annotations

import math
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from codelength.core import DataError
from codelength.data import read_path
from codelength.data.idx import is_idx

if TYPE_CHECKING:
    from codelength.data.sequences import Sequences
    from codelength.models.checkpoint import Checkpoint


SUPPORTED = ("cpu", "cuda")
"""Kinds of device that networks are computed on."""


def device_here(name: str) -> str:
    """Refuse what is not supported, or a GPU that PyTorch does not find; where PyTorch is missing `need_torch` says so.

    PyTorch knows more kinds of device (mps, xpu, meta, ...): nothing here was ever run on them, and some have no
    float64, which the codes need.
    """
    if name == "cpu" or find_spec("torch") is None:
        return name
    try:
        import torch

        index, kind = torch.device(name).index or 0, torch.device(name).type
    except ImportError:
        return name
    except RuntimeError:
        raise typer.BadParameter(f"{name!r} is no device: cpu, cuda, cuda:1") from None
    if kind not in SUPPORTED:
        raise typer.BadParameter(f"{name!r} is not supported: cpu, cuda, cuda:1")
    if kind == "cuda" and index >= torch.cuda.device_count():
        raise typer.BadParameter(f"PyTorch finds {torch.cuda.device_count()} CUDA devices here: take cpu")
    return name


DeviceOption = Annotated[
    str,
    typer.Option("--device", metavar="NAME", callback=device_here, help="Where to compute: cpu, cuda, cuda:1."),
]
ThreadsOption = Annotated[
    int | None, typer.Option("--threads", metavar="N", min=1, help="Threads of the CPU.", show_default="all cores")
]
TileOption = Annotated[
    int | None, typer.Option("--tile", metavar="HEIGHT", min=1, help="Cut image files into pieces of this height.")
]
LimitOption = Annotated[
    int | None, typer.Option("--limit", metavar="N", min=1, help="The first N images or windows only.")
]
ModelArgument = Annotated[
    Path, typer.Argument(metavar="MODEL", help="A folder of `codelength train`, a checkpoint in it, or iGPT weights.")
]


def need_torch(threads: int | None) -> None:
    """Refuse, in one line, where PyTorch is missing; set the number of threads."""
    if find_spec("torch") is None or find_spec("safetensors") is None:
        raise DataError("networks need PyTorch: pip install 'codelength[torch]'")
    try:
        import torch
    except ImportError as error:
        raise DataError(f"PyTorch is installed but cannot be loaded ({error}): install it anew") from error
    if threads is not None:
        torch.set_num_threads(threads)


def is_pictures(path: Path) -> bool:
    """Whether a path is read as images: idx, .npy, an image file, or a folder that holds image files."""
    from codelength.data.pictures import ENDINGS

    if path.is_dir():
        return any(file.suffix.lower() in ENDINGS for file in path.iterdir())
    if path.suffix.lower() in (*ENDINGS, ".npy"):
        return True
    if path.name.removesuffix(".gz").endswith("-ubyte"):
        return True
    with path.open("rb") as file:
        return is_idx(file.read(4))


def read_sequences(
    path: Path,
    *,
    context: int,
    size: tuple[int, int] | None,
    colours: int | None,
    tile: int | None,
    limit: int | None,
    seed: int,
) -> Sequences:
    """Data for a network that is to be trained. `colours`: of the palette; None for grey levels."""
    from codelength.data.palettes import fit_palette
    from codelength.data.pictures import read_pictures, resized
    from codelength.data.sequences import from_bytes, from_pictures

    if not path.exists() or not is_pictures(path):
        content = read_path(path).content
        return from_bytes(content[: limit * context] if limit else content, context)
    pictures = read_pictures(path, tile=tile, limit=limit)
    if size is not None:
        pictures = resized(pictures, *size)
    return from_pictures(pictures, None if colours is None else fit_palette(pictures, colours, seed=seed))


def read_alike(
    path: Path,
    about: Mapping[str, Any],
    context: int,
    *,
    tile: int | None,
    limit: int | None,
    convert: bool = True,
) -> Sequences:
    """Data as the symbols that a trained network knows: its image size, its palette, its windows.

    Raises
    ------
    DataError
        Images for a network of bytes, or the other way round; not `convert`, and images that would not come back as
        they are.
    """
    from codelength.data.pictures import read_pictures, resized
    from codelength.data.sequences import from_bytes, from_pictures, to_pictures

    if about["kind"] == "bytes":
        content = read_path(path).content
        return from_bytes(content[: limit * context] if limit else content, context)
    if not path.exists() or not is_pictures(path):
        raise DataError(f"{path}: this network codes images of {about['height']} x {about['width']}; name images")
    pictures = read_pictures(path, tile=tile, limit=limit)
    palette = np.array(about["palette"], dtype=np.uint8) if "palette" in about else None
    found = from_pictures(resized(pictures, int(about["height"]), int(about["width"])), palette)
    if not convert and not np.array_equal(to_pictures(found.symbols, about), pictures):
        size, colours = " x ".join(map(str, pictures.shape[1:3])), "coloured" if pictures.ndim == 4 else "grey"
        known = "grey levels" if palette is None else f"a palette of {len(palette)} colours"
        raise DataError(
            f"{path}: {colours} images of {size}; this network codes {about['height']} x {about['width']} in {known}, "
            "and nothing more would come back: --convert makes such images of them first"
        )
    return found


def read_network(path: Path, device: str) -> tuple[Checkpoint, dict[str, Any]]:
    """A trained network on a device, and what its symbols mean: one of ours, or a folder of published iGPT weights."""
    from codelength.models import checkpoint, igpt

    if not path.exists():
        raise DataError(f"{path}: does not exist; `codelength train DATA -o {path}` makes a network")
    if igpt.is_igpt(path):
        model = igpt.read_igpt(path)
        side = math.isqrt(model.config.context)
        notes = {"kind": "images", "height": side, "width": side, "palette": igpt.read_palette(path).tolist()}
        about = {"schedule": {"objective": "next"}, "shape": [0, side * side], "notes": notes}
        found = checkpoint.Checkpoint(0, model, {}, about)
    else:
        found = checkpoint.read(path)
    found.model.to(device).eval().requires_grad_(False)
    return found, dict(found.about["notes"])


def must_predict(network: Checkpoint) -> None:
    """Refuse a network that was trained for anything but the next symbol."""
    objective = network.about["schedule"]["objective"]
    if objective != "next":
        raise DataError(
            f"a network trained for {objective!r} symbols gives no probability of the next one, so it neither codes "
            "nor draws: train with --objective next"
        )
