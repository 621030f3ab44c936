"""The decoder of `Mini` in plain Python: the text that goes into a program (`GOLFED`), the same thing to be read
(`model`, `unpack`), and the coder of the program's payload (`digits`).

A program holds its payload as a string literal in latin-1 source text. A raw literal cannot hold NUL (Python refuses
it) nor CR (universal newlines turn it into LF), so the payload is a number of base 254 whose digits are the other
bytes: that costs 0.14 %, escapes cost 1.2 %. It is coded by a range coder with carries (Martin 1979): an interval of
u >= 2**40 numbers is split by each bit, and gains a digit, u *= 254, whenever it is smaller.

    low                          low + floor(u p / 2**32)           low + u
     |---------- bit 1 -----------|------------ bit 0 ---------------|

Decoding costs 0.3 to 0.6 ms a byte in CPython, and some 200 bytes of memory per context met.
"""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
from numpy.typing import NDArray

BASE = 254
_WINDOW = 7
_FULL = BASE**_WINDOW

GOLFED = """\
D={};W={};S=[];T={};o=[];p=1<<41;h=w=v=f=0;u=1
for k in range(-2047,2048):T[k]=p>>32;S+=[k]*((p>>48)-len(S));p+=p*(2**64-p)>>71
for z in range(SIZE):
 c=1;C=[h%256**k for k in(0,1,2,3,4,6)]+[w,v,h&0xe0e0e0e0e0e0]
 while c<256:
  L={}
  for x in C:
   x=x*256+c
   for k in 0,1:k=x*32+len(L);L[k]=D.get(k,(1<<15,6,1));x=L[k][2]
  X=[S[L[k][0]]for k in L]
  R=[W.setdefault(k,[1<<27]*18)for k in enumerate((sum(L[k][1]>6 for k in L),c,h%256,h//256%256))]
  p=T[max(-2047,min(2047,sum(sum(a)*b for*a,b in zip(*R,X))>>32))]
  while u<1<<40:k=s.pop();u*=254;f=f*254+k-1-(k>13)
  k=u*p>>32;y=f<k
  if y:u=k
  else:u-=k;f-=k
  k=y*65536-(p>>16)
  for r in R:r[:]=[a+b*k for a,b in zip(r,X)]
  for k in L:a,b,x=L[k];D[k]=a+(y*65535-a)*5//b,b+5*(b<250),(x*2+y)%16
  c=c*2+y
 c%=256;o+=c,;h=(h*256+c)%2**48
 if c>64:w,v=[(x*99+c%32)%2**48 for x in(w,v)]
 else:v=w or v;w=0
open(1,"wb").write(bytes(o))"""


def program_text(size: int, *, clears: bool) -> str:
    """Python statements that decode `size` bytes from the end of the bytearray `s` and write them to standard output.

    `clears`: whether the contexts outgrow their limit on the way, so that the line that empties them is needed.
    """
    text = GOLFED.replace("SIZE", str(size))
    return text.replace(" if c>64", " if len(D)>1<<22:D={}\n if c>64") if clears else text


