"""The program search on data that programs made: what it finds, in how many bits, in how many seconds.

    python -m benchmarks.programs_found              some minutes of processor time
    python -m benchmarks.programs_found --part random             one table; the record keeps the others

Three tables. `developed`: the generators that the search was developed on, 512 symbols each. `unseen`: twenty more,
fixed beforehand (`benchmarks.sequences_unseen`); records/programs_unseen_first.txt is what the very first search on
them printed, the record holds the third. `conditional`: y made from x. Beside each the same bytes under DEFLATE
(gzip's format without its header), LZMA (xz's), PPMd and cm. And 200 random strings, of which a share of 2**-k at most
may be k bits shorter than they are.

`found` means: in the second half wrong at no more than 1 % of the positions, with noise at no more than 10 %. Every
stream is decoded and compared. pybdm is not run: PEERS.md has 2,687 "bits" for 1,000 random bits from it.
Writes benchmarks/records/programs_found.json.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmarks.sequences_unseen import unseen
from codelength.catalogue import make
from codelength.predictors.programs import find
from codelength.predictors.programs.found import decode, encode, said_by

N = 512
RIVALS = ["zlib", "lzma", "ppmd", "cm"]
PARTS = ["developed", "conditional", "unseen"]
RECORD = Path(__file__).parent / "records" / "programs_found.json"


def recurrent(first: int, step: Callable[[int], int], say: Callable[[int], int] = lambda s: s) -> bytes:
    """N values of a state's own successor."""
    out, state = [], first
    for _ in range(N):
        out.append(say(state) % 256)
        state = step(state)
    return bytes(out)


def formula(f: Callable[[int], int]) -> bytes:
    """f(0), f(1), ... mod 256."""
    return bytes(f(t) % 256 for t in range(N))


def fibonacci() -> bytes:
    out = [1, 1]
    while len(out) < N:
        out.append((out[-1] + out[-2]) % 256)
    return bytes(out)


def factorials() -> bytes:
    out = [1]
    for t in range(1, N):
        out.append(out[-1] * t % 256)
    return bytes(out)


def kolakoski() -> bytes:
    out = [1, 2, 2]
    for k in range(2, N):
        out += [3 - out[-1]] * out[k]
    return bytes(out[:N])


def xorshift(first: int, a: int, b: int, c: int, width: int) -> bytes:
    mask = (1 << width) - 1

    def step(x: int) -> int:
        x ^= x << a & mask
        x ^= x >> b
        return x ^ x << c & mask

    return recurrent(first, step)


def automaton(rule: int, ring: int, first: list[int], rows: int) -> list[list[int]]:
    """Rows of an elementary cellular automaton on a ring (Wolfram 1983)."""
    out = [first]
    while len(out) < rows:
        row = out[-1]
        out.append([rule >> (4 * row[k - 1] + 2 * row[k] + row[(k + 1) % ring]) & 1 for k in range(ring)])
    return out


