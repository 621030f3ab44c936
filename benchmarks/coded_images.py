"""Claim: given the training images, held-out images take at most 1.00 (MNIST) and 2.80 bits/dim (Fashion-MNIST), coded.

    python -m benchmarks.coded_images train --data fashion_mnist [--size 10x96] [--steps 4300] [--device cpu]
    python -m benchmarks.coded_images code --data fashion_mnist [--test 2500]        (after train; the same settings)
    python -m benchmarks.coded_images peers --data fashion_mnist [--test 2500]       (and cm)
    python -m benchmarks.coded_images mixture --data fashion_mnist --test 100        (after train; the same settings)
    python -m benchmarks.coded_images                                                (prints the record)

`train` trains a network of pixels on all training images; the same command goes on with what was stopped. `code` packs
the first test images into one file, as `codelength encode` does (decoded and compared), and compares its length with
the ideal, -log2 P of the same network evaluated for all pixels at once; that of all test images is told too. `cm` is
context mixing (`pixels`) given training images, `mixture` the gated mixture of both on fewer images. `peers`: PNG, WebP
and JPEG XL (with `pip install pillow-jxl-plugin`) of the same images, one by one and as one sheet of 50 in a row; read
back and compared.

Bits/dim are those of whole streams or files, divided by samples; the interval is 1.96 standard errors over images.
Seconds are processor time, one thread. Nothing was chosen on test images: the network's shape and its rate were, in
pilots of a minute, on the last 400 training images. Writes benchmarks/records/coded_images.json, row by row.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console

from benchmarks.coded_images_peers import peers_of
from benchmarks.coded_images_training import STEPS_OF, TRAINING, do_train, folder_of, images, trained
from benchmarks.coded_images_view import show
from benchmarks.devices import add_device
from codelength.catalogue import make
from codelength.codes.gated import Gated
from codelength.core import LN2, Learner
from codelength.data.sequences import from_pictures
from codelength.models.archive import framed, unpack
from codelength.models.image_predictor import ImagePredictor
from codelength.models.lanes import TransformerCode
from codelength.models.networks import Network
from codelength.models.pixel_network import PixelNetwork

RECORD = Path(__file__).parent / "records" / "coded_images.json"
CM_GIVEN = {"mnist": 5000, "fashion_mnist": 6000, "cifar10": 3000}
"""Training images that context mixing is given, as in benchmarks/images.py."""

Row = dict[str, Any]


def ideal_bits(model: Network, x: NDArray[np.uint16], device: str) -> NDArray[np.float64]:
    """-log2 P of each image, all pixels at once, in float32: (n,). A GPU's convolutions would round to TF32."""
    found = []
    with torch.inference_mode(), torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        for first in range(0, len(x), 50):
            part = torch.from_numpy(x[first : first + 50].astype(np.int64)).to(device)
            logs = torch.log_softmax(model.logits(part).double(), dim=-1)
            found.append(-logs.gather(2, part[:, :, None])[:, :, 0].sum(dim=1).cpu().numpy() / LN2)
    return np.concatenate(found)


def do_code(options: argparse.Namespace) -> Row:
    """A file of the first test images, beside the ideal of these and of more."""
    model = trained(options)
    sequences = from_pictures(images(options.data, "test", options.test))
    x = sequences.symbols
    more = from_pictures(images(options.data, "test", max(options.test, options.scored))).symbols
    started = time.process_time()
    costs = ideal_bits(model, more, options.device)
    ideal = costs[: len(x)]
    scored = time.process_time()
    code = TransformerCode(model, lanes=options.lanes)
    stream = code.encode(x)
    file = framed(code, stream, x, sequences.about)
    packed = time.process_time()
    again, _ = unpack(code, file, max_size=x.size)
    if not np.array_equal(again, x):
        sys.exit("what was decoded is not what was encoded")
    return {
        "images": len(x),
        "bytes": len(file),
        "bits/dim": 8 * len(file) / x.size,
        "interval": interval(ideal, x.shape[1]),
        "scored": {
            "images": len(more),
            "bits/dim": float(costs.sum()) / more.size,
            "interval": interval(costs, x.shape[1]),
        },
        "ideal bits": float(ideal.sum()),
        "ideal bits/dim": float(ideal.sum()) / x.size,
        "stream above the ideal, bits": 8 * len(stream) - float(ideal.sum()),
        "file above the ideal, bits": 8 * len(file) - float(ideal.sum()),
        "allowed above, bits": 0.0005 * float(ideal.sum()) + 64,
        "scoring seconds": scored - started,
        "encoding seconds": packed - scored,
        "decoding seconds": time.process_time() - packed,
        "lanes": options.lanes,
    }