def model(limit: int = 1 << 22) -> Generator[int, int, None]:
    """`Mini` bit by bit: yields P(next bit = 1) in units of 2**-32, is sent the bit. At most `limit` entries."""
    squash, stretch = _tables()
    counters: dict[tuple[int, int], list[int]] = {}  # context -> probability, divisor in fifths, last four bits
    weights: dict[tuple[int, int], list[int]] = {}
    history = word = words = 0
    while True:
        contexts = [history % 256**order for order in (0, 1, 2, 3, 4, 6)] + [word, words, history & 0xE0E0E0E0E0E0]
        partial = 1
        while partial < 256:
            chosen: list[list[int]] = []
            for context in contexts:
                key = context * 256 + partial
                for _ in range(2):
                    chosen.append(counters.setdefault((len(chosen), key), [1 << 15, 6, 1]))
                    key = chosen[-1][2]  # the history of the first is the context of the second
            x = [stretch[counter[0]] for counter in chosen]
            met = sum(counter[1] > 6 for counter in chosen)
            rows = [
                weights.setdefault(row, [1 << 27] * 18)
                for row in enumerate((met, partial, history % 256, history // 256 % 256))
            ]
            dot = sum(w * at for row in rows for w, at in zip(row, x, strict=True))
            p = squash[max(-2047, min(2047, dot >> 32))]
            bit = yield p
            error = bit * 65536 - (p >> 16)
            for row in rows:
                row[:] = [w + at * error for w, at in zip(row, x, strict=True)]
            for counter in chosen:
                at, divisor, last = counter
                counter[:] = [
                    at + (bit * 65535 - at) * 5 // divisor,
                    divisor + 5 * (divisor < 250),
                    (last * 2 + bit) % 16,
                ]
            partial = partial * 2 + bit
        byte = partial % 256
        history = (history * 256 + byte) % 2**48
        if len(counters) > limit:
            counters = {}
        if byte > 64:  # letters, roughly; their case is dropped
            word, words = [(hashed * 99 + byte % 32) % 2**48 for hashed in (word, words)]
        else:
            words, word = word or words, 0


def _tables() -> tuple[dict[int, int], list[int]]:
    """Squash, x in 1/128 nats -> units of 2**-32, by Euler's sums of dp/dx = p (1 - p), and its inverse."""
    squash: dict[int, int] = {}
    stretch: list[int] = []
    p = 1 << 41
    for x in range(-2047, 2048):
        squash[x] = p >> 32
        stretch += [x] * ((p >> 48) - len(stretch))
        p += p * (2**64 - p) >> 71
    return squash, stretch


def unpack(payload: bytes, size: int) -> bytes:
    """The `size` bytes that `digits` coded, as the program does it; the readable twin of `GOLFED`."""
    tape = bytearray(payload)
    guess = model()
    p = next(guess)
    width, offset = 1, 0
    out = bytearray()
    for _ in range(size):
        byte = 0
        for _ in range(8):
            while width < 1 << 40:
                digit = tape.pop() if tape else 1  # any digit will do behind the end
                width *= BASE
                offset = offset * BASE + digit - 1 - (digit > 13)
            part = width * p >> 32
            bit = int(offset < part)
            if bit:
                width = part
            else:
                width -= part
                offset -= part
            byte = byte * 2 + bit
            p = guess.send(bit)
        out.append(byte)
    return bytes(out)


def digits(data: bytes, probs: NDArray[np.uint32]) -> bytes:
    """The payload of `data`, its bits having the probabilities `probs`, reversed, so that a program pops it.

    Parameters
    ----------
    data
        n bytes.
    probs
        P(bit = 1) in units of 2**-32, (n, 8) uint32.

    Returns
    -------
    bytes
        Without NUL and CR. Whatever bytes a decoder finds beyond its end, it decodes the same.
    """
    out: list[int] = []
    low, width = 0, 1
    bits = np.unpackbits(np.frombuffer(data, dtype=np.uint8)).tolist()
    for bit, p in zip(bits, probs.reshape(-1).tolist(), strict=True):
        while width < 1 << 40:
            digit, low = divmod(low, _FULL // BASE)
            out.append(digit)
            low *= BASE
            width *= BASE
        part = width * p >> 32
        if bit:
            width = part
        else:
            width -= part
            low += part
        if low >= _FULL:
            low -= _FULL
            _carry(out)
    return bytes(digit + 1 + (digit > 11) for digit in _ended(out, low, width))[::-1]


def _carry(out: list[int]) -> None:
    k = len(out) - 1
    while out[k] == BASE - 1:
        out[k] = 0
        k -= 1
    out[k] += 1


def _ended(out: list[int], low: int, width: int) -> list[int]:
    """All digits: those written and the fewest that put the number into [low, low + width), whatever comes after.

    The first digits are those of the window that stood before the interval's first digit: zeros, not sent.
    """
    for kept in range(_WINDOW + 1):
        step = BASE ** (_WINDOW - kept)
        # What follows may be any bytes, as digits -1 to 253: a little under step below, less than step above.
        top = -(-(low + step // 100) // step)
        if (top + 1) * step <= low + width or kept == _WINDOW:
            break
    if top >= BASE**kept:
        top -= BASE**kept
        _carry(out)
    for k in range(kept - 1, -1, -1):
        out.append(top // BASE**k % BASE)
    return out[_WINDOW:]
