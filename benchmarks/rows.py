"""A record that grows row by row: long benchmarks are run in pieces, and what was measured stays measured.

Each row belongs to a key (what was measured on what) and to a version of the code that it was measured with. A row of
another version counts as missing, so that a change of the code is measured anew. Written whole after every row.
"""

import json
import os
import platform
from hashlib import blake2b
from importlib import metadata
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parent.parent / "src" / "codelength"
LIBRARY = {"zstd": "zstandard", "brotli": "Brotli", "ppmd": "pyppmd"}
"""Catalogue name -> the distribution that does the work; the others are Python's own."""

Row = dict[str, Any]


class Rows:
    """Rows by key, kept in a JSON file; `again` takes none of them for measured."""

    def __init__(self, path: Path, command: str, again: bool = False) -> None:
        self.path = path
        self.command = command
        self.again = again
        self.rows: dict[tuple[str, ...], Row] = {}
        if path.exists():
            for row in json.loads(path.read_text())["rows"]:
                self.rows[tuple(row["key"])] = row

    def get(self, key: tuple[str, ...], version: str) -> Row | None:
        """The row of this key, if it was measured with this version."""
        row = None if self.again else self.rows.get(key)
        return row if row is not None and row["version"] == version else None

    def put(self, key: tuple[str, ...], version: str, measured: Row) -> Row:
        """Keep a row, with the machine's load of the moment, and write the record."""
        row = {"key": list(key), "version": version, **measured, "load": round(os.getloadavg()[0], 2)}
        self.rows[key] = row
        self.write()
        return row

    def stale(self) -> int:
        """How many rows of ours were measured with other sources than today's."""
        now = predictors_digest()
        return sum(row["kind"] == "ours" and row["version"] != now for row in self.rows.values())

    def write(self) -> None:
        """Write the record whole or not at all."""
        record = {
            "command": self.command,
            "machine": platform.platform(),
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "rows": [self.rows[key] for key in sorted(self.rows)],
        }
        self.path.parent.mkdir(exist_ok=True)
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(record, indent=1) + "\n")
        fresh.replace(self.path)


def version_of(spec: str) -> str:
    """What a catalogue code's bytes and times depend on: our sources for a predictor, else the library's version."""
    name = spec.partition(":")[0]
    if name in LIBRARY:
        return metadata.version(LIBRARY[name])
    if (SOURCE / "compressors" / f"{name}.py").exists():
        return platform.python_version()
    return predictors_digest()


def predictors_digest() -> str:
    """A digest of context mixing and of what it stands on in src/codelength/predictors: a row measured with other
    sources is measured anew. The codes of typed inputs (pixels, x86, dna) are not in it: after changing one of them,
    measure the files that it is chosen for `--again`.
    """
    digest = blake2b(digest_size=6)
    room = SOURCE / "predictors"
    for path in sorted([*room.glob("*.py"), *(room / "mixing").iterdir()]):
        if path.is_file() and path.name != "suited.py":
            digest.update(str(path.relative_to(room)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
