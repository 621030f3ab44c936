"""`codelength program`: a file as the smallest Python program that prints it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codelength.catalogue import DEFAULT
from codelength.cli.files import is_stream, output, refuse_existing
from codelength.cli.options import DEFAULT_MAX_SIZE, ForceOption, JsonOption, MaxSizeOption, QuietOption
from codelength.cli.screen import Screen
from codelength.data import display, read_path

OutOption = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The program; - is stdout.")]
SecondsOption = Annotated[
    float, typer.Option("--max-seconds", metavar="S", min=0.0, help="Leave out forms that would run longer than this.")
]


def program(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The file that the program shall print.")],
    out: OutOption,
    max_seconds: SecondsOption = 60.0,
    max_size: MaxSizeOption = DEFAULT_MAX_SIZE,
    force: ForceOption = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write a Python program that prints the file when run with plain python3: the smallest of several forms.

    Its size in bits is an upper bound on K(x), the length of the shortest program that prints the file.
    """
    from codelength.api import bits
    from codelength.api import program as shortest
    from codelength.report import Cell, Column, Table

    if as_json and is_stream(out):
        raise typer.BadParameter("--json and the program cannot both go to stdout: name a file with -o")
    screen = Screen(as_json=as_json, quiet=quiet)
    source = read_path(path, max_size=max_size)
    if not is_stream(out):
        refuse_existing(out, force=force)
    with screen.progress() as advance:
        advance("writing programs", 0, 0)
        made = shortest(source.content, max_seconds=max_seconds)
        coded = bits(source.content)
    with output(out, binary=True, force=force) as sink:
        sink.write(made.source)
    if is_stream(out):
        return
    record = {
        "command": "program",
        "path": source.name,
        "bytes": len(source.content),
        "output": display(out),
        "form": made.form,
        "program_bytes": len(made.source),
        "k_at_most": made.bits,
        "code": DEFAULT,
        "c": coded,
        "sizes": made.sizes,
        "left_out": made.left_out,
    }
    plain = 8 * len(source.content)
    rows: list[dict[str, Cell]] = [
        {"what": "8 bits a byte", "bits": plain},
        {"what": f"K(x) at most: the program, form {made.form}", "bits": made.bits},
        {"what": f"|C(x)| under {DEFAULT}, its decoder not counted", "bits": coded},
    ]
    others = sorted(made.sizes.items(), key=lambda item: item[1])
    note = "Forms tried, in bytes: " + ", ".join(f"{form} {size:,}" for form, size in others)
    note += "".join(f"; {form}: {reason}" for form, reason in made.left_out.items())
    columns = [Column("what", f"x = {source.name}"), Column("bits", "bits", digits=0)]
    screen.result(record, Table("", columns, rows, note=f"{note}."))
    screen.note(f"run it: python3 {display(out)}")
