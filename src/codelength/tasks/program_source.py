"""Python source text around bytes: literals as short as the language's rules allow, and the forms built on them.

A string literal in source that is declared latin-1 holds any byte as itself except NUL, CR (which the reader turns into
LF), the backslash and the quotes; a raw literal holds the backslash too but cannot express NUL and CR. Without the
declaration, bytes from 128 on take four characters. Each literal is written in all of these ways; the shortest is kept.
Costs O(n) for each way, and what the compressors cost.
"""

from __future__ import annotations

import base64
import bz2
import lzma
import random
import re
import zlib
from collections.abc import Iterator

_OPEN = b'open(1,"wb").write('
_LATIN = b"#coding:L1\n"
_BACKSLASH = 92
_QUOTES = (b'"', b"'", b'"""', b"'''")
_NAMES = "abcdefghijklmnopqrtuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"  # `s` is taken
_NAME = re.compile(r"\b[A-Za-z]\b")
_RENAMINGS = 1500
_NOT_RAW = (0, 13)
_BORDERS = 1 << 22


def literal(data: bytes) -> bytes:
    """A program that holds the bytes as they are."""
    return _shortest(_written(data))


def repetition(data: bytes) -> bytes | None:
    """A program that repeats a unit and adds what is left over; None where there is no unit of half the size."""
    period = smallest_period(data)
    if not period:
        return None
    times, rest = divmod(len(data), period)
    tail = b"+" + _ascii(data[:rest]) if rest else b""
    return _shortest(_written(data[:period], after=b"*%d%b" % (times, tail)))


def compressed(name: str, data: bytes) -> bytes:
    """A program of one line around what zlib, bz2 or lzma made of the bytes."""
    streams = {"zlib": _deflated, "bz2": _bz2ed, "lzma": _lzmaed}[name](data)
    module = name.encode()
    call = module + b".decompress("
    return _shortest(source for stream, more in streams for source in _written(stream, module, call, more + b")"))


def self_extracting(text: str, payload: bytes) -> bytes:
    """A program that runs `text` (Python statements, deflated) with `payload` at the end of the bytearray `s`."""
    held = _quoted(_squeezed(text) + payload, latin=True)
    return _LATIN + b'import zlib\ns=bytearray(%b,"L1")\nexec(zlib.decompress(s,-15))' % held


def smallest_period(data: bytes) -> int:
    """The smallest p from 1 to n/2 with data[i] == data[i + p] throughout, or 0 where there is none.

    With such a p the first half occurs again at p, and nearly always nowhere before: O(n) in C. Where it does, the
    borders decide (Knuth, Morris & Pratt 1977), O(n) in Python and for at most 4 MB.
    """
    half = (len(data) + 1) // 2
    period = data.find(data[:half], 1)
    if period < 0 or not data:
        return 0
    if data[period:] == data[: len(data) - period]:
        return period
    if len(data) > _BORDERS:
        return 0
    border = [0] * len(data)
    k = 0
    for i in range(1, len(data)):
        while k and data[i] != data[k]:
            k = border[k - 1]
        k += data[i] == data[k]
        border[i] = k
    period = len(data) - k
    return period if 2 * period <= len(data) else 0


def _shortest(sources: Iterator[bytes]) -> bytes:
    return min(sources, key=len)


def _written(content: bytes, module: bytes = b"", before: bytes = b"", after: bytes = b"") -> Iterator[bytes]:
    """Programs that write the value of an expression: `content` with text around it."""
    imported = b"import " + module + b"\n" if module else b""
    yield imported + _OPEN + before + _ascii(content) + after + b")"
    yield _LATIN + imported + _OPEN + before + b"bytes(" + _quoted(content, latin=True) + b',"L1")' + after + b")"
    imported = b"import base64" + (b"," + module if module else b"") + b"\n"
    yield imported + _OPEN + before + b'base64.b85decode("' + base64.b85encode(content) + b'")' + after + b")"


def _ascii(content: bytes) -> bytes:
    return b"b" + _quoted(content, latin=False)


def _quoted(content: bytes, *, latin: bool) -> bytes:
    """The shortest string literal of these bytes; with `latin` those from 128 on stand for themselves."""
    ways = [_escaped(content, quote, latin=latin) for quote in _QUOTES]
    if not any(byte in content for byte in _NOT_RAW) and (latin or content.isascii()):
        for quote in _QUOTES:
            fits = quote not in content and content[-1:] not in (quote[:1], b"\\")
            if fits and (len(quote) == 3 or b"\n" not in content):
                ways.append(b"r" + quote + content + quote)
    return min(ways, key=len)


def _escaped(content: bytes, quote: bytes, *, latin: bool) -> bytes:
    out = bytearray(quote)
    for i, byte in enumerate(content):
        follower = content[i + 1 : i + 2]
        if byte == 0:
            out += b"\\000" if follower.isdigit() else b"\\0"
        elif byte == 13:
            out += b"\\r"
        elif byte == 10 and len(quote) == 1:
            out += b"\\n"
        elif byte == _BACKSLASH or (byte == quote[0] and (len(quote) == 1 or follower in (b"", quote[:1]))):
            out += bytes((_BACKSLASH, byte))
        elif byte > 127 and not latin:
            out += b"\\x%02x" % byte
        else:
            out.append(byte)
    return bytes(out + quote)


def _deflated(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    for level in (6, 9):
        for memory in (8, 9):
            packer = zlib.compressobj(level, zlib.DEFLATED, -15, memory)
            yield packer.compress(data) + packer.flush(), b",-15"


def _bz2ed(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    yield bz2.compress(data, 9), b""


def _lzmaed(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The old .lzma container: its 13 bytes of header name the parameters, so that the program need not."""
    size = 4096
    while size < len(data):
        size *= 2
    for lc, pb in ((3, 2), (3, 0), (4, 0), (0, 0), (0, 2)):
        chain = [{"id": lzma.FILTER_LZMA1, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": size, "lc": lc, "pb": pb}]
        yield lzma.compress(data, lzma.FORMAT_ALONE, filters=chain), b""


def _squeezed(text: str) -> bytes:
    """The statements deflated, their one-letter names chosen so that they deflate well: a seeded hill climb.

    Bytes that a raw literal cannot hold would make every backslash of the payload cost twice, hence their price.
    """
    draw = random.Random(0)
    names = sorted(set(_NAME.findall(text)) - {"s"})
    chosen = dict(zip(names, names, strict=True))
    best, price = b"", float("inf")
    for _ in range(_RENAMINGS):
        trial = dict(chosen)
        one, name = draw.choice(names), draw.choice(_NAMES)
        for other in names:
            if trial[other] == name:
                trial[other] = trial[one]
        trial[one] = name
        renamed = _NAME.sub(lambda found, to=trial: to.get(found[0], found[0]), text)  # type: ignore[misc]
        packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
        packed = packer.compress(renamed.encode()) + packer.flush()
        cost = len(packed) + 50 * any(byte in packed for byte in _NOT_RAW)
        if cost <= price:
            best, price, chosen = packed, cost, trial
    return best
