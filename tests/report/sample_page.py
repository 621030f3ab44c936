"""A page as `codelength select` makes one: every block, every plot, every kind of number. The numbers are made up."""

import math

from codelength.core import Bits
from codelength.report import (
    Callout,
    Column,
    Fact,
    Figure,
    Interval,
    Page,
    Provenance,
    Section,
    Table,
    Text,
    plots,
)

HOSTILE = (
    "<script>alert('x')</script>.txt",
    "\" onmouseover='alert(1)' & $x_1$ </svg>.txt",
    "a-very-long-name-" + "without-any-space-" * 12 + "end.jsonl",
    "ملف-نصي-🙂-\u202egnp.txt",
)

NAMES = (
    "email, other half",
    "http",
    "urllib",
    "json",
    "licence.txt",
    "asyncio",
    "random bytes",
    "email, permuted bytes",
)

SAVED = (148_812.4, 61_240.9, 48_377.2, 20_114.0, 9_204.5, 31_882.7, -0.8, -3.1)
SIZES = (214_330, 301_562, 187_204, 52_118, 13_936, 498_700, 200_000, 214_330)
ADDED = (148_812.4, 9_377.6, 4_120.3, 611.8, -42.0)
STEPS = ("email, other half", "http", "urllib", "licence.txt", "json")


def page(names: tuple[str, ...] = NAMES) -> Page:
    """The page, with other names for the first sources where given."""
    names = names + NAMES[len(names) :]
    return Page(
        title="Which data helps email, one half",
        lead=f"“{names[0]}” saves 148,812 bits of the 412,906 that the task costs alone; "
        "three more sources add 14,110 bits, the rest nothing.",
        facts=(
            Fact("The task alone", Bits(412_906.2), "bits"),
            Fact("Given the four chosen", Bits(249_984.1), "bits"),
            Fact("Saved", Bits(162_922.1), "bits", note="39.5 % of the cost alone"),
            Fact("Regret of the mixture", 2.7, "bits", note="at most 3.32, whatever the sources are"),
        ),
        sections=(_sources(names), _greedy(), _mixture(names), _shared(names)),
        provenance=Provenance(
            command="codelength select --task email-a.txt --pool pool/*.txt --code cm --seed 0 --report report.html",
            date="2025-06-01",
            seeds={"bootstrap": 0},
            versions={"python": "3.11.2", "codelength": "0.1.0", "numpy": "2.2.0", "numba": "0.61.0"},
            machine={"system": "Linux-6.1-x86_64", "cores": "2"},
        ),
    )


def intervals() -> list[Interval]:
    """A 95 % interval for each source."""
    return [Interval(saved - 0.04 * abs(saved) - 3, saved + 0.04 * abs(saved) + 3) for saved in SAVED]


def sources(names: tuple[str, ...] = NAMES) -> Table:
    """The ranked table."""
    columns = (
        Column("source", "Source"),
        Column("saved", "Saved", "bits", help="|C(T)| - |C(T|X)|: how much shorter the task becomes given the source."),
        Column("interval", "95 % interval", "bits", help="From resampling blocks of the task."),
        Column("size", "Size", "bytes"),
        Column("rate", "Saved per byte", "bits", help="Bits saved for each byte of the source.", digits=3),
        Column("added", "Added when chosen", "bits", help="What it adds to those chosen before it; empty: not chosen."),
    )
    added = dict(zip(STEPS, ADDED, strict=True))
    rows = [
        {
            "source": name,
            "saved": Bits(saved),
            "interval": interval,
            "size": size,
            "rate": saved / size,
            "added": Bits(added[plain]) if plain in added else None,
        }
        for name, plain, saved, interval, size in zip(names, NAMES, SAVED, intervals(), SIZES, strict=True)
    ]
    return Table("Sources", columns, rows, note="Code: cm. Task: 201,448 bytes.")


