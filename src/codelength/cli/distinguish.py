"""`codelength distinguish`: were two files drawn from one source? Evidence in bits, valid whenever one stops."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from codelength.cli.options import (
    DEFAULT_MAX_SIZE,
    JsonOption,
    MaxSizeOption,
    QuietOption,
    ReportOption,
    complete_code,
    flag,
    read_once,
    size_of,
)
from codelength.cli.screen import Screen
from codelength.core import DataError
from codelength.data import display, read_documents, read_path

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from codelength.tasks.distinguish import Distinction

    Documents = list[bytes] | NDArray[np.float64]

AArgument = Annotated[Path, typer.Argument(metavar="A", help="The first file or folder, or x of pairs; - is stdin.")]
BArgument = Annotated[Path, typer.Argument(metavar="B", help="The second one, or y of pairs; - is stdin.")]
BlocksOption = Annotated[
    int,
    typer.Option(
        "--blocks",
        metavar="SIZE",
        parser=size_of,
        help="Cut files into blocks of this many bytes instead of lines: for binary data.",
        show_default="lines",
    ),
]
PairedOption = Annotated[
    bool, flag("--paired", help="Test whether line i of B depends on line i of A, in place of whether they differ.")
]
FieldOption = Annotated[
    str | None, typer.Option("--field", metavar="NAME", help="Field of JSON lines that holds the text.")
]
CodesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--code",
        metavar="NAME",
        help="A code that documents are coded with. Repeatable.",
        show_default="kt, cm:preset=fast",
        autocompletion=complete_code,
    ),
]
MostOption = Annotated[
    int, typer.Option("--most", metavar="N", min=1, help="Take at most so many documents of each side, at random.")
]
LevelOption = Annotated[
    float, typer.Option("--level", metavar="ALPHA", help="Say when the null could be rejected at this level.")
]
SeedOption = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Of the order of coding and the draw.")]


def distinguish(
    a: AArgument,
    b: BArgument,
    blocks: BlocksOption = 0,
    paired: PairedOption = False,
    field: FieldOption = None,
    code: CodesOption = None,
    most: MostOption = 2000,
    level: LevelOption = 0.05,
    seed: SeedOption = 0,
    report: ReportOption = None,
    max_size: MaxSizeOption = DEFAULT_MAX_SIZE,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say whether two samples differ, by coding which of them each document is of.

    Every k bits saved on the labels are odds of 2^k against "both are of one source", whenever one stops. A document is
    a line, a field of a JSON line (.jsonl), a block of bytes (--blocks) or a row of numbers (.npy).
    """
    from codelength.api.classify import need_learn
    from codelength.api.distinguish import CODES
    from codelength.api.distinguish import distinguish as told_apart
    from codelength.api.distinguish import paired as dependent
    from codelength.cli.distinguish_view import result_table, verdict, write_distinction_page

    if not 0 < level < 1:
        raise typer.BadParameter("--level is a probability between 0 and 1, as 0.05 is")
    need_learn()
    read_once([a, b])
    screen = Screen(as_json=as_json, quiet=quiet)
    left, right = (_documents(path, blocks, field, max_size) for path in (a, b))
    taken = _drawn(left, right, most, seed, paired=paired)
    with screen.progress() as advance:
        test = dependent if paired else told_apart
        found = test(*taken, codes=code or CODES, seed=seed, on_progress=advance)
    names = (display(a), display(b))
    screen.result(
        {"command": "distinguish", "paths": list(names), "paired": paired, "seed": seed, "level": level}
        | {"documents": [len(left), len(right)], "taken": [len(side) for side in taken]}
        | _record(found, level),
        result_table(found, names, level, paired=paired),
    )
    screen.note(verdict(found, names, level, paired=paired))
    if report is not None:
        write_distinction_page(screen, report, found, names, level, paired=paired, seed=seed)


def _documents(path: Path, blocks: int, field: str | None, max_size: int) -> Documents:
    if path.suffix == ".npy":
        return _rows(path, max_size)
    if not blocks:
        return [document.content for document in read_documents(path, field=field, max_size=max_size)]
    content = read_path(path, max_size=max_size).content
    whole = len(content) // blocks
    if not whole:
        raise DataError(f"{display(path)}: holds {len(content):,} bytes, less than one block of {blocks:,}")
    return [content[k * blocks : (k + 1) * blocks] for k in range(whole)]


def _rows(path: Path, max_size: int) -> NDArray[np.float64]:
    import io

    import numpy as np

    from codelength.tasks.distinguish.features import as_documents

    content = read_path(path, max_size=max_size).content
    try:
        array = np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise DataError(f"{display(path)}: not a .npy array of numbers ({error})") from error
    rows = as_documents(array, display(path))
    return np.asarray(rows)


def _drawn(left: Documents, right: Documents, most: int, seed: int, *, paired: bool) -> tuple[Documents, Documents]:
    """At most `most` documents of each side, at random; of pairs the same ones."""
    import numpy as np

    if paired and len(left) != len(right):
        raise DataError(f"{len(left):,} and {len(right):,} documents: pairs need as many of both")
    chance = np.random.default_rng([seed, 2])
    first = chance.permutation(len(left))[:most]
    second = first if paired else chance.permutation(len(right))[:most]
    return _picked(left, first), _picked(right, second)


def _picked(documents: Documents, numbers: NDArray[np.int64]) -> Documents:
    if isinstance(documents, list):
        return [documents[k] for k in numbers.tolist()]
    return documents[numbers]


def _record(found: Distinction, level: float) -> dict[str, Any]:
    return {
        "chance_bits": found.chance,
        "bits": found.bits,
        "saved": found.saved,
        "share": found.share,
        "log2_p": found.log2_p,
        "p_value": found.p_value,
        "needed": found.needed(level),
        "experts": dict(zip(found.coding.experts, found.coding.weights[-1].tolist(), strict=True)),
        "wealth": found.wealth,
    }
