"""`codelength test`: whether frames decode to what their digest says."""

from __future__ import annotations

import time
from pathlib import Path
from typing import BinaryIO, cast

from codelength.cli.batch import FilesArgument, Record, as_record, each, end, read_side, watched
from codelength.cli.decompress import totals
from codelength.cli.files import STREAM, input_file
from codelength.cli.options import DEFAULT_MAX_SIZE, GivenOption, JsonOption, MaxSizeOption, QuietOption, read_once
from codelength.cli.screen import Advance, Screen
from codelength.data.files import display


def test(
    files: FilesArgument = None,
    given: GivenOption = None,
    max_size: MaxSizeOption = DEFAULT_MAX_SIZE,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Decode each FILE, check its digest, and write nothing."""
    from codelength.api import frame_reader

    read_once(files or [STREAM], given)
    screen = Screen(as_json=as_json, quiet=quiet)
    read = frame_reader(read_side(given), max_size)

    def one(source: Path, advance: Advance) -> Record:
        began = time.perf_counter()
        with input_file(source) as raw:
            infos = read(watched(raw, source, advance), cast(BinaryIO, _Nowhere()))
        return {"source": display(source), "ok": True} | totals(infos, time.perf_counter() - began)

    records = each(files or [STREAM], one, screen)
    if as_json:
        screen.result(as_record("test", records))
    elif not quiet:
        for record in records:
            if "ok" in record:
                screen.out.print(f"{record['source']}: ok, {record['bytes']:,} bytes", markup=False)
    end(records)


class _Nowhere:
    """A sink that keeps nothing."""

    def write(self, data: bytes, /) -> int:
        """Take the bytes and drop them."""
        return len(data)
