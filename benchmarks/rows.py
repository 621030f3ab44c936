"""A record that grows row by row: long benchmarks are run in pieces, and what was measured stays measured.

Each row belongs to a key (what was measured on what) and to a version of the code that it was measured with. A row of
another version counts as missing, so that a change of the code is measured anew. Written whole after every row.
"""

import json
import os
import platform
from functools import cache
from hashlib import blake2b
from importlib import metadata
from pathlib import Path
from typing import Any

from codelength.catalogue import make
from codelength.core import Learner
from codelength.predictors.mixing.primer import primer_text

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
        if row.get("kind") == "ours":
            row["sources"] = sources_digest()
        self.rows[key] = row
        self.write()
        return row

    def stale(self) -> int:
        """How many rows of ours were measured with a code that makes other streams than today's."""
        ours = [row for row in self.rows.values() if row["kind"] == "ours"]
        return sum(row["version"] != version_of(row.get("code", row["key"][1])) for row in ours)

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


@cache
def version_of(spec: str) -> str:
    """What the bytes of a catalogue code depend on: for a code of ours what it makes of a fixed sample, else the
    library's version; `delta` is given the first half of it. Times depend on our sources too: `put` notes their digest
    beside.

    Of what `cm` chooses for a file only `cm` itself is seen here: after a change of the codes of typed inputs (pixels,
    x86, dna, records, samples), measure the files that they are chosen for `--again`.
    """
    name = spec.partition(":")[0]
    if name in LIBRARY:
        return metadata.version(LIBRARY[name])
    if (SOURCE / "compressors" / f"{name}.py").exists():
        return platform.python_version()
    code = make(spec)
    if spec == "delta" and isinstance(code, Learner):
        code = code.given(_sample()[:6000])
    return blake2b(code.encode(_sample()), digest_size=6).hexdigest()


def _sample() -> bytes:
    """12 kB: text, noise, zeros, and the text again with edits. It passes several growths of the tables."""
    text = primer_text(64)[:5000].tobytes()
    noise = b"".join(blake2b(bytes([k])).digest() for k in range(16))
    again = b"".join(text[at : at + 97] + noise[at % 1000 : at % 1000 + 1] for at in range(0, 5000, 99))
    return text + noise + bytes(1000) + again


def sources_digest() -> str:
    """A digest of src/codelength/predictors: what times depend on."""
    digest = blake2b(digest_size=6)
    for path in sorted((SOURCE / "predictors").rglob("*.py")):
        digest.update(str(path.relative_to(SOURCE)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
