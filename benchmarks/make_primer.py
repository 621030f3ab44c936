"""Make the primer: the English text that `cm:primer=N` reads first. `python -m benchmarks.make_primer FOLDER`

FOLDER holds what a person fetches by name: Debian's `wordnet-base` and `r-cran-janeaustenr`, unpacked (`dpkg-deb -x`).
The rest comes from the running Python: the texts of its `help()` topics and its library's sources. All of them may be
passed on: see PRIMER_NOTICE.txt beside the primer. Nothing of the data that benchmarks measure is in it.

The sources are cut into pieces of 4 kB and dealt out evenly, so that every end of the primer holds some of each in the
same proportions: `primer=N` takes the last N kilobytes. Written: `primer.bin` and `primer_tail.bin` (bz2), 3 MB of
text. The text shipped is part of the format: run this again only for a new code name.
"""

from __future__ import annotations

import bz2
import random
import struct
import sys
import sysconfig
import zlib
from collections.abc import Iterator
from pathlib import Path
from pydoc_data.topics import topics

from codelength.predictors.mixing import primer

SIZE = 3 << 20
PIECE = 4096
SHARES = {"wordnet": 0.76, "topics": 0.08, "austen": 0.1, "sources": 0.06}


def wordnet(folder: Path) -> bytes:
    """The definitions and examples of WordNet 3.0 as sentences, shuffled."""
    glosses = []
    for part in ("noun", "verb", "adj", "adv"):
        for line in next(folder.rglob(f"data.{part}")).read_text(encoding="latin-1").splitlines():
            if not line.startswith("  "):
                glosses.append(line.split("| ", 1)[1].strip())
    random.Random(1).shuffle(glosses)
    return ". ".join(gloss[0].upper() + gloss[1:] for gloss in glosses).encode()


def austen(folder: Path) -> bytes:
    """The novels of Jane Austen, from the lines that an R data file keeps (each: 4 marks, length, text)."""
    packed = next(folder.rglob("janeaustenr/data/Rdata.rdb")).read_bytes()
    lines: list[bytes] = []
    at = 0
    while (at := packed.find(b"\x78", at)) >= 0:
        unpacker = zlib.decompressobj()
        try:
            raw = unpacker.decompress(packed[at:])
        except zlib.error:
            at += 1
            continue
        at = len(packed) - len(unpacker.unused_data)
        lines += _strings(raw)
    return b"\n".join(lines)


def _strings(raw: bytes) -> Iterator[bytes]:
    at = 0
    while (at := raw.find(b"\x00\x04\x00\x09", at)) >= 0:
        (size,) = struct.unpack(">I", raw[at + 4 : at + 8])
        if size < 200:
            yield raw[at + 8 : at + 8 + size]
            at += size
        at += 4


def sources() -> bytes:
    """Modules of the standard library and the headers of Python's C interface."""
    library = Path(sysconfig.get_paths()["stdlib"])
    files = [*sorted(library.glob("*.py")), *sorted(Path(sysconfig.get_paths()["include"]).glob("*.h"))]
    random.Random(2).shuffle(files)
    return b"".join(file.read_bytes() for file in files)


def dealt(texts: dict[str, bytes]) -> bytes:
    """Pieces of each text in the proportions of SHARES, spread evenly."""
    pieces = []
    for name, text in texts.items():
        count = round(SIZE * SHARES[name] / PIECE)
        pieces += [((k + 0.5) / count, text[k * PIECE : (k + 1) * PIECE]) for k in range(count)]
    return b"\n".join(piece for _, piece in sorted(pieces))[-SIZE:]


def main(folder: str) -> None:
    """Write the primer."""
    texts = {
        "wordnet": wordnet(Path(folder)),
        "topics": "\n".join(topics.values()).encode(),
        "austen": austen(Path(folder)),
        "sources": sources(),
    }
    text = dealt(texts)
    cut = len(text) - (primer.TAIL_KILOBYTES << 10)
    for file, part in ((primer.FILE, text[:cut]), (primer.TAIL_FILE, text[cut:])):
        file.write_bytes(bz2.compress(part))
        print(f"{file.name}: {len(part):,} bytes of text in {file.stat().st_size:,}")


if __name__ == "__main__":
    main(sys.argv[1])
