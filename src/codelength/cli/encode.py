"""`codelength encode` and `codelength decode`: images or bytes <-> a file, by a trained network's probabilities."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from codelength.cli.files import output, refuse_existing
from codelength.cli.networks import (
    DeviceOption,
    LimitOption,
    ModelArgument,
    ThreadsOption,
    TileOption,
    must_predict,
    need_torch,
    read_alike,
    read_network,
)
from codelength.cli.options import ForceOption, JsonOption, MaxSizeOption, QuietOption, flag, not_stdout
from codelength.cli.screen import Screen
from codelength.data import display, read_path
from codelength.data.files import MAX_SIZE

LanesOption = Annotated[
    int, typer.Option("--lanes", metavar="N", min=1, max=4096, help="Sequences coded side by side.")
]
ConvertOption = Annotated[
    bool, flag("--convert", help="Make images of the network's size and colours first: those come back, no others.")
]


def encode(
    model: ModelArgument,
    data: Annotated[Path, typer.Argument(metavar="DATA", help="What to encode: as for `codelength train`.")],
    out: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", callback=not_stdout)],
    lanes: LanesOption = 64,
    tile: TileOption = None,
    limit: LimitOption = None,
    convert: ConvertOption = False,
    device: DeviceOption = "cpu",
    threads: ThreadsOption = None,
    force: ForceOption = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Code images or bytes with a trained network; the file has been decoded and compared when it appears.

    It can be read with the same network, library, number of threads and kind of machine only: floats come out otherwise
    elsewhere. A reader says what differs. For files that last use `codelength compress`.
    """
    need_torch(threads)
    from codelength.models.archive import pack
    from codelength.models.lanes import TransformerCode

    refuse_existing(out, force=force)
    screen = Screen(as_json=as_json, quiet=quiet)
    network, about = read_network(model, device)
    must_predict(network)
    found = read_alike(data, about, network.model.config.context, tile=tile, limit=limit, convert=convert)
    began = time.perf_counter()
    with screen.progress() as advance:
        passes = _Passes(advance)
        code = TransformerCode(network.model, lanes=lanes, on_progress=passes)
        file = pack(code, found.symbols, found.about)
    spent = time.perf_counter() - began
    with output(out, binary=True, force=force) as sink:
        sink.write(file)
    dims, unit = (found.about["size"], "byte") if found.about["kind"] == "bytes" else (found.symbols.size, "dim")
    record = {
        "command": "encode",
        "model": display(model),
        "output": display(out),
        "sequences": list(found.symbols.shape),
        "bytes": len(file),
        "converted": convert,
        f"bits_per_{unit}": 8 * len(file) / dims,
        "seconds": spent,
        "symbols_per_second": round(2 * found.symbols.size / spent),
    }
    screen.result(
        record,
        f"{display(out)}: {len(file):,} bytes, {8 * len(file) / dims:.3f} bits per {unit} (exact, everything included; "
        f"decoded and compared), {record['symbols_per_second']:,} symbols/s",
    )


def decode(
    model: ModelArgument,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A file of `codelength encode`.")],
    out: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", callback=not_stdout, help=".npy for images; else bytes.")
    ],
    max_size: MaxSizeOption = MAX_SIZE,
    device: DeviceOption = "cpu",
    threads: ThreadsOption = None,
    force: ForceOption = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Get back what `codelength encode` coded."""
    need_torch(threads)
    from codelength.data.sequences import to_bytes, to_pictures
    from codelength.models.archive import lanes_of, unpack
    from codelength.models.lanes import TransformerCode

    refuse_existing(out, force=force)
    screen = Screen(as_json=as_json, quiet=quiet)
    network, _ = read_network(model, device)
    file = read_path(path).content
    with screen.progress() as advance:
        code = TransformerCode(
            network.model, lanes_of(file), on_progress=lambda done, total: advance("decoding", done, total)
        )
        symbols, about = unpack(code, file, max_size=max_size)
    with output(out, binary=True, force=force) as sink:
        if about["kind"] == "bytes":
            sink.write(to_bytes(symbols, about))
        else:
            import numpy as np

            np.save(sink, to_pictures(symbols, about), allow_pickle=False)
    record = {"command": "decode", "output": display(out), "sequences": list(symbols.shape), "kind": about["kind"]}
    screen.result(record, f"{display(out)}: {symbols.shape[0]:,} sequences of {symbols.shape[1]}")


class _Passes:
    """Encoding, then the check: two bars from one count."""

    def __init__(self, advance: Any) -> None:
        self.advance, self.phase, self.last = advance, "encoding", 0

    def __call__(self, done: int, total: int) -> None:
        if done < self.last:
            self.phase = "checking"
        self.last = done
        self.advance(self.phase, done, total)
