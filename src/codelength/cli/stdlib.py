"""The demo's data: sources of Python's own standard library, which every machine with Python has.

    task   every second module of `asyncio`
    pool   its other modules; other packages; a licence text; random bytes; the other modules' bytes, shuffled

The shuffled copy holds the very bytes of the most useful source and so all that counting single bytes could tell, but
no structure; like the random bytes it must save next to nothing. The same Python gives the same data.
"""

from __future__ import annotations

import random
import sysconfig
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from codelength.core import DataError
from codelength.data import display

PACKAGE = "asyncio"
OTHERS = ("multiprocessing", "unittest", "http", "email", "logging", "importlib", "xml", "json", "encodings")
HOW_MANY = 4

TASK_SIZE = 32_000
SOURCE_SIZE = 64_000


@dataclass(frozen=True, slots=True)
class Demo:
    """The task and the pool of the demo; `folder` is where they come from."""

    task: bytes
    pool: dict[str, bytes]
    folder: str


def standard_library(seed: int) -> Demo:
    """The demo's data from this Python's own sources.

    Raises
    ------
    DataError
        A standard library without sources: zipped, stripped or split up.
    """
    folder = Path(sysconfig.get_paths()["stdlib"])
    modules = _modules(folder / PACKAGE)
    if len(modules) < 8:
        raise DataError(
            f"{display(folder)}: this Python's standard library has no sources of {PACKAGE}, so the demo has no data; "
            "run it with a full Python, or try codelength select on files of yours"
        )
    half = b"".join(modules[1::2])[:SOURCE_SIZE]
    pool = {f"other half of {PACKAGE}": half}
    for name in OTHERS:
        source = b"".join(_modules(folder / name))[:SOURCE_SIZE]
        if len(source) >= SOURCE_SIZE // 4 and len(pool) <= HOW_MANY:
            pool[name] = source
    pool["a licence text"] = licence(folder)[:SOURCE_SIZE]
    draw = random.Random(seed)
    pool["random bytes"] = draw.randbytes(len(half))
    shuffled = list(half)
    draw.shuffle(shuffled)
    pool[f"shuffled {PACKAGE}"] = bytes(shuffled)
    return Demo(
        b"".join(modules[0::2])[:TASK_SIZE], {name: data for name, data in pool.items() if data}, display(folder)
    )


def licence(folder: Path) -> bytes:
    """Python's licence where it is installed beside the library, else that of numpy, which is always here."""
    beside = folder / "LICENSE.txt"
    if beside.is_file():
        return beside.read_bytes()
    for file in metadata.files("numpy") or []:
        if file.name.upper().startswith("LICENSE"):
            return Path(str(file.locate())).read_bytes()
    return b""


def _modules(package: Path) -> list[bytes]:
    """Contents of a package's modules in the order of their names; none if there is no such package."""
    return [path.read_bytes() for path in sorted(package.rglob("*.py")) if "test" not in path.parts and path.is_file()]
