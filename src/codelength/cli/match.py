"""`codelength match`: the map between two things without pairs, if there is one, and the bits that it saves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from codelength.cli.options import (
    DEFAULT_MAX_SIZE,
    JsonOption,
    MaxSizeOption,
    QuietOption,
    flag,
    not_stdout,
)
from codelength.cli.screen import Screen
from codelength.data import display

if TYPE_CHECKING:
    from codelength.tasks.match.evidence import Match
    from codelength.tasks.match.words import WordMatch

Kinds = Literal["auto", "cipher", "words", "points", "columns", "pixels"]

XArgument = Annotated[Path, typer.Argument(metavar="X", help="What shall be mapped.", callback=not_stdout)]
YArgument = Annotated[Path, typer.Argument(metavar="Y", help="What it shall look like.", callback=not_stdout)]
KindOption = Annotated[Kinds, typer.Option("--kind", help="What x and y are; auto goes by the files.")]
ReadingOption = Annotated[
    Literal["letters", "marks", "bytes"], typer.Option("--reading", help="Of a cipher: what counts as a symbol.")
]
SpacesOption = Annotated[bool, flag("--spaces", help="Of a cipher: the spaces of x are those of the text.")]
SeedOption = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Of the starts of the search.")]
SecondsOption = Annotated[
    float | None,
    typer.Option(
        "--seconds",
        metavar="S",
        min=0.0,
        help="Begin no attempt that would end later.",
        show_default="10 for ciphers, 120 for points, 600 for words",
    ),
]
ReportOption = Annotated[
    Path | None,
    typer.Option(
        "--report", "-o", metavar="FILE", callback=not_stdout, help="Also write one self-contained HTML page."
    ),
]


def match(
    x: XArgument,
    y: YArgument,
    kind: KindOption = "auto",
    reading: ReadingOption = "letters",
    spaces: SpacesOption = False,
    seed: SeedOption = 0,
    seconds: SecondsOption = None,
    report: ReportOption = None,
    max_size: MaxSizeOption = DEFAULT_MAX_SIZE,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Find a map under which X is distributed like Y, where no pairs are known; say nothing unless it saves bits.

    cipher: X is a substitution cipher, Y any text of the language. words: two texts in two languages, by line. points:
    rows of numbers (.npy, .csv). columns: tables whose columns have other names (.csv, .parquet). pixels: images under
    one permutation of their pixels (idx, .npy).
    """
    from codelength.api.match import match as matched
    from codelength.cli.match_input import kind_of, load
    from codelength.cli.match_view import result_tables, write_match_page

    screen = Screen(as_json=as_json, quiet=quiet)
    chosen: Kinds = kind_of(x, y, max_size=max_size) if kind == "auto" else kind  # type: ignore[assignment]
    if chosen != "cipher" and (spaces or reading != "letters"):
        raise typer.BadParameter(f"--reading and --spaces are about ciphers, and this is matched as {chosen}")
    if spaces and reading == "bytes":
        raise typer.BadParameter("--spaces goes with letters and marks: between bytes there are no words")
    of_x, of_y = (load(path, chosen, max_size=max_size) for path in (x, y))
    with screen.progress() as advance:
        found = matched(
            of_x,
            of_y,
            chosen,
            reading=reading,
            spaces=spaces,
            seed=seed,
            seconds=seconds,
            on_progress=advance,
        )
    names = (display(x), display(y))
    record = {"command": "match", "x": names[0], "y": names[1], "seed": seed} | found.as_dict() | _words(found)
    screen.result(record, *result_tables(found, names))
    if not as_json:
        screen.out.print(found.claim, soft_wrap=True)
    if record.get("complete") is False:
        screen.warn("the time was over before all rounds were done; --seconds gives them more, and other partners")
    if report is not None:
        write_match_page(screen, report, found, names, seed)


def _words(found: Match) -> dict[str, object]:
    """The pairs of a match of words, for the record; of other kinds nothing: they tell themselves."""
    if found.kind != "words":
        return {}
    words = cast("WordMatch", found)
    return {"pairs": words.pairs if found.found else None, "claimed_for": words.size, "complete": words.complete}
