"""`codelength shared`: what two files have in common, in bits; for more of them all pairs, a tree and a heat map."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codelength.catalogue import make
from codelength.cli.names import short_names
from codelength.cli.options import (
    DEFAULT_MAX_SIZE,
    CodeOption,
    JobsOption,
    JsonOption,
    MaxSizeOption,
    PresetOption,
    QuietOption,
    ReportOption,
    code_named,
    read_once,
)
from codelength.cli.screen import Screen
from codelength.data import Source, read_path, read_paths


def shared(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Two files or directories, or more; - is stdin.")],
    code: CodeOption = None,
    preset: PresetOption = None,
    jobs: JobsOption = None,
    report: ReportOption = None,
    max_size: MaxSizeOption = DEFAULT_MAX_SIZE,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say how many bits files share: what need not be said twice.

    Two paths: every codelength, the normalised distances, the defect of the chain rule. More: the matrix and a tree.
    """
    if len(paths) < 2:
        raise typer.BadParameter("shared bits need two paths or more")
    read_once(paths)
    spec = code_named(code, preset)
    screen = Screen(as_json=as_json, quiet=quiet)
    if len(paths) == 2:
        _pair(screen, [read_path(path, max_size=max_size) for path in paths], spec, report)
    else:
        _matrix(screen, read_paths(paths, max_size=max_size), spec, jobs, report)


def _pair(screen: Screen, sources: list[Source], spec: str, report: Path | None) -> None:
    from codelength.cli.shared_view import pair_table, quantities, write_pair_page
    from codelength.measures import shared as measured

    x, y = sources
    _tell_skipped(screen, sources)
    with screen.progress() as advance:
        advance("coding", 0, 1)
        both = measured(x.content, y.content, make(spec))
    record = {
        "command": "shared",
        "code": spec,
        "sources": {"x": {"path": x.name, "bytes": len(x.content)}, "y": {"path": y.name, "bytes": len(y.content)}},
        "native": both.native,
        "bits": {name: value for name, (_, value) in quantities(both).items()},
        "ncd": both.ncd,
        "distance": both.distance,
    }
    screen.result(record, pair_table(both, x, y, spec))
    if report is not None:
        write_pair_page(screen, report, both, x, y, spec)


def _matrix(screen: Screen, sources: list[Source], spec: str, jobs: int | None, report: Path | None) -> None:
    from codelength.cli.shared_view import shared_grid, sources_table, tree, write_matrix_page
    from codelength.tasks import select_matrix

    names = list(short_names([source.name for source in sources]).values())
    _tell_skipped(screen, sources)
    with screen.progress() as advance:
        found = select_matrix(names, [source.content for source in sources], make(spec), jobs=jobs, on_progress=advance)
    record = {"command": "shared", "paths": [source.name for source in sources]} | found.as_dict()
    screen.result(record, sources_table(found), shared_grid(found), tree(found))
    if report is not None:
        write_matrix_page(screen, report, found)


def _tell_skipped(screen: Screen, sources: list[Source]) -> None:
    for source in sources:
        for line in source.skipped:
            screen.warn(f"left out {line}")
