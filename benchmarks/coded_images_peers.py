"""What image codecs make of the held-out images of benchmarks/coded_images.py, whole files with headers."""

import io
import sys
from importlib import metadata
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.images import sheet

PEERS: dict[str, dict[str, Any]] = {
    "PNG": {"optimize": True},
    "WEBP": {"lossless": True, "quality": 100, "method": 6, "exact": True},
    "JXL": {"lossless": True, "effort": 9},
}


def file_size(image: Image.Image, kind: str) -> int:
    """Bytes of an image file, read back and compared."""
    sink = io.BytesIO()
    (image.convert("RGB") if kind == "WEBP" else image).save(sink, kind, **PEERS[kind])
    if not np.array_equal(np.asarray(Image.open(sink).convert("L")), np.asarray(image)):
        sys.exit(f"{kind} gave back another image")
    return len(sink.getvalue())


def peers_of(targets: NDArray[np.uint8]) -> dict[str, Any]:
    """Bits/dim of grey images (n, rows, columns) by each codec, one by one and as a sheet."""
    try:
        import pillow_jxl  # noqa: F401
    except ImportError:
        print("JPEG XL is left out: pip install pillow-jxl-plugin")
        PEERS.pop("JXL")
    row: dict[str, Any] = {"images": len(targets), "Pillow": Image.__version__}
    if "JXL" in PEERS:
        row["pillow-jxl-plugin"] = metadata.version("pillow-jxl-plugin")
    for kind in PEERS:
        alone = sum(file_size(Image.fromarray(target), kind) for target in targets)
        together = file_size(Image.fromarray(sheet(targets)), kind)
        row[kind] = {"image by image": 8 * alone / targets.size, "one sheet": 8 * together / targets.size}
    return row
