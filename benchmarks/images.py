"""Claim: images cost fewer bits than under any image codec that people can install.

    python -m benchmarks.images [--only mr,pic,...] [--train N] [--test N] [--whole] [--no-peers]

Files (`mr`: a stack of 16-bit slices; `pic` and `ptt5`: the same page of fax, bilevel): bytes of a whole stream, with
the spec that detection finds. Tiles (MNIST, Fashion-MNIST and CIFAR-10: the first test images, given the first training
images): bits for each sample, the stream's length included. Peers: PNG, WebP (lossless), TIFF group 4 for bilevel, as
Pillow writes them, whole files with headers; tiles image by image and as one sheet of 50 in a row. JPEG XL is not in
Pillow: its figures are in PEERS.md of the shared folder. `pic` is decoded and compared whole; of `mr` the first 300 kB
and of tiles the first 20 images are a stream of their own that is (with --whole: everything). Seconds are processor
time of scoring or encoding, side information included. With --no-peers the peers' rows stay
as they are held. Writes benchmarks/records/images.json, row by row.
"""

import argparse
import gzip
import io
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.real_data import DATA
from benchmarks.rows import Rows, version_of
from codelength.catalogue import make
from codelength.core import Code, Learner
from codelength.predictors.pixels.detect import detect_image

RECORD = Path(__file__).resolve().parent / "records" / "images.json"
HEAD = 1 << 20
ACROSS = 50

Pixels = NDArray[np.uint8]

TILES = {
    "mnist": ("pixels:width=28,rows=28", 5000),
    "fashion_mnist": ("pixels:width=28,rows=28", 6000),
    "cifar10": ("pixels:width=32,channels=3,rows=32", 1000),
}
"""The code, and how many training images are given when nothing else is said."""


def file_bytes(name: str) -> bytes:
    """One of the files."""
    if name == "mr":
        with zipfile.ZipFile(DATA / "silesia" / "mr.zip") as archive:
            return archive.read("mr")
    return (DATA / ("calgary" if name == "pic" else "canterbury") / name).read_bytes()


