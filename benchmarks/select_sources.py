"""Selection by sources: does a target find its own kind first, its relatives next, and nothing in random bytes?

    python -m benchmarks.select_sources

Languages: the same 240 paragraphs in 12 languages. Target: the last 40 paragraphs of one; sources: the first 200 of
each, so that no source says what the target says, and 60 kB of random bytes. Logs: of 8 systems, the second half of one
is the target, the first halves of all are the sources. Code: cm. Also prints what the source code cites: how far the
order of a chain matters, and how much of a target stands word for word in a source where nothing was copied.
Writes benchmarks/records/select_sources.json.
"""

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.real_data import DATA
from codelength.catalogue import make
from codelength.core import Learner
from codelength.measures import block_sums, byte_costs, fixed_ends, interval
from codelength.tasks import Selection, select_sources
from codelength.tasks.scoring import pieces

RELATIVES = {"es": "ro", "ro": "es", "de": "en", "en": "de"}
"""Languages with a relative among the 12 (Romance; Germanic). The others have none in their script or family."""

RECORD = Path(__file__).parent / "records" / "select_sources.json"


def languages() -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Targets and sources by name."""
    targets, sources = {}, {}
    for path in sorted((DATA / "languages").glob("*.txt")):
        paragraphs = path.read_bytes().split(b"\n")
        sources[path.stem] = b"\n".join(paragraphs[:200])
        targets[path.stem] = b"\n".join(paragraphs[200:240])
    sources["random"] = np.random.default_rng(0).bytes(60_000)
    return targets, sources


def logs() -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Targets and sources by name."""
    targets, sources = {}, {}
    for path in sorted((DATA / "logs").glob("*.log")):
        lines = path.read_bytes().splitlines(keepends=True)
        name = path.stem.removesuffix("_2k")
        sources[name], targets[name] = b"".join(lines[: len(lines) // 2]), b"".join(lines[len(lines) // 2 :])
    return targets, sources


def rows_of(found: Selection) -> list[dict[str, Any]]:
    """What the record keeps of a selection: the sources, best first."""
    return [
        {
            "source": row.name,
            "saved": row.saved.bits,
            "lower": row.interval.lower if row.interval else None,
            "upper": row.interval.upper if row.interval else None,
            "mixed": row.mixed.saved.bits,
            "mixed_lower": row.mixed.interval.lower if row.mixed.interval else None,
            "mixed_upper": row.mixed.interval.upper if row.mixed.interval else None,
            "overlap": row.overlap.fraction if row.overlap else 0.0,
        }
        for row in found.sources
    ]


def run(title: str, targets: dict[str, bytes], sources: dict[str, bytes], console: Console) -> dict[str, Any]:
    """Each target against all sources; the greedy choice stops after one, which costs nothing more."""
    code = make("cm")
    record: dict[str, Any] = {}
    table = Table(title=title)
    for column in ("target", "bits alone", "1st: bits saved (95 %)", "2nd", "3rd", "last", "overlap", "s"):
        table.add_column(column, justify="left" if column == "target" else "right")
    for name, target in targets.items():
        start = time.perf_counter()
        found = select_sources(target, sources, code, max_picks=1)
        rows = rows_of(found)
        record[name] = {"alone": found.alone.bits, "sources": rows, "own_first": rows[0]["source"] == name}
        first, second, third, last = (rows[i] for i in (0, 1, 2, -1))
        table.add_row(
            name,
            f"{found.alone.bits:,.0f}",
            f"{first['source']} {first['saved']:,.0f} ({first['lower']:,.0f} to {first['upper']:,.0f})",
            f"{second['source']} {second['saved']:,.0f}",
            f"{third['source']} {third['saved']:,.0f}",
            f"{last['source']} {last['saved']:,.0f} ({last['lower']:,.0f} to {last['upper']:,.0f})",
            f"{max(row['overlap'] for row in rows):.1%}",
            f"{time.perf_counter() - start:.0f}",
        )
    console.print(table)
    return record


def order_matters(target: bytes, sources: dict[str, bytes]) -> dict[str, float]:
    """Bits that two sources save on a Spanish target, in both orders."""
    code = make("cm")
    assert isinstance(code, Learner)
    alone = code.bits(target).bits
    return {
        f"{first}, then {second}": alone - code.given(sources[first]).given(sources[second]).bits(target).bits
        for first, second in (("es", "ro"), ("ro", "es"))
    }


def cutting_matters(target: bytes, source: bytes) -> dict[str, str]:
    """The interval of one saving, from pieces of equal size and of equal cost."""
    code = make("cm")
    assert isinstance(code, Learner)
    savings = byte_costs(code, target) - byte_costs(code.given(source), target)
    cuts = {"equal size": fixed_ends(len(target), -(-len(target) // 200)), "equal cost": pieces(target, code)}
    return {name: f"{savings.sum():,.0f}, {interval(block_sums(savings, ends))}" for name, ends in cuts.items()}


def main() -> None:
    console = Console(width=140)
    targets, sources = languages()
    record = {"languages": run("12 languages and random bytes", targets, sources, console)}
    orders = order_matters(targets["es"], sources)
    for order, saved in orders.items():
        print(f"Spanish given {order}: {saved:,.0f} bits saved")
    targets, sources = logs()
    record["logs"] = run("8 systems' logs", targets, sources, console)
    cutting = cutting_matters(targets["Hadoop"], sources["Hadoop"])
    for cut, saved in cutting.items():
        print(f"Hadoop's log given its first half, in 200 pieces of {cut}: {saved}")
    for kind in ("languages", "logs"):
        own = sum(entry["own_first"] for entry in record[kind].values())
        print(f"{kind}: own kind first in {own} of {len(record[kind])}")
    for name, relative in RELATIVES.items():
        ranks = [row["source"] for row in record["languages"][name]["sources"]]
        print(f"{name}: its relative {relative} is number {ranks.index(relative) + 1} of {', '.join(ranks)}")
    noise = [row for entry in record["languages"].values() for row in entry["sources"] if row["source"] == "random"]
    for by, prefix in (("random bytes", ""), ("random bytes, mixed with doing without", "mixed_")):
        saved = [row[prefix.removesuffix("_") or "saved"] for row in noise]
        zero = sum(row[f"{prefix}lower"] <= 0 <= row[f"{prefix}upper"] for row in noise)
        range_of = f"{min(saved):,.1f} to {max(saved):,.1f}"
        print(f"{by}: 0 bits within the interval in {zero} of {len(noise)}; saved {range_of}")
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text(json.dumps(record | {"order": orders, "cutting": cutting}, indent=1) + "\n")


if __name__ == "__main__":
    main()
