"""What the settings of document selection were chosen on, and how much they matter.

    python -m benchmarks.select_sensitivity

Not the split of `benchmarks.select_documents`: here the task is 100 documents of a class of AG News from the midst of
the pool, the 200 after them are held out, the pool is what is left, and the last 100 of each class, that benchmark's
held-out documents, are not looked at. Two such splits, 4 classes, bits per byte under the order-4 byte model; "common":
1,500 documents of the task's class among 6,000, 120 kB; "rare": 85 of them (16 kB) among 4,585, 40 kB.
Prints a table and writes benchmarks/records/select_sensitivity.json.
"""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.byte_model import ByteModel
from benchmarks.select_documents import CLASSES
from codelength.tasks.belonging import Themes, belonging
from codelength.tasks.coverage import PRIOR, cover_target
from codelength.tasks.ngrams import ORDERS, count_ngrams

RECORD = Path(__file__).parent / "records" / "select_sensitivity.json"


@dataclass(frozen=True)
class Settings:
    """Those of `tasks.documents` by default."""

    themes: Themes = field(default_factory=Themes)
    floor: float = 0.1
    strength: float = PRIOR
    orders: tuple[int, ...] = ORDERS
    seed: int = 0


@dataclass(frozen=True)
class Case:
    """A task and what is to be chosen from. `own`: documents of the pool in the task's class."""

    task: list[bytes]
    held: list[bytes]
    pool: list[bytes]
    own: np.ndarray
    budget: int

    def judge(self, chosen: list[int]) -> float:
        """Bits per byte of what is held out."""
        bits = ByteModel([*self.task, *(self.pool[i] for i in chosen)]).bits(self.held)
        return float(bits.sum()) / sum(map(len, self.held))

    def first(self, order: np.ndarray) -> list[int]:
        """Documents in an order, up to the budget."""
        sizes = np.array([len(self.pool[i]) for i in order.tolist()])
        return order[np.cumsum(sizes) <= self.budget].tolist()

    def choose(self, settings: Settings) -> list[int]:
        """As `tasks.documents` does."""
        likely = belonging(self.task, self.pool, settings=settings.themes, seed=settings.seed)
        rows = [*self.task, *self.pool]
        own = np.arange(len(rows)) < len(self.task)
        weights = np.where(own, 1.0, 0.0)
        weights[~own] = settings.floor + (1.0 - settings.floor) * likely
        ngrams = count_ngrams(rows, settings.orders)
        known, target = ngrams.total(own.astype(float)), ngrams.total(weights)
        sizes = np.array([len(row) for row in rows], dtype=np.int64)
        found = cover_target(ngrams, target, known, sizes, ~own, self.budget, strength=settings.strength)
        return (found.taken - len(self.task)).tolist()


def case(split: int, k: int, documents: int, budget: int) -> Case:
    """One class of one split, with so many documents of the task's class in the pool."""
    start = 450 * split + 50
    rest = [c[:start] + c[start + 300 : 1800] for c in CLASSES]
    rest[k] = rest[k][:documents]
    own = np.repeat(np.arange(4) == k, [len(c) for c in rest])
    task, held = CLASSES[k][start : start + 100], CLASSES[k][start + 100 : start + 300]
    return Case(task, held, [d for c in rest for d in c], own, budget)


def variants() -> dict[str, Settings]:
    """The defaults, and one thing changed at a time."""
    base = Settings()
    changed = {
        f"{name} {value}": replace(base, themes=replace(base.themes, **{name: value}))
        for name, values in {
            "themes": (2, 4, 16),
            "tempering": (0.1, 1.0),
            "smoothing": (0.03, 1.0),
            "share": (0.05, 0.5),
        }.items()
        for value in values
    }
    changed |= {f"floor {value}": replace(base, floor=value) for value in (0.0, 0.2, 0.4)}
    changed |= {f"strength {value}": replace(base, strength=value) for value in (0.03, 0.3, 1.0)}
    changed |= {f"orders {value}": replace(base, orders=value) for value in ((4,), (2, 3, 4, 5, 6))}
    return {"defaults": base, "another seed": replace(base, seed=1)} | changed


def main() -> None:
    cases = {
        "common": [case(split, k, 1500, 120_000) for split in (1, 3) for k in range(4)],
        "rare": [case(split, k, 85, 40_000) for split in (1, 3) for k in range(4)],
    }
    rng = np.random.default_rng(0)
    rows: dict[str, dict[str, float]] = {"random": {}, "oracle labels": {}}
    for kind, each in cases.items():
        rows["random"][kind] = np.mean([c.judge(c.first(rng.permutation(len(c.pool)))) for c in each])
        rows["oracle labels"][kind] = np.mean([c.judge(c.first(rng.permutation(np.flatnonzero(c.own)))) for c in each])
    for name, settings in variants().items():
        rows[name] = {kind: np.mean([c.judge(c.choose(settings)) for c in each]) for kind, each in cases.items()}
    table = Table(title="settings of document selection: held-out bits per byte")
    for column in ("", "common", "rare"):
        table.add_column(column, justify="right" if column else "left")
    for name, row in rows.items():
        table.add_row(name, f"{row['common']:.4f}", f"{row['rare']:.4f}")
    Console().print(table)
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