def tiles(name: str, part: str, count: int) -> Pixels:
    """The first images of a part ("train" or "test"): (n, rows, columns) or (n, rows, columns, 3)."""
    if name == "cifar10":
        strips = sorted((DATA / name).glob(f"{part}_*.webp"))[: -(-count // 500)]
        images = [np.asarray(Image.open(strip).convert("RGB")).reshape(-1, 32, 32, 3) for strip in strips]
        return np.concatenate(images)[:count]
    start = "train" if part == "train" else "t10k"
    (path,) = (DATA / name).glob(f"{start}-images*")
    return np.frombuffer(gzip.decompress(path.read_bytes()), dtype=np.uint8, offset=16).reshape(-1, 28, 28)[:count]


def written(image: Image.Image, kind: str) -> int:
    """Bytes of an image file, read back and compared."""
    sink = io.BytesIO()
    options = {
        "PNG": {"optimize": True},
        "WEBP": {"lossless": True, "quality": 100, "method": 6, "exact": True},
        "TIFF": {"compression": "group4"},
    }
    image.save(sink, kind, **options[kind])
    again = np.asarray(Image.open(sink).convert(image.mode))
    if not np.array_equal(again, np.asarray(image)):
        sys.exit(f"{kind} gave back another image")
    return len(sink.getvalue())


def checked(code: Code[bytes], data: bytes) -> None:
    """Encode, decode, compare."""
    if code.decode(code.encode(data), max_size=len(data)) != data:
        sys.exit(f"{code.spec}: what was decoded is not what was encoded")


def measure_file(rows: Rows, name: str, whole: bool, peers: bool) -> None:
    data = file_bytes(name)
    spec = detect_image(data[:HEAD], len(data))
    if spec is None:
        sys.exit(f"{name}: no image was found")
    code = make(spec)
    checked(code, data[:3000])  # compiles
    start = time.process_time()
    stream = code.encode(data)
    seconds = time.process_time() - start
    if whole or name != "mr":
        if code.decode(stream, max_size=len(data)) != data:
            sys.exit(f"{spec}: what was decoded is not {name}")
    else:
        checked(code, data[:300_000])
    put(rows, (name, spec), "ours", {"bytes": len(stream), "seconds": seconds, "kB/s": len(data) / seconds / 1e3})
    for kind, size in file_peers(name, data).items() if peers else ():
        put(rows, (name, kind), "peer", {"bytes": size})


def file_peers(name: str, data: bytes) -> dict[str, int]:
    if name != "mr":
        page = Image.frombytes("1", (1728, len(data) // 216), data)
        return {"PNG": written(page, "PNG"), "WebP": written(page.convert("L").convert("RGB"), "WEBP"),
                "TIFF group 4": written(page, "TIFF")}  # fmt: skip
    samples = np.frombuffer(data, dtype="<u2", offset=9092, count=(len(data) - 9092) // 1024 * 512)
    rest = len(data) - samples.nbytes  # header and end as they are
    return {"PNG": rest + written(Image.fromarray(samples.reshape(-1, 512)), "PNG")}


def measure_tiles(rows: Rows, name: str, train: int | None, test: int, whole: bool, peers: bool) -> None:
    spec, usual = TILES[name]
    given, targets = tiles(name, "train", usual if train is None else train), tiles(name, "test", test)
    code = make(spec)
    if not isinstance(code, Learner):
        sys.exit(f"{spec} takes no side information")
    checked(code, targets[0].tobytes())
    start = time.process_time()
    primed = code.given(given.tobytes())
    bits = primed.bits(targets.tobytes()).bits
    seconds = time.process_time() - start
    checked(primed, (targets if whole else targets[:20]).tobytes())
    measured = {
        "bits/dim": bits / targets.size,
        "seconds": seconds,
        "kB/s": (given.size + targets.size) / seconds / 1e3,
    }
    key = (name, spec, f"given {len(given)} images, {len(targets)} test images")
    put(rows, key, "ours", measured)
    if peers:
        tile_peers(rows, name, targets)


def tile_peers(rows: Rows, name: str, targets: Pixels) -> None:
    """Image by image, and as one sheet."""
    alone = [Image.fromarray(each) for each in targets]
    colour = targets if targets.ndim == 4 else np.repeat(targets[..., None], 3, axis=-1)
    for kind, images in (("PNG", alone), ("WEBP", [Image.fromarray(each) for each in colour])):
        size = sum(written(image, kind) for image in images)
        put(rows, (name, kind, f"image by image, {len(targets)}"), "peer", {"bits/dim": 8 * size / targets.size})
    for kind, images in (("PNG", sheet(targets)), ("WEBP", sheet(colour))):
        size = written(Image.fromarray(images), kind)
        put(rows, (name, kind, f"one sheet, {len(targets)}"), "peer", {"bits/dim": 8 * size / targets.size})


def sheet(images: Pixels) -> Pixels:
    """Images side by side, ACROSS in a row."""
    n = len(images) // ACROSS * ACROSS
    if n < len(images):
        sys.exit(f"--test: a multiple of {ACROSS}, for the sheets")
    grid = images.reshape(n // ACROSS, ACROSS, *images.shape[1:]).swapaxes(1, 2)
    return np.ascontiguousarray(
        grid.reshape(n // ACROSS * images.shape[1], ACROSS * images.shape[2], *images.shape[3:])
    )


def put(rows: Rows, key: tuple[str, ...], kind: str, measured: dict[str, float]) -> None:
    version = version_of(key[1]) if kind == "ours" else f"Pillow {Image.__version__}"
    rows.put(key, version, {"kind": kind, **measured})
    figures = "  ".join(
        f"{what} {value:,.4f}" if value < 100 else f"{what} {value:,.0f}" for what, value in measured.items()
    )
    print(f"{'  '.join(key):<70} {figures}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="pic,ptt5,mnist,fashion_mnist,cifar10,mr")
    parser.add_argument("--train", type=int)
    parser.add_argument("--test", type=int, default=2500)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--no-peers", action="store_true", help="ours alone; the peers' rows stay as they are held")
    args = parser.parse_args()
    rows = Rows(RECORD, "python -m benchmarks.images", again=True)
    steps: dict[str, Callable[[], None]] = {}
    for name in args.only.split(","):
        if name in TILES:
            steps[name] = lambda name=name: measure_tiles(
                rows, name, args.train, args.test, args.whole, not args.no_peers
            )
        elif name in ("mr", "pic", "ptt5"):
            steps[name] = lambda name=name: measure_file(rows, name, args.whole, not args.no_peers)
        else:
            sys.exit(f"--only: {name!r} is none of mr, pic, ptt5, {', '.join(TILES)}")
    for step in steps.values():
        step()


if __name__ == "__main__":
    main()
