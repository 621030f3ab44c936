"""A file of sequences coded by a network: what `codelength encode` writes and `codelength decode` reads.

    magic 93 43 4c 4e ("CLN") | version 02 | LEB128 length of the head | head: [fingerprint, notes] as JSON, keys
    sorted, deflated with the dictionary below | LEB128 length of the stream | stream | BLAKE2b of 8 bytes over
    everything before it and the symbols (16 bits each, lowest byte first)

The fingerprint names all that must be the same for floats to come out the same: weights, lanes, device, dtype, threads,
library, machine. A reader compares it first and refuses by name what differs, instead of decoding into rubbish. Notes
say what the symbols are (height and width of an image, a palette), for whoever reads them. The dictionary is what heads
say again and again: of some 200 bytes it leaves 30 to 50.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codelength.coding.binary import length_prefix, read_length
from codelength.core import DataError, StreamError
from codelength.models.lanes import Symbols, TransformerCode, fingerprint

MAGIC = b"\x93CLN\x02"
_MOST_TEXT = 1 << 16
MOST_LANES = 1 << 12
"""Sequences side by side: a file says how many, and memory for them is taken before anything is decoded."""
_KNOWN = (
    b'"palette":[["kind":"bytes","size":"cuda","bfloat16","aarch64 arm64 DEFAULT","x86_64 AVX2","torch":"2.13.0"'
    b'[{"code":"transformer:weights=[{"code":"pixels:weights=,lanes=250,sum=2**24",lanes=64,sum=2**24","device":"cpu",'
    b'"dtype":"float32","machine":"x86_64 AVX512","threads":"1","torch":"2.13.0+cpu"},'
    b'{"height":28,"kind":"images","width":28}]'
)
"""Part of the format: a change of it is another version."""
_DIGEST = 8


def pack(code: TransformerCode, data: NDArray[Any], notes: Mapping[str, Any]) -> bytes:
    """The file's bytes. Raises as `TransformerCode.encode`."""
    return framed(code, code.encode(data), data, notes)


def framed(code: TransformerCode, stream: bytes, data: NDArray[Any], notes: Mapping[str, Any]) -> bytes:
    """The file around a stream that `code` made of `data`."""
    said = json.dumps([fingerprint(code), notes], sort_keys=True, separators=(",", ":")).encode()
    if len(said) > _MOST_TEXT:
        raise DataError(f"notes of {len(said):,} bytes; at most {_MOST_TEXT:,} fit into the head")
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, zdict=_KNOWN)
    about = deflate.compress(said) + deflate.flush()
    head = b"".join([MAGIC, length_prefix(len(about)), about, length_prefix(len(stream)), stream])
    return head + _digest(head, data)


def unpack(code: TransformerCode, file: bytes, *, max_size: int) -> tuple[Symbols, dict[str, Any]]:
    """Symbols (n, T) and notes.

    Raises
    ------
    StreamError
        No such file, a damaged one, one made by other weights or on another machine (said by name), or more than
        `max_size` symbols.
    """
    made_with, notes, at = _read_head(file)
    size, at = read_length(file, at, max_size=len(file))
    if at + size + _DIGEST != len(file):
        raise StreamError("the file is cut short or has bytes left over: it is damaged")
    here, there = _apart(fingerprint(code)), _apart(made_with)
    differing = [name for name in sorted(here.keys() | there.keys()) if here.get(name) != there.get(name)]
    if "weights" in differing:
        raise StreamError(
            f"made with another network: weights {there.get('weights')} there, {here.get('weights')} here"
        )
    if differing:
        said = "; ".join(f"{name} {there.get(name)} there, {here.get(name)} here" for name in differing)
        raise StreamError(f"made elsewhere, and floats would come out otherwise: {said}")
    x = code.decode(file[at : at + size], max_size=max_size)
    if _digest(file[: at + size], x) != file[at + size :]:
        raise StreamError("the digest does not match: the file is damaged")
    return x, notes


def notes_of(file: bytes) -> dict[str, Any]:
    """The notes alone; nothing is decoded."""
    return _read_head(file)[1]


def lanes_of(file: bytes) -> int:
    """How many sequences stand side by side; 1 to 4,096, or `StreamError`. Nothing is decoded."""
    lanes = _apart(_read_head(file)[0]).get("lanes", "")
    if not (lanes.isascii() and lanes.isdigit() and len(lanes) <= 4 and 1 <= int(lanes) <= MOST_LANES):
        raise StreamError(f"{lanes[:20]!r} sequences side by side: the head is damaged")
    return int(lanes)


def _apart(made_with: Mapping[str, Any]) -> dict[str, str]:
    """A fingerprint with the settings of its code ("name:key=value,key=value") apart."""
    name, _, settings = str(made_with.get("code", "")).partition(":")
    parts = dict(part.partition("=")[::2] for part in settings.split(","))
    return parts | {key: str(value) for key, value in made_with.items() if key != "code"} | {"code": name}


def _read_head(file: bytes) -> tuple[dict[str, str], dict[str, Any], int]:
    if not file.startswith(MAGIC):
        if file.startswith(MAGIC[:-1]) and len(file) > len(MAGIC):
            raise StreamError(f"version {file[4]} of this file is not known here; this reads version {MAGIC[4]}")
        raise StreamError("not a file of coded sequences: `codelength encode` makes them")
    size, at = read_length(file, len(MAGIC), max_size=_MOST_TEXT)
    inflate = zlib.decompressobj(-zlib.MAX_WBITS, zdict=_KNOWN)
    try:
        made_with, notes = json.loads(inflate.decompress(file[at : at + size], _MOST_TEXT))
    except (zlib.error, ValueError, TypeError, RecursionError) as error:
        raise StreamError("the head is damaged") from error
    if not (isinstance(made_with, dict) and isinstance(notes, dict)):
        raise StreamError("the head is damaged")
    return made_with, notes, at + size


def _digest(head: bytes, data: NDArray[Any]) -> bytes:
    state = hashlib.blake2b(head, digest_size=_DIGEST)
    state.update(np.ascontiguousarray(data, dtype="<u2").tobytes())
    return state.digest()