def _sources(names: tuple[str, ...]) -> Section:
    warning = Callout(
        "warning",
        f"“{names[0]}” holds 3,120 bytes of the task word for word (1.5 % of it); 21,400 of the bits it saves fall on "
        "those bytes. Remove them from the source if they would not be there in use.",
        title="The pool contains part of the task",
    )
    bars = plots.bars(names, [Bits(saved) for saved in SAVED], title="Bits saved by each source", intervals=intervals())
    steps = plots.cumulative(
        STEPS, [Bits(added) for added in ADDED], title="Bits added by each choice", taken=[True] * 4 + [False]
    )
    return Section(
        "Sources",
        (
            Text("How many bits each source saves on the task when the code has read it first.\n\nRanked by saving."),
            warning,
            sources(names),
            Figure(bars, "Bits saved by each source alone, with 95 % intervals."),
            Figure(steps, "What each next source adds to those above it; hollow: refused."),
        ),
    )


def _greedy() -> Section:
    columns = (
        Column("step", "Step"),
        Column("source", "Source"),
        Column("added", "Added", "bits"),
        Column("given", "Task then costs", "bits"),
    )
    left = [412_906.2 - sum(ADDED[: k + 1]) for k in range(len(ADDED))]
    rows = [
        {"step": k + 1, "source": name, "added": Bits(added), "given": Bits(cost)}
        for k, (name, added, cost) in enumerate(zip(STEPS, ADDED, left, strict=True))
    ]
    return Section("Chosen one after another", (Table("Steps", columns, rows),))


def _mixture(names: tuple[str, ...]) -> Section:
    experts = ("(nothing)", *names, "(greedy union)")
    positions = [2.0**k for k in range(18)]
    scores = [0.0, 2.2, 1.1, 0.9, 0.5, 0.2, 0.6, -0.3, -0.3, 2.6]
    series: dict[str, list[float]] = {name: [] for name in experts}
    for position in positions:
        raw = [math.exp(score * math.log2(position)) for score in scores]
        for name, weight in zip(experts, raw, strict=True):
            series[name].append(weight / sum(raw))
    kinds = Table(
        "Every kind of number",
        (Column("what", "What"), Column("bits", "Value", "bits")),
        [
            {"what": "a stream", "bits": Bits(1234.5)},
            {"what": "-ELBO", "bits": Bits(1240.25, "upper")},
            {"what": "a lower bound", "bits": Bits(900.0, "lower")},
            {"what": "sampled", "bits": Bits(1200.0, "estimate", 12.5)},
            {"what": "unbounded", "bits": Bits(math.inf, "upper")},
            {"what": "not run", "bits": None},
        ],
    )
    figure = plots.lines(
        positions,
        series,
        title="Weights of the experts",
        x_label="bytes of the task",
        y_label="posterior weight",
        log_x=True,
    )
    curve = plots.lines(
        [float(k) for k in range(1, 41)],
        {"ours": [2.1 + 1.4 / k**0.5 for k in range(1, 41)], "random": [2.5 + 1.0 / k**0.5 for k in range(1, 41)]},
        title="Bits per byte over kilobytes selected",
        x_label="kilobytes selected",
        y_label="bits per byte",
    )
    return Section("The mixture", (kinds, Figure(figure, "Posterior weight of each expert."), Figure(curve)))


def _shared(names: tuple[str, ...]) -> Section:
    n = len(names)
    shared = [
        [61_000.0 / (1 + abs(i - j)) - 900 * min(i, j) if i != j else 400_000.0 for j in range(n)] for i in range(n)
    ]
    merges = [(0, 1, 0.42, 2), (2, 3, 0.5, 2), (8, 9, 0.61, 4), (4, 5, 0.66, 2), (10, 11, 0.82, 6), (6, 7, 0.97, 2)]
    merges.append((12, 13, 1.0, 8))
    columns = (Column("name", "File"), *(Column(f"c{j}", str(j + 1), digits=0) for j in range(n)))
    rows = [{"name": names[i], **{f"c{j}": Bits(shared[i][j], "estimate") for j in range(n)}} for i in range(n)]
    heat = plots.heatmap(names, shared, title="Shared bits", unit="shared bits")
    tree = plots.dendrogram(names, merges, title="Tree of distances", unit="normalised distance")
    return Section(
        "Shared", (Figure(heat, "Bits that each pair shares."), Figure(tree), Table("Shared bits", columns, rows))
    )
