"""`codelength bits`: the codelength of each file, under one code or all of them side by side."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Annotated

import typer

from codelength.catalogue import CATALOGUE, DEFAULT, make
from codelength.cli.batch import read_side
from codelength.cli.options import (
    DEFAULT_MAX_SIZE,
    GivenOption,
    JobsOption,
    JsonOption,
    MaxSizeOption,
    PresetOption,
    QuietOption,
    ReportOption,
    code_named,
    complete_code,
    read_once,
)
from codelength.cli.screen import Screen
from codelength.core import Bits, Density, Learner, UnknownCodeError
from codelength.data import Source, read_paths

ALL = "all"

CodesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--code",
        metavar="NAME|all",
        help="A code, or all of them side by side. Repeatable.",
        show_default=DEFAULT,
        autocompletion=complete_code,
    ),
]


def bits(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="Files; a directory is all of its files; - is stdin.")
    ],
    code: CodesOption = None,
    preset: PresetOption = None,
    given: GivenOption = None,
    jobs: JobsOption = None,
    report: ReportOption = None,
    max_size: MaxSizeOption = DEFAULT_MAX_SIZE,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say how many bits each PATH costs, and what kind of number that is.

    Without --code each is measured as `compress` would code it, with the parameters that suit it (cm:primer=64). Saying
    which is not counted: those few bytes are the frame's. A --code is taken as it stands.

    With --given: what it costs someone who knows that already. A code that cannot take side information itself is
    differenced, |C(xy)| - |C(x)|, which is an estimate.
    """
    from codelength.api.copied import fitted
    from codelength.cli.bits_view import Row, bits_table, write_bits_page
    from codelength.tasks.parallel import mapped

    read_once(paths, given)
    if preset is not None and code is not None:
        code = [code_named(", ".join(code), preset)]
    plain = code_named(None, preset) if code is None else None
    screen = Screen(as_json=as_json, quiet=quiet)
    specs, notes = _available(code or [code_named(None, preset)])
    sources = read_paths(paths, max_size=max_size)
    side = read_side(given, max_size=max_size)
    notes += [f"left out {line}" for source in sources for line in source.skipped]
    for note in notes:
        screen.warn(note)
    work = [
        _Work(name, name if plain is None else fitted(plain, source.content, side), source, side)
        for source in sources
        for name in specs
    ]
    # Code by code, so that what is given is learned once for each; shown file by file.
    by_spec = sorted(work, key=attrgetter("spec"))
    with screen.progress() as advance:
        costs = mapped(_measure, by_spec, jobs=jobs, phase="coding", on_progress=advance)
        coded = {(item.asked, item.source.name): cost for item, cost in zip(by_spec, costs, strict=True)}
    rows = [
        Row(item.source.name, len(item.source.content), item.asked, item.spec, *coded[item.asked, item.source.name])
        for item in work
    ]
    record = {"command": "bits", "given_bytes": len(side), "rows": rows, "warnings": notes}
    screen.result(record, bits_table(rows, len(side)))
    if report is not None:
        write_bits_page(screen, report, rows, len(side))


@dataclass(frozen=True, slots=True)
class _Work:
    asked: str
    spec: str
    source: Source
    side: bytes


def _measure(work: _Work) -> tuple[Bits, float]:
    """Codelength, and the seconds it took."""
    code = _ready(work.spec, work.side)
    began = time.perf_counter()
    cost = code.bits(work.source.content)
    return cost, time.perf_counter() - began


@lru_cache(maxsize=1)
def _ready(spec: str, side: bytes) -> Density[bytes]:
    """The code, conditioned, and compiled beforehand, so that what is timed later is coding."""
    from codelength.api import conditioned

    code = make(spec)
    (code.given(b"side") if isinstance(code, Learner) and side else code).bits(b"compiled")
    return conditioned(code, side)


def _available(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Specs to measure, and notes on those of `all` that cannot be had here."""
    specs: list[str] = []
    notes: list[str] = []
    for name in names:
        if name != ALL:
            specs.append(make(name).spec)
            continue
        for known in CATALOGUE:
            try:
                specs.append(make(known).spec)
            except UnknownCodeError as error:
                notes.append(f"left out {error}")
    return list(dict.fromkeys(specs)), notes
