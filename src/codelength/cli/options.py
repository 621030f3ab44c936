"""Options that several commands share, each with its one help text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from codelength.catalogue import CATALOGUE, DEFAULT
from codelength.core import DataError
from codelength.data.files import MAX_SIZE, is_stdin
from codelength.data.sizes import parse_size


def complete_code(incomplete: str) -> list[tuple[str, str]]:
    """Names of the catalogue for the shell."""
    return [(name, entry.summary) for name, entry in CATALOGUE.items() if name.startswith(incomplete)]


def size_of(text: str | int) -> int:
    """An option's size; a bad one is a usage error."""
    try:
        return parse_size(str(text))
    except DataError as error:
        raise typer.BadParameter(str(error)) from error


def read_once(*named: Path | Sequence[Path] | None) -> None:
    """Refuse, as a usage error, that stdin be read twice: what has been read of it is gone."""
    paths = [path for group in named if group is not None for path in ([group] if isinstance(group, Path) else group)]
    if sum(map(is_stdin, paths)) > 1:
        raise typer.BadParameter("- is stdin, which can be read only once: name it once, and files for the rest")


def not_stdout(path: Path | None) -> Path | None:
    """Refuse `-` where a file must be named because the result itself goes to stdout."""
    if path is not None and is_stdin(path):
        raise typer.BadParameter("the result goes to stdout, so this needs a file's name")
    return path


def some_workers(jobs: int | None) -> int | None:
    """Refuse, as a usage error, to work in no process; below 0 joblib counts from all cores downwards."""
    if jobs == 0:
        raise typer.BadParameter("0 would do nothing: expected 1 or more, or -1 for all cores")
    return jobs


def flag(*names: str, help: str) -> Any:
    """An option without a value."""
    return typer.Option(*names, metavar="", help=help)


def code_named(code: str | None, preset: str | None) -> str:
    """The spec that --code and --preset name together; a preset of any other code than `cm` is a usage error."""
    if preset is None:
        return DEFAULT if code is None else code
    if code not in (None, "cm"):
        raise typer.BadParameter(
            f"--preset {preset} is short for --code cm:preset={preset}, and --code says {code}: leave one of them out"
        )
    return "cm" if preset == "default" else f"cm:preset={preset}"


CodeOption = Annotated[
    str | None,
    typer.Option(
        "--code",
        metavar="NAME",
        help="The code: a name of `codelength codes`, with parameters (zstd:level=3) or mixed (cm+ctw).",
        show_default=DEFAULT,
        autocompletion=complete_code,
    ),
]
PresetOption = Annotated[
    Literal["fast", "default", "max"] | None,
    typer.Option(
        "--preset",
        help="The default code with fewer or more contexts: max takes the fewest bits and the most time.",
        show_default=False,
    ),
]
GivenOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--given", metavar="PATH", help="Side information: known before coding starts (- is stdin). Repeatable."
    ),
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        metavar="N",
        callback=some_workers,
        help="Processes to work in; -1 takes all cores.",
        show_default="1",
    ),
]
JsonOption = Annotated[bool, flag("--json", help="Print one JSON object and nothing else.")]
ReportOption = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE", callback=not_stdout, help="Also write one self-contained HTML page."),
]
MaxSizeOption = Annotated[
    int,
    typer.Option(
        "--max-size",
        metavar="SIZE",
        parser=size_of,
        help="Refuse more bytes than this (120kB, 1.5GiB).",
        show_default="1 GiB",
    ),
]
ForceOption = Annotated[bool, flag("--force", "-f", help="Overwrite, and write binary to a terminal.")]
QuietOption = Annotated[bool, flag("--quiet", "-q", help="No progress and no notes.")]

DEFAULT_MAX_SIZE = MAX_SIZE
