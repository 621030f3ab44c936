"""`codelength decompress`: frames back into files."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from codelength.cli.batch import (
    SUFFIX,
    FilesArgument,
    KeepOption,
    OutputOption,
    Record,
    RemoveOption,
    StdoutOption,
    VerboseOption,
    as_record,
    each,
    end,
    plan,
    read_side,
    status,
    watched,
)
from codelength.cli.compress import summary
from codelength.cli.files import STREAM, input_file, is_stream, output
from codelength.cli.options import (
    DEFAULT_MAX_SIZE,
    ForceOption,
    GivenOption,
    JsonOption,
    MaxSizeOption,
    QuietOption,
    read_once,
)
from codelength.cli.screen import Advance, Screen
from codelength.core import DataError
from codelength.data.files import display

if TYPE_CHECKING:
    from codelength.coding.frame import FrameInfo


def decompress(
    files: FilesArgument = None,
    out: OutputOption = None,
    stdout: StdoutOption = False,
    given: GivenOption = None,
    keep: KeepOption = False,
    remove: RemoveOption = False,
    force: ForceOption = False,
    max_size: MaxSizeOption = DEFAULT_MAX_SIZE,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    as_json: JsonOption = False,
) -> None:
    """Decompress each FILE.clen into FILE beside it.

    A file appears only once its digest has been checked. What goes to stdout counts only if the exit code is 0.
    """
    from codelength.api import frame_reader

    read_once(files or [STREAM], given)
    screen = Screen(as_json=as_json, quiet=quiet)
    sources, target_of = plan(files, out, stdout=stdout, keep=keep, remove=remove, as_json=as_json, name=plain_name)
    read = frame_reader(read_side(given), max_size)

    def one(source: Path, advance: Advance) -> Record:
        began = time.perf_counter()
        target = target_of(source)
        with input_file(source) as raw, output(target, binary=False, force=force, like=status(source)) as sink:
            infos = read(watched(raw, source, advance), sink)
        if remove and not is_stream(source):
            source.unlink()
        return {"source": display(source), "output": display(target)} | totals(infos, time.perf_counter() - began)

    told = verbose or screen.err.is_terminal
    records = each(sources, one, screen, line=summary if told and not as_json else None)
    if as_json:
        screen.result(as_record("decompress", records))
    end(records)


def plain_name(source: Path) -> Path:
    """FILE.clen -> FILE."""
    if source.suffix != SUFFIX:
        raise DataError(f"{display(source)}: its name does not end in {SUFFIX}; name the output with -o")
    return source.with_suffix("")


def totals(infos: list[FrameInfo], seconds: float) -> Record:
    """What the frames of one file come to."""
    size = sum(info.raw for info in infos)
    frame_size = sum(info.stream for info in infos)
    return {
        "frames": len(infos),
        "code": ", ".join(dict.fromkeys(info.spec for info in infos)),
        "bytes": size,
        "frame_bytes": frame_size,
        "bits_per_byte": 8 * frame_size / size if size else None,
        "seconds": seconds,
    }
