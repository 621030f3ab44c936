"""`codelength online`: a file coded by a network that learns on the way, mixed with a portable code; and back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from codelength.cli.files import output, refuse_existing
from codelength.cli.networks import DeviceOption, ThreadsOption, need_torch
from codelength.cli.options import ForceOption, JsonOption, MaxSizeOption, QuietOption, complete_code, flag, not_stdout
from codelength.cli.screen import Advance, Screen
from codelength.core import DataError, Predictor, StreamError
from codelength.data import display, read_path
from codelength.data.files import MAX_SIZE

if TYPE_CHECKING:
    from codelength.codes import Gated
    from codelength.models.online import Online


def online(
    path: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="What to code; with -d a file of this command, which names its settings."),
    ],
    out: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", callback=not_stdout, help="What is written.")],
    decode: Annotated[bool, flag("--decode", "-d", help="Get the content of FILE back.")] = False,
    code: Annotated[
        str,
        typer.Option("--code", metavar="NAME", help="Whom the network is mixed with.", autocompletion=complete_code),
    ] = "cm",
    layers: Annotated[int, typer.Option("--layers", metavar="N", min=1, help="Layers of the network.")] = 2,
    heads: Annotated[int, typer.Option("--heads", metavar="N", min=1, help="Heads of its attention.")] = 4,
    width: Annotated[int, typer.Option("--width", metavar="N", min=1, help="Numbers for each byte.")] = 128,
    context: Annotated[int, typer.Option("--context", metavar="N", min=1, help="Bytes it sees at once.")] = 96,
    block: Annotated[int, typer.Option("--block", metavar="N", min=1, help="Bytes between two steps.")] = 64,
    batch: Annotated[int, typer.Option("--batch", metavar="N", min=1, help="Windows a step.")] = 2,
    rate: Annotated[float, typer.Option("--rate", metavar="R", min=0.0, help="The highest learning rate.")] = 2e-3,
    seed: Annotated[int, typer.Option("--seed", metavar="S", min=0, help="Of weights and replay.")] = 0,
    max_size: MaxSizeOption = MAX_SIZE,
    device: DeviceOption = "cpu",
    threads: ThreadsOption = None,
    force: ForceOption = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Code a file with a transformer that learns from it as it goes, mixed with context mixing, or get it back.

    Nothing is sent but the data, and the mixture is at most 1.6 bits longer than the better of the two alone. The
    file has been decoded and compared when it appears; it can be read with the same library, number of threads and kind
    of machine only. For files that last use `codelength compress`, which is many times faster.
    """
    need_torch(threads)
    from codelength.models.online import Online
    from codelength.models.online_file import refuse_too_large

    refuse_existing(out, force=force)
    screen = Screen(as_json=as_json, quiet=quiet)
    content = read_path(path).content
    if decode:
        _decode(screen, content, path, out, device=device, max_size=max_size, force=force)
        return
    setting = Online(
        layers=layers, heads=heads, width=width, context=context, block=block, batch=batch, rate=rate, seed=seed
    )
    refuse_too_large(setting)
    chosen = _suited(code, content)
    _encode(screen, content, path, out, code=chosen, setting=setting, device=device, force=force)


def _suited(code: str, content: bytes) -> str:
    """The code with what suits the content, as `compress` would take it, where that predicts."""
    from codelength.catalogue import HEAD, choice, make

    fit = choice(code)
    chosen = fit(content[:HEAD], len(content), False) if fit is not None else code
    return chosen if isinstance(make(chosen), Predictor) else code


def _encode(
    screen: Screen, content: bytes, path: Path, out: Path, *, code: str, setting: Online, device: str, force: bool
) -> None:
    from codelength.models.online_file import pack

    began = time.perf_counter()
    with screen.progress(in_bytes=True) as advance:
        mixture = _mixture(code, setting, device, "learning", len(content), advance)
        stream = mixture.encode(content)
        again = _mixture(code, setting, device, "checking", len(content), advance)
        if again.decode(stream, max_size=len(content)) != content:
            raise StreamError("training did not come out the same twice: nothing was written; try --threads 1")
    file = pack(stream, content, code=code, setting=setting, device=device)
    with output(out, binary=True, force=force) as sink:
        sink.write(file)
    spent = time.perf_counter() - began
    record: dict[str, Any] = {
        "command": "online",
        "input": display(path),
        "output": display(out),
        "size": len(content),
        "bytes": len(file),
        "bits_per_byte": 8 * len(file) / max(1, len(content)),
        "code": code,
        "parameters": setting.config.parameters,
        "at_most_above_the_better": mixture.regret_bound(len(content)).bits,
        "seconds": spent,
    }
    screen.result(
        record,
        f"{display(out)}: {len(file):,} bytes of {len(content):,}, {record['bits_per_byte']:.3f} bits per byte (exact, "
        f"everything included; decoded and compared), {spent:,.0f} s",
    )


def _decode(screen: Screen, file: bytes, path: Path, out: Path, *, device: str, max_size: int, force: bool) -> None:
    from codelength.models.online_file import check, opened

    found = opened(file, device=device)
    with screen.progress(in_bytes=True) as advance:
        mixture = _mixture(found.code, found.setting, device, "decoding", 0, advance)
        content = mixture.decode(found.stream, max_size=max_size)
    check(found, content)
    with output(out, binary=True, force=force) as sink:
        sink.write(content)
    record = {"command": "online", "decode": True, "input": display(path), "output": display(out), "size": len(content)}
    screen.result(record, f"{display(out)}: {len(content):,} bytes")


def _mixture(code: str, setting: Online, device: str, phase: str, total: int, advance: Advance) -> Gated:
    """The portable code and the network, under gates."""
    from codelength.catalogue import make
    from codelength.codes import Gated
    from codelength.models.online import OnlineTransformer

    portable = make(code)
    if not isinstance(portable, Predictor):
        raise DataError(f"{code} gives no probabilities, so it cannot be mixed: take cm, ctw or kt")
    network = OnlineTransformer(setting, device=device, on_progress=lambda done: advance(phase, done, max(done, total)))
    return Gated([portable, network])
