"""Several piles of unlabelled documents at once: what each is worth, and what useless ones cost beside useful ones.

    python -m benchmarks.piles [--only AG] [--again]              about 30 minutes on a free core

The splits of `benchmarks.semi_supervised`. Five piles each: the two halves of the rest of the pool (as they come,
labels removed), 10,000 French image captions, 2,000 documents of random letters, and the pool of another task (R8's for
AG News and 20 Newsgroups, AG News' for R8). Rows: no pile; the rest of the pool alone, which is what somebody would do
who knows which piles are useful; all piles joined, which is what one does who does not; and `PileClassifier`; the
joined pile, and the pool alone, cut by subject into four parts that are weighed one by one. For each pile the bits that
it alone saves on the labels of training, with a 95 % interval over the labels, and the weight of the ways
that use it. Accuracies are of 500 documents asked, with bootstrap intervals. The number of captions was chosen after
2,000 had cost AG News 100 .028 of accuracy and 10,000 had cost AG News 10 .310; how common a word may be that parts are
told by, by how purely these piles came apart (no label was looked at).
Writes benchmarks/records/piles.json.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.classify_text_splits import Split, ag_news, r8
from benchmarks.semi_supervised import SPLITS, USELESS, captions, interval, letters
from codelength.tasks.classify import PileClassifier, SemiSupervisedCodeClassifier

RECORD = Path(__file__).parent / "records" / "piles.json"
ROWS = ("no pile", "the pool", "all joined", "by bits", "joined, cut", "the pool, cut")
PARTS = 4
CAPTIONS = 10_000
FIRST, SECOND = "first half of the pool", "second half of the pool"


def piles(split: Split) -> dict[str, list[bytes]]:
    """Two useful ones, and three that are not of the task."""
    half = len(split.unlabelled) // 2
    other = ag_news(100) if split.name.startswith("R8") else r8(100)
    return {
        FIRST: split.unlabelled[:half],
        SECOND: split.unlabelled[half:],
        "French captions": captions()[:CAPTIONS],
        "random letters": letters(split.unlabelled[:USELESS]),
        "another task": other.unlabelled,
    }


def asked(split: Split, fitted: Any, busy: float) -> dict[str, Any]:
    """Accuracy of a fitted classifier, its interval, and its codelength of the labels."""
    right = np.asarray(fitted.predict(split.asked)) == np.array(split.answers)
    mixed = fitted.piles_ if isinstance(fitted, PileClassifier) else fitted.mixture_
    return {
        "accuracy": float(right.mean()),
        "interval": interval(right.astype(float)),
        "label_bits": mixed.bits.bits,
        "processor_seconds": busy,
    }


def measure(split: Split, found: dict[str, Any]) -> dict[str, Any]:
    """The rows of one split that are not found yet."""
    given = piles(split)
    joined = [text for pile in given.values() for text in pile]
    one = SemiSupervisedCodeClassifier
    ways: dict[str, tuple[Any, Any]] = {
        "no pile": (one(), []),
        "the pool": (one(), split.unlabelled),
        "all joined": (one(), joined),
        "by bits": (PileClassifier(), given),
        "joined, cut": (PileClassifier(parts=PARTS), {"all": joined}),
        "the pool, cut": (PileClassifier(parts=PARTS), {"pool": split.unlabelled}),
    }
    for name, (model, unlabelled) in ways.items():
        if name in found:
            continue
        busy = time.process_time()
        model.fit(split.train, split.labels, unlabelled=unlabelled)
        found[name] = asked(split, model, time.process_time() - busy)
        if isinstance(model, PileClassifier):
            found[name] |= weighed(split, model)
    return found


def weighed(split: Split, model: PileClassifier) -> dict[str, Any]:
    """Ways and piles, and that the certificate holds for each way."""
    mixed = model.piles_
    for way in mixed.ways:
        if mixed.bits.bits > way.bits.bits + mixed.certificate(way.piles).bits:
            raise SystemExit(f"{split.name}: the certificate fails for {way.piles}")
    return {
        "ways": [[list(way.piles), way.bits.bits, way.weight] for way in mixed.ways],
        "regret": mixed.regret.bits,
        "piles": [
            {
                "name": worth.name,
                "size": worth.size,
                "saved": worth.saved.bits,
                "interval": [worth.interval.lower, worth.interval.upper] if worth.interval else None,
                "weight": worth.weight,
            }
            for worth in mixed.worths
        ],
    }


def show(record: dict[str, Any], console: Console) -> None:
    """Accuracies, then what each pile is worth."""
    table = Table(title="500 asked; 95 % intervals")
    for column in ("", *ROWS):
        table.add_column(column, justify="left" if not column else "right")
    for name, found in record.items():
        rows = [found[row] for row in ROWS if row in found]
        shares = [f"{row['accuracy']:.3f} ({row['interval'][0]:.3f}-{row['interval'][1]:.3f})" for row in rows]
        table.add_row(name, *shares)
        table.add_row("  label bits", *(f"{row['label_bits']:.1f}" for row in rows))
        table.add_row("  processor s", *(f"{row['processor_seconds']:.0f}" for row in rows))
    console.print(table)
    table = Table(title="What each pile alone saves on the labels, bits")
    for column in ("", "pile", "documents", "saved", "95 %", "weight"):
        table.add_column(column, justify="left" if column in ("", "pile") else "right")
    for name, found in record.items():
        for pile in [*found["by bits"]["piles"], *found["joined, cut"]["piles"]]:
            between = f"{pile['interval'][0]:.1f} to {pile['interval'][1]:.1f}" if pile["interval"] else ""
            cells = (f"{pile['size']:,}", f"{pile['saved']:.1f}", between, f"{pile['weight']:.3f}")
            table.add_row(name, pile["name"], *cells)
    console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="splits whose name has this in it; the record keeps the others")
    parser.add_argument("--again", action="store_true", help="measure rows again that are there")
    args = parser.parse_args()
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    for name, (make, _, _) in SPLITS.items():
        if args.only in name:
            record[name] = measure(make(), {} if args.again else record.get(name, {}))
            RECORD.write_text(json.dumps(record, indent=1) + "\n")
            print(name, {row: record[name][row]["accuracy"] for row in ROWS})
    show({name: record[name] for name in SPLITS if name in record}, Console(width=150))


if __name__ == "__main__":
    main()