def interval(costs: NDArray[np.float64], dims: int) -> float:
    """1.96 standard errors of the mean over images, in bits/dim."""
    return float(1.96 * costs.std(ddof=1) / np.sqrt(len(costs)) / dims)


def do_cm(options: argparse.Namespace) -> Row:
    """Context mixing given training images: a codelength, and 20 images coded and decoded."""
    given, targets = images(options.data, "train", options.given), images(options.data, "test", options.test)
    rows, columns = targets.shape[1:]
    spec = f"pixels:width={columns},rows={rows}"
    code = make(spec)
    if not isinstance(code, Learner):
        sys.exit(f"{spec} takes no side information")
    started = time.process_time()
    primed = code.given(given.tobytes())
    bits = primed.bits(targets.tobytes()).bits
    spent = time.process_time() - started
    few = targets[:20].tobytes()
    if primed.decode(primed.encode(few), max_size=len(few)) != few:
        sys.exit(f"{spec}: what was decoded is not what was encoded")
    return {
        "spec": spec,
        "given images": len(given),
        "images": len(targets),
        "bits/dim": bits / targets.size,
        "seconds": spent,
    }


def do_mixture(options: argparse.Namespace) -> Row:
    """Context mixing given training images and the network, gated: what the first test images take."""
    model = trained(options)
    if not isinstance(model, PixelNetwork):
        sys.exit("the folder holds another network")
    given, targets = images(options.data, "train", options.given), images(options.data, "test", options.test)
    rows, columns = targets.shape[1:]
    mixing = make(f"pixels:width={columns},rows={rows}").given(given.tobytes())  # type: ignore[attr-defined]
    mixture = Gated([mixing, ImagePredictor(model)])
    started = time.process_time()
    few = targets[: options.decoded].tobytes()
    if mixture.decode(mixture.encode(few), max_size=len(few)) != few:
        sys.exit("mixture: what was decoded is not what was encoded")
    alone = ideal_bits(model, from_pictures(targets).symbols, options.device).sum()
    return {
        "images": len(targets),
        "decoded images": options.decoded,
        "given images": len(given),
        "experts": {
            "context mixing": mixing.bits(targets.tobytes()).bits / targets.size,
            "network": float(alone) / targets.size,
        },
        "bits/dim": mixture.bits(targets.tobytes()).bits / targets.size,
        "seconds": time.process_time() - started,
    }


def do_peers(options: argparse.Namespace) -> Row:
    """Image codecs on the same images."""
    return peers_of(images(options.data, "test", options.test))


STEPS: dict[str, Callable[[argparse.Namespace], Row]] = {
    "train": do_train,
    "code": do_code,
    "cm": do_cm,
    "peers": do_peers,
    "mixture": do_mixture,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", nargs="?", choices=STEPS, help="none prints the record")
    parser.add_argument("--data", default="fashion_mnist", choices=TRAINING)
    parser.add_argument("--size", default="10x96", help="blocks x width")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--again", type=int, help="steps of a second part, warm-started; 0: none")
    parser.add_argument("--again-rate", type=float)
    parser.add_argument("--test", type=int, default=2500, help="test images, a multiple of 50")
    parser.add_argument("--scored", type=int, default=10_000, help="test images whose ideal is computed")
    parser.add_argument("--given", type=int, help="training images for context mixing")
    parser.add_argument("--decoded", type=int, default=5, help="of the mixture's images")
    parser.add_argument("--lanes", type=int, default=250)
    add_device(parser)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "codelength-coded-images")
    options = parser.parse_args()
    options.given = options.given or CM_GIVEN[options.data]
    steps, again, again_rate = STEPS_OF[options.data]
    options.steps, options.again_rate = options.steps or steps, options.again_rate or again_rate
    options.again = again if options.again is None else options.again
    torch.set_num_threads(options.threads)
    row = None if options.step is None else STEPS[options.step](options)
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    if row is not None:
        network = options.step in ("train", "code", "mixture")
        setting = folder_of(options, options.again > 0).name if network else ""
        row |= {
            "network": setting,
            "device": options.device,
            "machine": platform.platform(),
            "load": round(os.getloadavg()[0], 1),
        }
        record.setdefault(options.data, {})[options.step] = row
        RECORD.write_text(json.dumps(record, indent=1) + "\n")
    show(record, Console(width=150))


if __name__ == "__main__":
    main()
