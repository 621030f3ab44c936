"""`codelength explain`: where the bits go, byte by byte, alone and given side information."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codelength.catalogue import make
from codelength.cli.names import short_names
from codelength.cli.options import (
    CodeOption,
    GivenOption,
    JsonOption,
    PresetOption,
    QuietOption,
    code_named,
    not_stdout,
    read_once,
    size_of,
)
from codelength.cli.screen import Screen
from codelength.data import read_path, read_paths
from codelength.data.files import is_stdin

PageOption = Annotated[
    Path | None,
    typer.Option(
        "--report",
        "-o",
        metavar="FILE",
        callback=not_stdout,
        help="Where the page goes; with --json none is written unless this names one.",
        show_default="NAME.explained.html",
    ),
]

LimitOption = Annotated[
    int,
    typer.Option(
        "--max-size",
        metavar="SIZE",
        parser=size_of,
        help="Refuse more bytes than this (120kB, 1.5GiB): about 80 bytes of memory go with each.",
        show_default="64 MiB",
    ),
]
DEFAULT_MAX_SIZE = 64 << 20


def explain(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The file to explain; a directory is all of its files.")],
    given: GivenOption = None,
    code: CodeOption = None,
    preset: PresetOption = None,
    report: PageOption = None,
    max_size: LimitOption = DEFAULT_MAX_SIZE,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show where the bits go: a page that colours every byte by what it costs.

    With --given: also what it costs someone who knows that already, what that saves where, and which passages it has in
    common with FILE.
    """
    from codelength.cli.explain_page import write_explained_page
    from codelength.cli.explain_view import shown_on_screen
    from codelength.tasks import explain as explained

    read_once(path, given)
    screen = Screen(as_json=as_json, quiet=quiet)
    chosen = make(code_named(code, preset))
    source = read_path(path, max_size=max_size)
    side = read_paths(given or [], max_size=max_size)
    notes = [f"left out {line}" for one in (source, *side) for line in one.skipped]
    for note in notes:
        screen.warn(note)
    names = short_names([one.name for one in side])
    with screen.progress() as advance:
        pieces = {names[one.name]: one.content for one in side}
        found = explained(source.content, chosen, side=pieces, on_progress=advance)
    record = {"command": "explain", "path": source.name} | found.as_dict() | {"warnings": notes}
    if report is None and not as_json:
        report = Path(f"{'stdin' if is_stdin(path) else path.resolve().name}.explained.html")
    if report is not None:
        write_explained_page(screen, report, found, source, pieces)
    screen.result(record, *shown_on_screen(found, source))
