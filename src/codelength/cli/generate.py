"""`codelength generate`: samples from any code, to show that a compressor is a predictor."""

from __future__ import annotations

import base64
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from codelength.cli.batch import read_side
from codelength.cli.files import STREAM, is_stream, output
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
from codelength.cli.screen import Screen
from codelength.data import display

BytesOption = Annotated[int, typer.Option("--bytes", "-n", metavar="N", min=1, max=1 << 20, help="How many bytes.")]
SeedOption = Annotated[int, typer.Option("--seed", metavar="S", min=0, help="The same seed draws the same bytes.")]
OutOption = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Write here; - is stdout.")]


def generate(
    code: CodeOption = None,
    preset: PresetOption = None,
    given: GivenOption = None,
    size: BytesOption = 400,
    seed: SeedOption = 0,
    out: OutOption = STREAM,
    force: ForceOption = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Draw bytes from a code's own distribution, after it has seen what is --given.

    Off-the-shelf compressors too: what makes the stream k bits longer has probability 2 to the minus k.
    """
    from codelength.api import generate as drawn

    read_once(given)
    spec = code_named(code, preset)
    screen = Screen(as_json=as_json, quiet=quiet)
    began = time.perf_counter()
    with screen.progress(in_bytes=True) as advance:
        advance("drawing", 0, size)
        content = drawn(
            size, read_side(given), spec, seed=seed, on_progress=lambda done: advance("drawing", done, size)
        )
    record = {"command": "generate", "code": spec, "seed": seed, "bytes": len(content)}
    record |= {"seconds": time.perf_counter() - began}
    if not is_stream(out):
        with output(out, binary=False, force=force) as sink:
            sink.write(content)
        record["output"] = display(out)
    elif as_json:
        record["base64"] = base64.b64encode(content).decode("ascii")
    elif sys.stdout.isatty() and not force:
        sys.stdout.write(harmless(content) + "\n")
    else:
        with output(STREAM, binary=False, force=force) as sink:
            sink.write(content)
    if as_json:
        screen.result(record)


def harmless(content: bytes) -> str:
    """Bytes as text for a terminal: what would steer it is shown as a replacement character."""
    text = content.decode("utf-8", "replace")
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)
