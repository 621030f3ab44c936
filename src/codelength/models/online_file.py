"""A file that an online code made: what `codelength online` writes and reads.

    magic 93 43 4c 4f ("CLO") | version 01 | LEB128 length of the head | head, JSON, keys sorted | BLAKE2b of 8 bytes
    over all that | stream | BLAKE2b of 8 bytes over everything before it and the content

The head holds the portable code and the network's settings, from which a reader makes the code anew, and what must be
the same for floats to come out the same: library, compiler, device, threads, machine. A reader compares it first and
refuses by name what differs, instead of decoding into rubbish.
"""

from __future__ import annotations

import hashlib
import json
import math
import platform
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, NamedTuple

import numba
import torch

from codelength.coding.binary import length_prefix, read_length
from codelength.core import DataError, StreamError
from codelength.models.online import Online

MAGIC = b"\x93CLO\x01"
_MOST_TEXT = 1 << 16
_MOST_LAYERS, _MOST_WEIGHTS, _MOST_NUMBERS = 1 << 10, 1 << 28, 1 << 27
"""A file may ask for a network of so many: it is built before anything is decoded. The last: of what a step keeps."""
_DIGEST = 8


class Opened(NamedTuple):
    """A file's parts. `code`: the portable code's spec; `setting`: the network's; `head`: all before the stream."""

    code: str
    setting: Online
    stream: bytes
    head: bytes
    digest: bytes


def refuse_too_large(setting: Online) -> None:
    """Raise `DataError` for a network that no reader of its file would build."""
    numbers = setting.batch * setting.context * (256 + setting.layers * setting.width)
    if setting.layers > _MOST_LAYERS or setting.config.parameters > _MOST_WEIGHTS or numbers > _MOST_NUMBERS:
        raise DataError(
            f"a network of {setting.layers:,} layers, {setting.config.parameters:,} weights and steps of {numbers:,} "
            f"numbers; at most {_MOST_LAYERS:,}, {_MOST_WEIGHTS:,} and {_MOST_NUMBERS:,}: take it smaller"
        )


def pack(stream: bytes, content: bytes, *, code: str, setting: Online, device: str) -> bytes:
    """The file's bytes around a stream of `content`."""
    about = {"code": code, "network": asdict(setting), "made with": _surroundings(device)}
    text = json.dumps(about, sort_keys=True, separators=(",", ":")).encode()
    head = MAGIC + length_prefix(len(text)) + text
    head += _digest(head)
    return head + stream + _digest(head, stream, content)


def opened(file: bytes, *, device: str) -> Opened:
    """The parts of a file.

    Raises
    ------
    StreamError
        No such file, a damaged head, or one made where floats come out otherwise (said by name).
    """
    if not file.startswith(MAGIC):
        raise StreamError("not a file of `codelength online`")
    size, at = read_length(file, len(MAGIC), max_size=_MOST_TEXT)
    end = at + size
    if len(file) < end + 2 * _DIGEST or _digest(file[:end]) != file[end : end + _DIGEST]:
        raise StreamError("the head is damaged, or the file is cut short")
    try:
        about: Mapping[str, Any] = json.loads(file[at:end])
        code, setting, there = str(about["code"]), _setting(about["network"]), dict(about["made with"])
        refuse_too_large(setting)
    except (KeyError, TypeError, ValueError, RecursionError, DataError) as error:
        raise StreamError(f"the head says what this version does not know: {error}") from error
    here = _surroundings(device)
    differing = [name for name in sorted(here.keys() | there.keys()) if here.get(name) != there.get(name)]
    if differing:
        said = "; ".join(f"{name} {there.get(name)} there, {here.get(name)} here" for name in differing)
        raise StreamError(f"made elsewhere, and floats would come out otherwise: {said}")
    head = file[: end + _DIGEST]
    return Opened(code, setting, file[len(head) : -_DIGEST], head, file[-_DIGEST:])


def check(found: Opened, content: bytes) -> None:
    """Raise `StreamError` unless this is the content that was packed."""
    if _digest(found.head, found.stream, content) != found.digest:
        raise StreamError("the digest does not match: the file is damaged")


def _setting(said: Mapping[str, Any]) -> Online:
    """The settings that a head says, if they are numbers of their kinds."""
    for field in fields(Online):
        value = said[field.name]
        if type(value) is not int and (field.type == "int" or type(value) is not float or not math.isfinite(value)):
            raise ValueError(f"{field.name} is {value!r}")
    return Online(**said)


def _surroundings(device: str) -> dict[str, str]:
    on_gpu = device.startswith("cuda")
    return {
        "device": torch.cuda.get_device_name(device) if on_gpu else device,
        "threads": str(torch.get_num_threads()),
        "torch": str(torch.__version__),
        "numba": str(numba.__version__),
        "machine": f"{platform.machine()} {torch.backends.cpu.get_cpu_capability()}",
    }


def _digest(*parts: bytes) -> bytes:
    return hashlib.blake2b(b"".join(parts), digest_size=_DIGEST).digest()
