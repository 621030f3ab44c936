"""A file of sequences coded by a network: what `codelength encode` writes and `codelength decode` reads.

    magic 93 43 4c 4e ("CLN") | version 01 | LEB128 length of the fingerprint | fingerprint, JSON, keys sorted
    | LEB128 length of the notes | notes, JSON | LEB128 length of the stream | stream | BLAKE2b of 8 bytes over
    everything before it and the symbols (16 bits each, lowest byte first)

The fingerprint names all that must be the same for floats to come out the same: weights, lanes, device, dtype, threads,
library, machine. A reader compares it first and refuses by name what differs, instead of decoding into rubbish. Notes
say what the symbols are (height and width of an image, a palette), for whoever reads them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codelength.coding.binary import length_prefix, read_length
from codelength.core import StreamError
from codelength.models.lanes import Symbols, TransformerCode, fingerprint

MAGIC = b"\x93CLN\x01"
_MOST_TEXT = 1 << 16
_DIGEST = 8


def pack(code: TransformerCode, data: NDArray[Any], notes: Mapping[str, Any]) -> bytes:
    """The file's bytes. Raises as `TransformerCode.encode`."""
    return framed(code, code.encode(data), data, notes)


def framed(code: TransformerCode, stream: bytes, data: NDArray[Any], notes: Mapping[str, Any]) -> bytes:
    """The file around a stream that `code` made of `data`."""
    parts = [MAGIC]
    for text in (fingerprint(code), notes):
        encoded = json.dumps(text, sort_keys=True, separators=(",", ":")).encode()
        parts += [length_prefix(len(encoded)), encoded]
    head = b"".join([*parts, length_prefix(len(stream)), stream])
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
    here = fingerprint(code)
    differing = [name for name in sorted(here.keys() | made_with.keys()) if here.get(name) != made_with.get(name)]
    if differing:
        said = "; ".join(f"{name} {made_with.get(name)} there, {here.get(name)} here" for name in differing)
        raise StreamError(f"made elsewhere, and floats would come out otherwise: {said}")
    x = code.decode(file[at : at + size], max_size=max_size)
    if _digest(file[: at + size], x) != file[at + size :]:
        raise StreamError("the digest does not match: the file is damaged")
    return x, notes


def notes_of(file: bytes) -> dict[str, Any]:
    """The notes alone; nothing is decoded."""
    return _read_head(file)[1]


def _read_head(file: bytes) -> tuple[dict[str, str], dict[str, Any], int]:
    if not file.startswith(MAGIC):
        raise StreamError("not a file of coded sequences: `codelength encode` makes them")
    at, texts = len(MAGIC), []
    for _ in range(2):
        size, at = read_length(file, at, max_size=_MOST_TEXT)
        try:
            text = json.loads(file[at : at + size])
        except (ValueError, RecursionError) as error:
            raise StreamError("the head is damaged") from error
        if not isinstance(text, dict):
            raise StreamError("the head is damaged")
        texts.append(text)
        at += size
    return texts[0], texts[1], at


def _digest(head: bytes, data: NDArray[Any]) -> bytes:
    state = hashlib.blake2b(head, digest_size=_DIGEST)
    state.update(np.ascontiguousarray(data, dtype="<u2").tobytes())
    return state.digest()
