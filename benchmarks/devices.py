"""The option `--device` of benchmarks that train networks: cpu, cuda or cuda:1, refused in one line where it is not."""

import argparse

import typer

from codelength.cli.networks import device_here


def add_device(parser: argparse.ArgumentParser) -> None:
    """Add the option; a GPU that PyTorch does not find is a usage error, before anything is computed."""
    parser.add_argument("--device", default="cpu", type=_found, metavar="NAME", help="cpu, cuda, cuda:1")


def _found(name: str) -> str:
    try:
        return device_here(name)
    except typer.BadParameter as error:
        raise argparse.ArgumentTypeError(error.message) from None
