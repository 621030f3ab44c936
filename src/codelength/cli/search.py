"""`codelength search`: the shortest program that a search finds for a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codelength.cli.batch import read_side
from codelength.cli.options import (
    DEFAULT_MAX_SIZE,
    GivenOption,
    JsonOption,
    MaxSizeOption,
    QuietOption,
    ReportOption,
    read_once,
    some_workers,
)
from codelength.cli.screen import Screen
from codelength.data import read_path

if TYPE_CHECKING:
    from codelength.tasks.search import ShortestProgram

SecondsOption = Annotated[
    float, typer.Option("--seconds", metavar="S", min=0.0, help="Begin no round of the search that would end later.")
]
JobsOption = Annotated[
    int,
    typer.Option(
        "--jobs", "-j", metavar="N", callback=some_workers, help="Threads to search with; -1 takes all cores."
    ),
]


def search(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The file that a program shall say; - is stdin.")],
    given: GivenOption = None,
    seconds: SecondsOption = 10.0,
    jobs: JobsOption = -1,
    report: ReportOption = None,
    max_size: MaxSizeOption = DEFAULT_MAX_SIZE,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Search for the shortest program that says the file: an upper bound on K(y), or with --given on K(y | x).

    What it gets wrong is coded too, so the bits suffice to restore the file. Statistics see noise where a program made
    the data; on text they are better than any program that a search can reach. `codelength compress --code search`
    makes files of what is found, and the `code` that --json shows beside a program can be mixed with other codes.
    """
    from codelength.api.search import search as shortest
    from codelength.cli.search_view import prices_table, programs_table, write_search_page

    read_once(path, given)
    screen = Screen(as_json=as_json, quiet=quiet)
    source = read_path(path, max_size=max_size)
    side = read_side(given, max_size=max_size) if given else None
    with screen.progress() as advance:
        found = shortest(source.content, side, seconds=seconds, threads=jobs, on_progress=advance)
    record = {"command": "search", "path": source.name, "seconds": seconds} | _record(found)
    screen.result(record, programs_table(found, source.name), prices_table(found))
    if report is not None:
        write_search_page(screen, report, found, source.name)


def _record(found: ShortestProgram) -> dict[str, object]:
    return {
        "bytes": found.size,
        "given_bytes": found.side_size,
        "k_at_most": found.bits,
        "programs": [
            {"text": one.text, "bits": one.bits, "symbols": one.size, "code": one.spec} for one in found.programs
        ],
        "length_bits": found.length,
        "program_bits": found.program,
        "residual_bits": found.residual,
        "misses": found.misses,
        "raw_bits": found.raw,
        "codes": found.rivals,
        "tested": found.tested,
        "level": found.level,
    }
