"""What the chosen parameters of `cm` are worth: bytes with and without the primer, file by file.

    python -m benchmarks.chosen [--largest]

The first table: 24 kB out of the middle of every file of Calgary, Canterbury, the languages and the logs, of parts of
Silesia and of texts that look like English and are not (captions, declarations of human rights, digits, DNA), under
`cm` and under `cm:primer=64`; beside it what `suited` chooses for the whole file. The second: prose of 256 to 16,000
bytes as whole frames, chosen and without. The third, with `--largest` (a minute more): 96 kB of four files under
primers of 64 to 512 kB, for what a larger one is worth. Prints, and writes benchmarks/records/chosen.json.

Fails when a primer is chosen for a file of the first table and costs it more than 32 bytes.
"""

import argparse
import gzip
import json
import lzma
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import codelength as cl
from benchmarks.real_data import DATA
from codelength.predictors.mixing.suited import suited

SLICE = 24_000
LIMIT = 32
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
    plain, primed = cl.make("cm"), cl.make("cm:primer=64")
    rows: list[dict[str, object]] = []
    for name, content in files():
        start = len(content) // 3 if len(content) > 3 * SLICE else 0
        part = content[start : start + SLICE]
        without, read = (code.bits(part).bits / 8 for code in (plain, primed))
        chosen = {preset: suited(content[: 1 << 20], len(content), preset) for preset in ("default", "max")}
        shown = ", ".join(f"{key}={value}" for key, value in chosen["default"].items())
        print(
            f"{name:28}{len(part):>7,}{without:>10,.0f}{read:>10,.0f}{read / without - 1:>+9.2%}  {shown}", flush=True
        )
        rows.append({"file": name, "slice": len(part), "cm": without, "primer=64": read, "chosen": chosen})
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
    print(f"{'24 kB of':28}{'bytes':>7}{'cm':>10}{'primer=64':>10}{'':9}  chosen for the whole")
    record: dict[str, object] = {"slices": (rows := slices())}
    print(f"\n{'frames':28}{'bytes':>7}{'primer=0':>10}{'chosen':>10}")
    record["frames"] = small_frames()
    if largest:
        print(f"\n{'primers of':28}{'bytes':>7}" + "".join(f"{k:>7} kB" for k in (0, 64, 128, 256, 512)))
        record["larger"] = larger_primers()
    RECORD.write_text(json.dumps(record, indent=1) + "\n")
    hurt = [row["file"] for row in rows if row["chosen"]["default"] and row["primer=64"] - row["cm"] > LIMIT]  # type: ignore
    if hurt:
        sys.exit(f"a primer is chosen for {', '.join(map(str, hurt))} and costs more than {LIMIT} bytes there")


if __name__ == "__main__":
    main()
