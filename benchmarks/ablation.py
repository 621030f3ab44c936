"""What each context and each selector of a preset is worth: bits more, and processor time less, when it is left out.

    python -m benchmarks.ablation [--preset default] [--files NAME ...] [--only PART ...] [--quick]

Five slices of varied data (prose, markup, news, sources, machine code), some 400 kB; `--quick` takes the first quarter
of each. A line says by how many per cent all bits together grow without this part (minus: they shrink, the part does
harm), the same for each file, and by how many per cent the time falls. Contexts see much of the same, so what a part
is worth is not what several of them together are worth. The record, benchmarks/records/ablation.PRESET[.quick].json,
grows line by line: a run that was interrupted goes on where it was.
"""

import argparse
import sys
import time
from hashlib import blake2b
from pathlib import Path

from rich.progress import Progress, TimeRemainingColumn

from benchmarks.real_data import DATA
from benchmarks.rows import SOURCE, Row, Rows
from codelength.predictors.mixing import ContextMixing, Model
from codelength.predictors.mixing.presets import PRESETS

SLICES = {
    "enwik6": ("enwik/enwik6", 300_000, 120_000),
    "news": ("calgary/news", 0, 90_000),
    "progl": ("calgary/progl", 0, 70_000),
    "paper1": ("calgary/paper1", 0, 53_161),
    "obj2": ("calgary/obj2", 0, 80_000),
}
WHOLE = "(nothing left out)"
RECORDS = Path(__file__).resolve().parent / "records"


def slices(names: list[str], quick: bool) -> dict[str, bytes]:
    """The data: so many bytes of each file, from a place on."""
    parts = {}
    for name in names:
        path, start, size = SLICES[name]
        parts[name] = (DATA / path).read_bytes()[start : start + (size // 4 if quick else size)]
    return parts


def sources_digest() -> str:
    """A digest of the sources that context mixing is made of, and of no other predictor's."""
    digest = blake2b(digest_size=6)
    for path in sorted([*(SOURCE / "predictors").glob("*.py"), *(SOURCE / "predictors" / "mixing").glob("*.py")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def measure(model: Model, data: dict[str, bytes]) -> Row:
    """Bits of each slice by itself, and processor seconds for all."""
    start = time.process_time()
    bits = {name: round(float(ContextMixing(model=model).bits(part)), 1) for name, part in data.items()}
    return {"bits": bits, "seconds": round(time.process_time() - start, 3)}


def more(row: Row, whole: Row, name: str | None = None) -> float:
    """Per cent more bits than with everything: of a file, or of all."""
    names = [name] if name else list(whole["bits"])
    bits, least = (sum(each["bits"][name] for name in names) for each in (row, whole))
    return 100 * (float(bits) / float(least) - 1)


def table(rows: dict[str, Row], kinds: dict[str, str]) -> str:
    """One line a part, what is worth most first."""
    whole = rows[WHOLE]
    names = list(whole["bits"])
    lines = [f"{'left out':28}{'':10}{'all, %':>9}" + "".join(f"{name:>9}" for name in names) + f"{'time, %':>9}"]
    for part in sorted(kinds, key=lambda part: -more(rows[part], whole)):
        row = rows[part]
        files = "".join(f"{more(row, whole, name):+9.3f}" for name in names)
        faster = 100 * (row["seconds"] / whole["seconds"] - 1)
        lines.append(f"{part:28}{kinds[part]:10}{more(row, whole):+9.3f}{files}{faster:+9.1f}")
    each = "  ".join(f"{name} {bits / 8:,.0f}" for name, bits in whole["bits"].items())
    return "\n".join([*lines, f"\nwith everything, bytes: {each}; {whole['seconds']:.2f} s"])


def parts_of(model: Model) -> dict[str, str]:
    """Name -> context, counted context or selector."""
    named = {each.name: "context" for each in model.contexts}
    named |= {f"counted {each.name}": "counted" for each in model.counted}
    return named | {each.name: "selector" for each in model.selectors}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", choices=PRESETS, default="default")
    parser.add_argument("--files", nargs="+", choices=SLICES, default=list(SLICES))
    parser.add_argument("--only", nargs="+", metavar="PART", help="leave out only these, by name")
    parser.add_argument("--quick", action="store_true", help="the first quarter of each slice")
    parser.add_argument("--again", action="store_true", help="measure anew what the record has")
    args = parser.parse_args()
    model = PRESETS[args.preset]
    kinds = parts_of(model)
    if unknown := set(args.only or ()) - set(kinds):
        sys.exit(f"no part of {args.preset} is called {', '.join(sorted(unknown))}; there are {', '.join(kinds)}")
    kinds = {part: kind for part, kind in kinds.items() if part in (args.only or kinds)}
    quick = " --quick" if args.quick else ""
    command = f"python -m benchmarks.ablation --preset {args.preset}{quick}"
    record = Rows(RECORDS / f"ablation.{args.preset}{'.quick' if args.quick else ''}.json", command, args.again)
    data, version, rows = slices(args.files, args.quick), sources_digest(), {}
    ContextMixing(args.preset).bits(b"compile")
    with Progress(*Progress.get_default_columns()[:-1], TimeRemainingColumn()) as progress:
        for part in progress.track([WHOLE, *kinds], description=args.preset):
            key = (part, *args.files)
            less = model if part == WHOLE else model.without(part)
            rows[part] = record.get(key, version) or record.put(key, version, measure(less, data))
    print(table(rows, kinds))


if __name__ == "__main__":
    main()
