"""The commands, in the order that `codelength --help` shows them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from codelength.cli.bits import bits
from codelength.cli.bound import bound
from codelength.cli.classify import classify
from codelength.cli.codes import codes
from codelength.cli.compress import compress
from codelength.cli.decompress import decompress
from codelength.cli.demo import demo
from codelength.cli.distinguish import distinguish
from codelength.cli.encode import decode, encode
from codelength.cli.explain import explain
from codelength.cli.finetune import finetune
from codelength.cli.generate import generate
from codelength.cli.guard import guarded, run_to_its_end, warn_in_one_line, watch_termination
from codelength.cli.list import list_frames
from codelength.cli.match import match
from codelength.cli.neighbours import neighbours
from codelength.cli.online import online
from codelength.cli.probe import probe
from codelength.cli.program import program
from codelength.cli.sample import sample
from codelength.cli.search import search
from codelength.cli.select import select
from codelength.cli.shared import shared
from codelength.cli.test import test
from codelength.cli.train import train

app = typer.Typer(
    name="codelength",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

_MEASURE = "Measure"
_COMPRESS = "Compress"
_SHOW = "Show"
_NETWORKS = "Networks"

for _name, _command, _panel in (
    ("select", select, _MEASURE),
    ("bits", bits, _MEASURE),
    ("shared", shared, _MEASURE),
    ("classify", classify, _MEASURE),
    ("neighbours", neighbours, _MEASURE),
    ("probe", probe, _MEASURE),
    ("distinguish", distinguish, _MEASURE),
    ("match", match, _MEASURE),
    ("bound", bound, _MEASURE),
    ("compress", compress, _COMPRESS),
    ("decompress", decompress, _COMPRESS),
    ("test", test, _COMPRESS),
    ("list", list_frames, _COMPRESS),
    ("explain", explain, _SHOW),
    ("generate", generate, _SHOW),
    ("program", program, _SHOW),
    ("search", search, _SHOW),
    ("codes", codes, _SHOW),
    ("demo", demo, _SHOW),
    ("train", train, _NETWORKS),
    ("finetune", finetune, _NETWORKS),
    ("sample", sample, _NETWORKS),
    ("encode", encode, _NETWORKS),
    ("decode", decode, _NETWORKS),
    ("online", online, _NETWORKS),
):
    app.command(_name, rich_help_panel=_panel)(guarded(_command))


def _version(wanted: bool) -> None:
    if wanted:
        from codelength import __version__

        typer.echo(f"codelength {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, metavar="", help="Print the version.")
    ] = False,
) -> None:
    """Which unlabelled data helps your task, and by how many bits.

    A predictor is a lossless code: a symbol of probability p costs -log2 p bits.
    So what data X tells about a task Y is the bits that coding Y saves once X is known.

    Start with: codelength demo
    """


def run() -> None:
    """Run the command line: the console script."""
    watch_termination()
    warn_in_one_line()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a name that the terminal cannot show is no reason to stop
    run_to_its_end(app)
