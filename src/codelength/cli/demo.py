"""`codelength demo`: the main job on data that every machine with Python has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codelength.catalogue import make
from codelength.cli.options import (
    CodeOption,
    JsonOption,
    PresetOption,
    QuietOption,
    code_named,
    not_stdout,
    some_workers,
)
from codelength.cli.screen import Screen
from codelength.cli.stdlib import PACKAGE, standard_library
from codelength.data import display

SEED = 0

_MOST_JOBS = 4
"""So many sources are tried at once in a greedy step; each process takes some 300 MB."""

PageOption = Annotated[
    Path, typer.Option("--output", "-o", metavar="FILE", callback=not_stdout, help="Where the report goes.")
]
DemoJobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        metavar="N",
        callback=some_workers,
        help="Processes to work in.",
        show_default="the cores, at most 4",
    ),
]


def demo(
    out: PageOption = Path("codelength-demo.html"),
    code: CodeOption = None,
    preset: PresetOption = None,
    jobs: DemoJobsOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show the main job on this Python's own standard library; under a minute, and a report to look at.

    The task is half of asyncio. Which helps to predict it: its other half, other packages, a licence text, random
    bytes, or its other half with the bytes shuffled?
    """
    from joblib import cpu_count

    from codelength.cli.select_view import shown_on_screen, write_select_page
    from codelength.tasks import select_sources

    spec = code_named(code, preset)
    jobs = min(cpu_count(), _MOST_JOBS) if jobs is None else jobs
    screen = Screen(as_json=as_json, quiet=quiet)
    data = standard_library(SEED)
    task = f"half of {PACKAGE}"
    with screen.progress() as advance:
        advance("compiling (the first time only)", 0, 0)
        chosen = make(spec)
        found = select_sources(data.task, data.pool, chosen, jobs=jobs, seed=SEED, on_progress=advance)
    for warning in found.warnings:
        screen.warn(warning)
    record = {"command": "demo", "task": task, "folder": data.folder, "report": display(out)} | found.as_dict()
    screen.result(record, *shown_on_screen(found, task))
    write_select_page(
        screen, out, found, task, title="Which data helps? A demo", notes=[f"All data come from {data.folder}."]
    )
