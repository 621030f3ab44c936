"""What compress, decompress, test and list share: the options that people's hands know, where each output goes, and
that one bad file does not keep the others from being done.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, BinaryIO, cast

import typer

from codelength.cli.files import STREAM, is_stream
from codelength.cli.guard import ERROR, complain, told
from codelength.cli.options import flag
from codelength.cli.screen import Advance, Screen
from codelength.core.errors import CodelengthError, DataError
from codelength.data.files import MAX_SIZE, display, read_path

SUFFIX = ".clen"

FilesArgument = Annotated[list[Path] | None, typer.Argument(metavar="FILE", help="Files; stdin for - or none.")]
OutputOption = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here; - is stdout.")]
StdoutOption = Annotated[bool, flag("--stdout", "-c", help="Write to stdout and keep the files.")]
KeepOption = Annotated[bool, flag("--keep", "-k", help="Keep the source, as always without --rm.")]
RemoveOption = Annotated[bool, flag("--rm", help="Remove each source once its output is safe on disk.")]
VerboseOption = Annotated[bool, flag("--verbose", "-v", help="A line for each file, also without a terminal.")]

Record = dict[str, Any]


def plan(
    files: Sequence[Path] | None,
    out: Path | None,
    *,
    stdout: bool,
    keep: bool,
    remove: bool,
    as_json: bool,
    name: Callable[[Path], Path],
) -> tuple[list[Path], Callable[[Path], Path]]:
    """The sources, and a function from each to where its output goes; contradictions are usage errors."""
    sources = list(files or [STREAM])
    to_stdout = stdout or (out is not None and is_stream(out)) or (out is None and STREAM in sources)
    if stdout and out is not None and not is_stream(out):
        raise typer.BadParameter("-c writes to stdout and -o to a file: give one of them")
    if out is not None and not to_stdout and len(sources) > 1:
        raise typer.BadParameter(f"-o names one file for {len(sources)} sources; give one source, or leave -o out")
    if as_json and to_stdout:
        raise typer.BadParameter("--json and the data cannot both go to stdout: name a file with -o")
    if remove and (keep or to_stdout):
        raise typer.BadParameter("--rm removes sources: it goes neither with -k nor with output to stdout")

    def target_of(source: Path) -> Path:
        if to_stdout:
            return STREAM
        return out if out is not None else name(source)

    return sources, target_of


def read_side(given: Sequence[Path] | None, *, max_size: int = MAX_SIZE) -> bytes:
    """All side information, joined in the order it was named."""
    return b"".join(read_path(path, max_size=max_size).content for path in given or [])


def status(source: Path) -> os.stat_result | None:
    """Mode and times for the output to take over; stdin has none, and opening a missing file says what is wrong."""
    return source.stat() if not is_stream(source) and source.exists() else None


def each(
    sources: Sequence[Path],
    one: Callable[[Path, Advance], Record],
    screen: Screen,
    *,
    line: Callable[[Record], str] | None = None,
) -> list[Record]:
    """Do one thing to every source, tell of each with `line`, and go on after a source that fails.

    Returns
    -------
    list of dict
        One record for each source; that of a failed one holds its name and an "error".
    """
    records: list[Record] = []
    for source in sources:
        try:
            with screen.progress(in_bytes=True) as advance:
                record = one(source, advance)
            if line is not None:
                screen.note(line(record))
        except BrokenPipeError:
            raise
        except (CodelengthError, OSError) as error:
            message = _message(error, source)
            complain(message)
            record = {"source": display(source), "error": {"type": type(error).__name__, "message": message}}
        records.append(record)
    return records


def _message(error: CodelengthError | OSError, source: Path) -> str:
    if isinstance(error, OSError):
        return told(error)
    # Errors of reading and writing name their file; those of the format do not know it.
    return str(error) if isinstance(error, DataError) or is_stream(source) else f"{display(source)}: {error}"


def end(records: Sequence[Record]) -> None:
    """Exit with 1 if any source failed."""
    if first_error(records) is not None:
        raise typer.Exit(ERROR)


def first_error(records: Sequence[Record]) -> Record | None:
    """The error of the first source that failed."""
    return next((record["error"] for record in records if "error" in record), None)


def as_record(command: str, records: Sequence[Record]) -> Record:
    """The JSON object of a command over files."""
    record: Record = {"command": command, "files": list(records)}
    error = first_error(records)
    return record if error is None else record | {"error": error}


def watched(file: BinaryIO, source: Path, advance: Advance) -> BinaryIO:
    """The same file, reporting how much of it has been read."""
    return cast(BinaryIO, _Watched(file, display(source), 0 if is_stream(source) else source.stat().st_size, advance))


class _Watched:
    def __init__(self, file: BinaryIO, name: str, total: int, advance: Advance) -> None:
        self._file = file
        self._name = name
        self._total = total
        self._advance = advance
        self._done = 0

    def read(self, size: int = -1, /) -> bytes:
        part = self._file.read(size)
        self._done += len(part)
        self._advance(self._name, self._done, max(self._total, self._done))
        return part
