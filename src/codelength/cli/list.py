"""`codelength list`: what frames say of themselves, without decoding them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from codelength.cli.batch import FilesArgument, Record, as_record, each, end
from codelength.cli.files import STREAM, input_file
from codelength.cli.options import JsonOption, read_once
from codelength.cli.screen import Advance, Screen
from codelength.data import display

if TYPE_CHECKING:
    from codelength.report import Table


def list_frames(files: FilesArgument = None, as_json: JsonOption = False) -> None:
    """Show the frames in each FILE without decoding them: code, sizes, ratio, digest of what was given."""
    read_once(files or [STREAM])
    screen = Screen(as_json=as_json)
    records = each(files or [STREAM], _frames, screen)
    readable = [record for record in records if "frames" in record]
    if as_json:
        screen.result(as_record("list", records))
    elif readable:
        screen.result({}, _table(readable))
    end(records)


def _frames(source: Path, _advance: Advance) -> Record:
    from codelength.coding.frame import frames_info

    with input_file(source) as raw:
        frames = [
            {
                "code": info.spec,
                "bytes": info.raw,
                "frame_bytes": info.stream,
                "blocks": info.blocks,
                "side_digest": info.side.hex() if info.side is not None else None,
                "digest": info.digest.hex(),
            }
            for info in frames_info(raw)
        ]
    return {"source": display(source), "frames": frames}


def _table(records: list[Record]) -> Table:
    from codelength.report import Column, Table

    rows = [
        {
            "file": record["source"],
            "code": frame["code"],
            "content": frame["bytes"],
            "frame": frame["frame_bytes"],
            "ratio": 100 * frame["frame_bytes"] / frame["bytes"] if frame["bytes"] else None,
            "blocks": frame["blocks"],
            "given": frame["side_digest"],
        }
        for record in records
        for frame in record["frames"]
    ]
    columns = [
        Column("file", "file"),
        Column("code", "code"),
        Column("content", "content"),
        Column("frame", "frame"),
        Column("ratio", "%", digits=1),
        Column("blocks", "blocks"),
        Column("given", "given", help="BLAKE2b of the side information, as b2sum -l 64 prints it"),
    ]
    return Table(f"{len(rows)} frame{'s' * (len(rows) != 1)}", columns, rows)
