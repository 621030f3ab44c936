"""What the choice for a text is worth: bytes with and without the primer, and as `prose`, file by file.

    python -m benchmarks.chosen [--largest]

The first table: 24 kB out of the middle of every file of Calgary, Canterbury, the languages and the logs, of parts of
Silesia and of texts that look like English and are not (captions, declarations of human rights, digits, DNA), under
`cm`, `cm:primer=64` and `prose:primer=64`; beside it what is chosen for the whole file. The second: prose of 256 to
16,000 bytes as whole frames, chosen and without. The third, with `--largest` (a minute more): 96 kB of four files under
primers of 64 to 512 kB, for what a larger one is worth. Prints, and writes benchmarks/records/chosen.json.

Fails when a primer or `prose` is chosen for a file of the first table and costs it more than 32 bytes.
"""

import argparse
import gzip
import json
import lzma
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import codelength as cl
from benchmarks.real_data import DATA
from codelength.catalogue import HEAD, choice

SLICE = 24_000
LIMIT = 32
PRESETS = ("default", "max")
RECORD = Path(__file__).parent / "records" / "chosen.json"
DECLARATIONS = ("eng", "fra", "deu", "nld", "ita", "fin", "swh", "ind", "por_PT", "dan")
SMALL = ("calgary/paper2", "calgary/news", "enwik/enwik6", "languages/en.txt", "calgary/progc")
LARGE = ("calgary/book2", "calgary/bib", "calgary/progl", "logs/Spark_2k.log")


def files() -> Iterator[tuple[str, bytes]]:
    """Names and contents."""
    for folder in ("calgary", "canterbury", "languages", "logs", "artificial"):
        for path in sorted((DATA / folder).iterdir()):
            if path.name not in ("SHA1SUM", "LICENSE", "CITATION"):
                yield f"{folder}/{path.name}", path.read_bytes()
    for name in ("dickens", "mr", "ooffice", "xml"):
        with zipfile.ZipFile(DATA / "silesia" / f"{name}.zip") as archive:
            yield f"silesia/{name}", archive.read(name)
    for name in ("bible.txt", "world192.txt", "E.coli"):
        yield f"large/{name}", lzma.decompress((DATA / "large" / f"{name}.xz").read_bytes())
    for name in ("de", "en", "fr"):
        yield f"multi30k/{name}", gzip.decompress((DATA / "multi30k" / f"train.{name}.gz").read_bytes())
    for name in ("enwik/enwik6", "tinyshakespeare/input.txt", "ag_news/test.csv", "r8/test.txt", "misc/pi.txt"):
        yield name, (DATA / name).read_bytes()
    for name in ("lug", "pcm", "sna"):
        path = min((DATA / "masakhanews" / name).iterdir())
        yield f"masakhanews/{name}", path.read_bytes()
    with zipfile.ZipFile(DATA / "nltk" / "udhr2.zip") as archive:
        for name in DECLARATIONS:
            yield f"udhr2/{name}", archive.read(f"udhr2/{name}.txt")


def slices() -> list[dict[str, object]]:
    """The first table, with what fails marked."""
    codes = {spec: cl.make(spec) for spec in ("cm", "cm:primer=64", "prose:primer=64")}
    fits = {preset: fit for preset in PRESETS if (fit := choice(f"cm:preset={preset}")) is not None}
    rows: list[dict[str, object]] = []
    for name, content in files():
        start = len(content) // 3 if len(content) > 3 * SLICE else 0
        part = content[start : start + SLICE]
        costs = {spec: code.bits(part).bits / 8 for spec, code in codes.items()}
        chosen = {preset: fit(content[:HEAD], len(content), False) for preset, fit in fits.items()}
        plain, read, words = costs.values()
        changes = f"{plain:>10,.0f}{read / plain - 1:>+9.2%}{words / read - 1:>+9.2%}"
        print(f"{name:28}{len(part):>7,}{changes}  {chosen['default']}", flush=True)
        rows.append({"file": name, "slice": len(part), "chosen": chosen} | costs)
    return rows


def small_frames() -> list[dict[str, object]]:
    """The second table."""
    rows: list[dict[str, object]] = []
    for name in SMALL:
        content = (DATA / name).read_bytes()[3000:]
        for size in (256, 300, 1000, 4000, 16_000):
            without = len(cl.compress(content[:size], code="cm:primer=0"))
            fitted = len(cl.compress(content[:size]))
            print(f"{name:28}{size:>7,}{without:>10,}{fitted:>10,}{fitted / without - 1:>+9.2%}", flush=True)
            rows.append({"file": name, "size": size, "cm": without, "chosen": fitted})
    return rows


def larger_primers() -> list[dict[str, object]]:
    """The third table."""
    sizes = (0, 64, 128, 256, 512)
    codes = [cl.make(f"cm:primer={kilobytes}") for kilobytes in sizes]
    rows: list[dict[str, object]] = []
    for name in LARGE:
        part = (DATA / name).read_bytes()[:96_000]
        costs = [code.bits(part).bits / 8 for code in codes]
        print(f"{name:28}{len(part):>7,}" + "".join(f"{cost:>10,.0f}" for cost in costs), flush=True)
        rows.append(
            {"file": name, "size": len(part)} | {f"primer={k}": cost for k, cost in zip(sizes, costs, strict=True)}
        )
    return rows


def main() -> None:
    """Print the tables and write the record."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--largest", action="store_true", help="also larger primers")
    largest = asked.parse_args().largest
    print(f"{'24 kB of':28}{'bytes':>7}{'cm':>10}{'primer':>9}{'prose':>9}  chosen for the whole")
    record: dict[str, object] = {"slices": (rows := slices())}
    print(f"\n{'frames':28}{'bytes':>7}{'primer=0':>10}{'chosen':>10}")
    record["frames"] = small_frames()
    if largest:
        print(f"\n{'primers of':28}{'bytes':>7}" + "".join(f"{k:>7} kB" for k in (0, 64, 128, 256, 512)))
        record["larger"] = larger_primers()
    RECORD.write_text(json.dumps(record, indent=1) + "\n")
    hurt = [str(row["file"]) for row in rows if _cost_of_choice(row) > LIMIT]
    if hurt:
        sys.exit(f"what is chosen for {', '.join(hurt)} costs more than {LIMIT} bytes there")


def _cost_of_choice(row: dict[str, Any]) -> float:
    """Bytes that the kind of code chosen for the whole file loses against the one that asks less of it."""
    chosen = str(row["chosen"]["default"])
    if chosen.startswith("prose"):
        return float(row["prose:primer=64"] - row["cm:primer=64"])
    return float(row["cm:primer=64"] - row["cm"]) if "primer" in chosen else 0.0


if __name__ == "__main__":
    main()