def centre(rule: int) -> bytes:
    ring = 2 * N + 3
    rows = automaton(rule, ring, [int(k == ring // 2) for k in range(ring)], N)
    return bytes(row[ring // 2] for row in rows)


def edge(rule: int) -> bytes:
    """The rows as numbers, from one cell, modulo 256: their last eight cells."""
    ring = 2 * N + 3
    rows = automaton(rule, ring, [int(k == ring // 2) for k in range(ring)], N)
    numbers = []
    for t, row in enumerate(rows):
        cells = row[ring // 2 - t : ring // 2 + t + 1][-8:]
        numbers.append(int("".join(map(str, cells)), 2))
    return bytes(numbers)


def cells(rule: int) -> bytes:
    """16 rows of 32 cells after a random one."""
    chance = random.Random(rule)
    rows = automaton(rule, 32, [chance.randrange(2) for _ in range(32)], N // 32)
    return bytes(cell for row in rows for cell in row)


def noisy(data: bytes, share: float, symbols: int) -> bytes:
    """Every symbol replaced by a random one with this probability."""
    chance = random.Random(len(data) + symbols)
    return bytes(chance.randrange(symbols) if chance.random() < share else byte for byte in data)


def developed() -> dict[str, bytes]:
    """The list of the issue."""
    thue_morse = formula(lambda t: t.bit_count() % 2)
    made = {
        "constant": bytes([42]) * N,
        "periodic, 7": formula(lambda t: b"\x03\x91\x5b\x07\xe2\x10\x77"[t % 7]),
        "periodic, 37": (random.Random(37).randbytes(37) * 14)[:N],
        "squares": formula(lambda t: t * t),
        "cubes": formula(lambda t: t**3),
        "triangular": formula(lambda t: t * (t + 1) // 2),
        "powers of 3": formula(lambda t: 3**t),
        "powers of 7": formula(lambda t: 7**t),
        "Fibonacci": fibonacci(),
        "factorials": factorials(),
        "Thue-Morse": thue_morse,
        "Kolakoski": kolakoski(),
        "Rudin-Shapiro": formula(lambda t: (t & t >> 1).bit_count() % 2),
        "ruler": formula(lambda t: (t + 1 & -(t + 1)).bit_length() - 1),
        "primes' indicator": formula(lambda t: int(t > 1 and all(t % d for d in range(2, t)))),
        "LCG 13 y + 5 mod 256": recurrent(7, lambda y: (13 * y + 5) % 256),
        "LCG 29 y + 11 mod 211": recurrent(3, lambda y: (29 * y + 11) % 211),
        "LCG 16 bits, high byte": recurrent(1, lambda s: (25 * s + 17) % 65536, lambda s: s >> 8),
        "xorshift 8 bits, 1 1 2": xorshift(1, 1, 1, 2, 8),
        "xorshift 8 bits, 1 7 3": xorshift(1, 1, 7, 3, 8),
        "xorshift 16 bits, low byte": xorshift(1, 7, 9, 8, 16),
    }
    for rule in (30, 90, 110):
        made[f"rule {rule}, centre"] = centre(rule)
        made[f"rule {rule}, rows as numbers"] = edge(rule)
        made[f"rule {rule}, cells of a ring"] = cells(rule)
    made |= {
        "Fibonacci, then squares": (fibonacci()[: N // 2] + made["squares"])[:N],
        "LCG, then Thue-Morse": (made["LCG 13 y + 5 mod 256"][: N // 2] + thue_morse)[:N],
        "squares, 5 % noise": noisy(made["squares"], 0.05, 256),
        "Fibonacci, 3 % noise": noisy(fibonacci(), 0.03, 256),
        "Thue-Morse, 3 % noise": noisy(thue_morse, 0.03, 2),
        "LCG, 5 % noise": noisy(made["LCG 13 y + 5 mod 256"], 0.05, 256),
    }
    return made


def conditional() -> dict[str, tuple[bytes, bytes]]:
    """Name -> x and the y that it makes."""
    x = random.Random(0).randbytes(N)
    counter = bytes(byte for k, of_x in enumerate(x[: N // 2]) for byte in (of_x, k % 256))
    return {
        "y is x reversed": (x, x[::-1]),
        "y is x plus 77": (x, bytes((byte + 77) % 256 for byte in x)),
        "y is every second symbol of x": (x, x[::2]),
        "y is x interleaved with a counter": (x, counter),
        "y is x from 100 on": (x, x[100:]),
        "y has nothing to do with x": (x, random.Random(1).randbytes(N)),
    }


def row(name: str, data: bytes, side: bytes | None, seconds: float) -> dict[str, object]:
    """All figures of one sequence."""
    begun, busy = time.perf_counter(), time.process_time()
    found = find(data, side, seconds=seconds)
    taken, busy = time.perf_counter() - begun, time.process_time() - busy
    stream = encode(found.segments, data, side or b"")
    if decode(stream, side or b"", conditional=side is not None, max_size=len(data)) != data:
        raise SystemExit(f"{name}: not what was encoded")
    said = said_by(found.segments, np.frombuffer(data, dtype=np.uint8), side or b"")
    wrong = float((said != np.frombuffer(data, dtype=np.uint8))[len(data) // 2 :].mean())
    figures: dict[str, object] = {
        "name": name,
        "symbols": len(data),
        "found": wrong <= (0.1 if "noise" in name else 0.01),
        "wrong_in_second_half": wrong,
        "programs": [[str(segment.program), segment.program.bits, segment.size] for segment in found.segments],
        "program_bits": found.cost.program,
        "residual_bits": found.cost.residual,
        "bits": found.cost.bits.bits,
        "misses": found.cost.misses,
        "seconds": taken,
        "processor_seconds": busy,
        "tested": found.tested,
    }
    for spec in RIVALS:
        code = make(spec)
        given = code.given(side) if side is not None and hasattr(code, "given") else code
        figures[spec] = 8 * len(given.encode(data))
    print(f"{name}: {'found' if figures['found'] else 'not found'}, {figures['bits']:.0f} bits", file=sys.stderr)
    return figures


def show(title: str, rows: list[dict[str, object]]) -> None:
    """One table."""
    table = Table(title=title)
    for column in ("", "found", "bits", "program", "misses", "s", "cpu s", *RIVALS, "what was found"):
        table.add_column(column, justify="left" if column in ("", "what was found") else "right")
    for figures in rows:
        said = " | ".join(str(program[0]) for program in figures["programs"])  # type: ignore[attr-defined]
        numbers = [f"{figures['bits']:.0f}", figures["program_bits"], figures["misses"], f"{figures['seconds']:.1f}"]
        numbers.append(f"{figures['processor_seconds']:.1f}")
        rivals = [figures[spec] for spec in RIVALS]
        table.add_row(
            str(figures["name"]), "yes" if figures["found"] else "no", *map(str, numbers + rivals), escape(said)
        )
    Console(width=220).print(table)


def chance(strings: int) -> list[dict[str, object]]:
    """How many random strings become shorter, and by how much at most."""
    out: list[dict[str, object]] = []
    for name, size, symbols in (("64 random bytes", 64, 256), ("128 random bits, one a byte", 128, 2)):
        source = random.Random(size)
        raw = size * (8 if symbols == 256 else 1)
        saved = []
        for _ in range(strings):
            found = find(bytes(source.randrange(symbols) for _ in range(size)), seconds=float("inf"), efforts=1)
            saved.append(raw - found.cost.bits.bits)
        shorter = [bits for bits in saved if bits > 0]
        out.append({"strings": name, "n": strings, "shorter": len(shorter), "most_saved": max(saved)})
        print(
            f"{strings} strings of {name}: {len(shorter)} shorter than {raw} bits; the best saves {max(saved):.1f} bits"
        )
    return out


def write(record: dict[str, list[dict[str, object]]]) -> None:
    """The record, whole."""
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text(json.dumps(record, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="for each search")
    parser.add_argument("--strings", type=int, default=100)
    parser.add_argument("--only", help="sequences whose name has this in it; their rows replace those of the record")
    parser.add_argument("--part", choices=[*PARTS, "random"], help="only this table")
    args = parser.parse_args()
    find(b"compile the kernels", seconds=0.0)
    sets: dict[str, dict[str, tuple[bytes | None, bytes]]] = {
        "developed": {name: (None, data) for name, data in developed().items()},
        "conditional": dict(conditional()),
        "unseen": {name: (None, data) for name, data in unseen().items()},
    }
    record = json.loads(RECORD.read_text()) if args.only or args.part else {}
    for title in [args.part] if args.part in PARTS else PARTS if not args.part else []:
        cases = sets[title]
        chosen = {name: case for name, case in cases.items() if not args.only or args.only in name}
        rows = [row(name, y, x, args.seconds) | {"limit": args.seconds} for name, (x, y) in chosen.items()]
        if rows:
            show(f"{title}: {sum(bool(figures['found']) for figures in rows)} of {len(rows)} found", rows)
        fresh = {figures["name"]: figures for figures in rows}
        known = {figures["name"]: figures for figures in record.get(title, [])}
        record[title] = list((known | fresh).values())
        write(record)
    if args.part == "random" or not (args.only or args.part):
        record["random"] = chance(args.strings)
        write(record)


if __name__ == "__main__":
    main()
