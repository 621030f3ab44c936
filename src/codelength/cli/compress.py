"""`codelength compress`: files into frames."""

from __future__ import annotations

import time
from pathlib import Path
from stat import S_ISREG

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
from codelength.cli.files import STREAM, input_file, is_stream, output
from codelength.cli.options import (
    CodeOption,
    ForceOption,
    GivenOption,
    JsonOption,
    PresetOption,
    QuietOption,
    code_named,
    read_once,
)
from codelength.cli.screen import Advance, Screen
from codelength.core import DataError
from codelength.data.files import display


def compress(
    files: FilesArgument = None,
    out: OutputOption = None,
    stdout: StdoutOption = False,
    code: CodeOption = None,
    preset: PresetOption = None,
    given: GivenOption = None,
    keep: KeepOption = False,
    remove: RemoveOption = False,
    force: ForceOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    as_json: JsonOption = False,
) -> None:
    """Compress each FILE into FILE.clen beside it.

    What suits the data (how much English to read first) is chosen and stands in the frame, unless --code cm:primer=N
    says it.
    With --given the frame says only what that data does not: whoever decompresses it gives the same data.
    What is nearly a copy of it (another version, a file with edits) is coded by delta, in little time.
    """
    from codelength.api import frame_writer

    read_once(files or [STREAM], given)
    screen = Screen(as_json=as_json, quiet=quiet)
    sources, target_of = plan(
        files, out, stdout=stdout, keep=keep, remove=remove, as_json=as_json, name=compressed_name
    )
    write = frame_writer(code_named(code, preset), read_side(given))

    def one(source: Path, advance: Advance) -> Record:
        if source.suffix == SUFFIX and not force:
            raise DataError(f"{display(source)}: is a {SUFFIX} file already; -f compresses it once more")
        began = time.perf_counter()
        target = target_of(source)
        was = status(source)
        size = was.st_size if was is not None and S_ISREG(was.st_mode) else None
        with input_file(source) as raw, output(target, binary=True, force=force, like=was) as sink:
            info = write(watched(raw, source, advance), sink, size)
        if remove and not is_stream(source):
            source.unlink()
        return {
            "source": display(source),
            "output": display(target),
            "code": info.spec,
            "bytes": info.raw,
            "frame_bytes": info.stream,
            "bits_per_byte": 8 * info.stream / info.raw if info.raw else None,
            "seconds": time.perf_counter() - began,
        }

    told = verbose or screen.err.is_terminal
    records = each(sources, one, screen, line=summary if told and not as_json else None)
    if as_json:
        screen.result(as_record("compress", records))
    end(records)


def compressed_name(source: Path) -> Path:
    """FILE -> FILE.clen."""
    if not source.name:  # "." and "/", which nothing can be put beside
        raise DataError(f"{display(source)}: is a directory; pack it with tar first")
    return source.with_name(source.name + SUFFIX)


def summary(record: Record) -> str:
    """One line about a file that was compressed or decompressed."""
    size, frame, seconds = record["bytes"], record["frame_bytes"], record["seconds"]
    ratio = f"{100 * frame / size:.1f} %, {record['bits_per_byte']:.3f} bits/byte, " if size else ""
    arrow = f"{frame:,} -> {size:,}" if record.get("frames") else f"{size:,} -> {frame:,}"
    return f"{record['source']}: {arrow} bytes ({ratio}{record['code']}, {seconds:.1f} s) in {record['output']}"
