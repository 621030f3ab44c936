"""|C(y | x)| in bytes: what `compress` makes given x, beside everything that people use for it.

    python -m benchmarks.conditioning [--pairs edits,...] [--codes SPEC,...] [--no-peers] [--check]

The pairs are in `benchmarks.pairs`. Ours is `cm` in its presets, and what it chooses for itself: `delta` for what is
nearly a copy of x; each row says which ("code" in the record, a `d` behind the size). Two comparisons, each of like
with like:

- with a container: ours as the whole frame, made with `given=x` and decoded again, beside zstd with x as a raw-content
  dictionary (the window pinned to cover x and y) and zlib with x as preset dictionary (its last 32 kB) in the same
  frame, and the files of `zstd --patch-from`, xdelta3 and bsdiff where these are found; all are decoded.
- bare: our stream, beside compressors that take no x, by difference (-Δ), |C(xy)| - |C(x)|: an estimate with no stream
  to decode, and in their favour, since the end of y is not in it.

Several documents are coded one by one, each given x alone, and all bytes are bare streams, ours with the document's
length: no container is made for 240 bytes. A difference is then taken from x turned by a part at every document:
compressors save some bytes on one x by chance, which would count once for every document. zpaq has no difference for
edits: it takes another model for xy than for x (enwik6 given itself: -1,643 bytes). bz2's is loose for another reason:
it sorts x and y together and chooses new tables for both, in blocks of 900 kB.

Rows are kept in benchmarks/records/conditioning.json and measured anew when the code has changed (`benchmarks.rows`).
Printed: every row with the smallest of either kind in bold, goals beside what is reached, and for each of ours in how
many rows it is the smallest of both kinds (`--check`: exit 1 unless it is in all).
"""

import argparse
import io
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.field import CODES, split_specs
from benchmarks.field_points import preset
from benchmarks.pairs import Pair, absent, pairs
from benchmarks.peers import TOOLS, run, version
from benchmarks.rows import Row, Rows, version_of
from codelength.api import compress, frame_reader, frame_writer
from codelength.api.copied import fitted
from codelength.catalogue import make
from codelength.core import ConditionalCode

DICTIONARY = {
    "zstd -19 dictionary": "zstd:level=19",
    "zstd -22 dictionary": "zstd:level=22",
    "zlib dictionary": "zlib",
}
DIFFERENCE = {
    "xz": "lzma",
    "bz2": "bz2",
    "PPMd o6": "ppmd:order=6,memory=28",
    "PPMd o16": "ppmd:order=16,memory=28",
    "brotli": "brotli",
}
ZPAQ = next(tool for tool in TOOLS if tool.name == "zpaq -m5")
PATCHES = {
    "zstd --patch-from": (
        "zstd -q --ultra -22 --long=27 --patch-from=x y -o patch",
        "zstd -q -d --long=27 --patch-from=x patch -o back",
    ),
    "bsdiff": ("bsdiff x y patch", "bspatch x back patch"),
    "xdelta3": ("xdelta3 -e -9 -S lzma -B 134217728 -s x y patch", "xdelta3 -d -B 134217728 -s x patch back"),
}
"""Making a patch of y against x, and y from it. xdelta3: secondary lzma, x held whole."""

GOALS = {
    "enwik6, 200 edits | enwik6": {"default": 800, "max": 700},
    "dickens, 2,000 edits | dickens": {"default": 6500, "max": 6000},
    "enwik6 | enwik6": {"default": 120, "max": 80},
}
RECORD = Path(__file__).resolve().parent / "records" / "conditioning.json"


def framed(spec: str, x: bytes, targets: list[bytes]) -> Row:
    """Bytes of a code that takes x: the whole frame of a single target, and the bare streams."""
    start = time.process_time()
    if len(targets) > 1:
        return _documents(spec, x, targets)
    frame, back = io.BytesIO(), io.BytesIO()
    info = frame_writer(spec, x)(io.BytesIO(targets[0]), frame, len(targets[0]))
    middle = time.process_time()
    frame_reader(x)(io.BytesIO(frame.getvalue()), back)
    if back.getvalue() != targets[0]:
        raise RuntimeError(f"{spec} does not give the target back")
    size = len(frame.getvalue())
    row = {"bytes": size, "stream": size - len(compress(b"", given=b"x", code=make(info.spec)))}
    return {**row, "code": info.spec, **_times(start, middle)}


def _documents(spec: str, x: bytes, targets: list[bytes]) -> Row:
    """Bare streams of several targets, each under the code that `compress` takes for it."""
    start = time.process_time()
    chosen = [fitted(spec, y, x) for y in targets]
    codes: dict[str, ConditionalCode[bytes]] = {}
    for each in set(chosen):
        code = make(each)
        if not isinstance(code, ConditionalCode):
            raise TypeError(f"{each} takes no side information")
        codes[each] = code.given(x)
    streams = [codes[each].encode(y) for each, y in zip(chosen, targets, strict=True)]
    middle = time.process_time()
    for each, stream, y in zip(chosen, streams, targets, strict=True):
        if codes[each].decode(stream, max_size=len(y)) != y:
            raise RuntimeError(f"{each} does not give a target back")
    size = sum(len(stream) for stream in streams)
    counts = ", ".join(f"{each} {chosen.count(each)}" for each in sorted(codes))
    return {"bytes": size, "stream": size, "code": chosen[0], "codes": counts, **_times(start, middle)}


def _times(start: float, middle: float) -> Row:
    """Processor seconds of encoding and decoding, reading x counted in both."""
    return {"encoding": round(middle - start, 3), "decoding": round(time.process_time() - middle, 3)}


def difference(spec: str, x: bytes, targets: list[bytes]) -> Row:
    """Bytes that each target adds to x under a code that takes none."""
    code = make(spec)
    size = 0
    for number, y in enumerate(targets):
        cut = x.find(b"\n", number * len(x) // len(targets)) + 1 if number else 0
        turned = x[cut:] + x[:cut]
        size += len(code.encode(turned + y)) - len(code.encode(turned))
    return {"bytes": size}


def patched(commands: tuple[str, str], x: bytes, targets: list[bytes]) -> Row:
    """Bytes of a patch that makes the target of x."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "x").write_bytes(x)
        (folder / "y").write_bytes(targets[0])
        used = [run(command, folder).seconds for command in commands]
        if (folder / "back").read_bytes() != targets[0]:
            raise RuntimeError(f"{commands[0]} does not give the target back")
        size = (folder / "patch").stat().st_size
    return {"bytes": size, "encoding": round(used[0], 3), "decoding": round(used[1], 3)}


def archived(x: bytes, targets: list[bytes]) -> Row:
    """Bytes that the target adds to x in zpaq's archive."""
    sizes = []
    for data in (x, x + targets[0]):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "data").write_bytes(data)
            run(ZPAQ.pack, folder)
            sizes.append((folder / ZPAQ.packed).stat().st_size)
    return {"bytes": sizes[1] - sizes[0]}


Work = Callable[[bytes, list[bytes]], Row]
Contestant = tuple[str, str, str, Work]


def contestants(codes: list[str], peers: bool) -> list[Contestant]:
    """Name, kind, version and what to do, of everything that is run on every pair."""
    found: list[Contestant] = [(c, "ours", version_of(c), partial(framed, c)) for c in codes]
    if peers:
        found += [(name, "peer", version_of(spec), partial(framed, spec)) for name, spec in DICTIONARY.items()]
        for name, spec in DIFFERENCE.items():
            found.append((f"{name} -Δ", "difference", version_of(spec), partial(difference, spec)))
        for name, commands in PATCHES.items():
            path = shutil.which(commands[0].split()[0])
            if path:
                found.append((name, "peer", version(path), partial(patched, commands)))
        if ZPAQ.path:
            found.append((f"{ZPAQ.name} -Δ", "difference", version(ZPAQ.path), archived))
    return found


def chosen_for(spec: str, x: bytes, targets: list[bytes]) -> str:
    """The code that `compress` takes for the first target."""
    return fitted(spec, targets[0], x)


def _is_held(rows: Rows, pair: str, one: Contestant, chosen_codes: dict[str, str]) -> bool:
    """Whether the record has this row, and with the code that is chosen today."""
    name, kind, build, _ = one
    code = chosen_codes.get(name, name)
    row = rows.get((pair, name), version_of(code) if kind == "ours" else build)
    return row is not None and (kind != "ours" or row.get("code", name) == code)


def measure(rows: Rows, chosen: list[Pair], codes: list[str], peers: bool) -> None:
    """Measure what the record does not hold yet."""
    everyone = contestants(codes, peers)
    for pair in chosen:
        if not any(kind == "ours" or rows.get((pair.name, name), build) is None for name, kind, build, _ in everyone):
            continue
        x, targets = pair.load()
        chosen_codes = {spec: chosen_for(spec, x, targets) for spec in codes}
        missing = [one for one in everyone if not _is_held(rows, pair.name, one, chosen_codes)]
        for name, kind, build, work in missing:
            archive = work is archived
            if (archive and pair.group == "edits") or (len(targets) > 1 and (archive or name in PATCHES)):
                continue
            start = time.process_time()
            try:
                measured = work(x, targets)
            except RuntimeError as error:
                print(f"failed: {pair.name}: {error}", flush=True)
                continue
            row: Row = {"group": pair.group, "kind": kind, "x": len(x), "y": sum(map(len, targets))}
            measured_with = version_of(measured.get("code", name)) if kind == "ours" else build
            row |= {"targets": len(targets), **measured, "seconds": round(time.process_time() - start, 2)}
            rows.put((pair.name, name), measured_with, row)
            print(f"{pair.name:46}{name:26}{measured['bytes']:>10,}", flush=True)


Held = dict[tuple[str, ...], Row]
KINDS = (("with a container", "peer", "bytes"), ("bare; -Δ: an estimate", "difference", "stream"))
"""Title, kind of peer, and which of our sizes is compared with it."""


def print_tables(rows: Rows, codes: list[str]) -> bool:
    """All rows, the smallest of either kind in bold; whether each code of ours is the smallest in every row."""
    held = {
        key: row
        for key, row in rows.rows.items()
        if row["kind"] != "ours" or row["version"] == version_of(row.get("code", key[1]))
    }
    kinds = {name: row["kind"] for (_, name), row in held.items()}
    ours = sorted(name for name in kinds if kinds[name] == "ours")
    order = [pair.name for pair in pairs() if any(key[0] == pair.name for key in held)]
    for title, kind, field in KINDS:
        names = ours + sorted(name for name in kinds if kinds[name] == kind)
        table = Table(title=f"bytes of y given x, {title}")
        for column in ("y | x", "x", "y", *names):
            table.add_column(column, justify="left" if column == "y | x" else "right", no_wrap=column == "y | x")
        for pair in order:
            of = {name: held[pair, name] for name in names if (pair, name) in held}
            if not of:
                continue
            sizes = {name: row[field] if row["kind"] == "ours" else row["bytes"] for name, row in of.items()}
            least = min(sizes.values())
            cells = {name: f"[bold]{size:,}[/bold]" if size == least else f"{size:,}" for name, size in sizes.items()}
            for name, row in of.items():
                cells[name] += " d" if row.get("code") == "delta" else ""
            first = next(iter(of.values()))
            table.add_row(pair, f"{first['x']:,}", f"{first['y']:,}", *(cells.get(name, "") for name in names))
        Console(width=76 + 13 * len(names)).print(table)
    print_times(held, order)
    verdicts = [verdict(held, order, code) for code in codes]
    return all(verdicts)


def print_times(held: Held, order: list[str]) -> None:
    """Seconds of encoding and decoding of everything that can be decoded, for edits."""
    table = Table(title="processor seconds, encoding / decoding, x read in both")
    rows = {
        key: row for key, row in held.items() if row["group"] == "edits" and "encoding" in row and "decoding" in row
    }
    names = sorted({name for _, name in rows})
    for column in ("y | x", *names):
        table.add_column(column, no_wrap=True)
    for pair in order:
        if any(key[0] == pair for key in rows):
            cells = [rows.get((pair, name)) for name in names]
            table.add_row(pair, *(f"{row['encoding']:.2f} / {row['decoding']:.2f}" if row else "" for row in cells))
    Console(width=40 + 16 * len(names)).print(table)


def verdict(held: Held, order: list[str], code: str) -> bool:
    """The goals of a code of ours, and where a peer is smaller; whether none is."""
    rows = [pair for pair in order if (pair, code) in held]
    lost: list[str] = []
    for pair in rows:
        row = held[pair, code]
        goal = GOALS.get(pair, {}).get(preset(code))
        if goal is not None:
            met = "met" if row["bytes"] <= goal else f"MISSED by {row['bytes'] - goal:,}"
            print(f"{code}: {pair}: {row['bytes']:,} bytes, goal {goal:,}: {met}")
        for _, kind, field in KINDS:
            them = [(of["bytes"], name) for (at, name), of in held.items() if at == pair and of["kind"] == kind]
            least, peer = min(them, default=(row[field], code))
            if least < row[field]:
                lost.append(pair)
                print(f"{code}: {pair}: {row[field]:,} bytes, but {peer} {least:,}")
    print(f"{code}: smallest in {len(rows) - len(set(lost))} of {len(rows)} rows")
    return bool(rows) and not lost


def main() -> None:
    every = pairs()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", default="", help="pairs whose name or group contains one of these; none: no pair")
    parser.add_argument("--codes", default=CODES, help="specs of ours; empty for the peers alone")
    parser.add_argument("--no-peers", action="store_true", help="do not measure the peers (the record's are shown)")
    parser.add_argument("--check", action="store_true", help="exit 1 unless each of ours is the smallest in every row")
    parser.add_argument("--again", action="store_true", help="measure also what the record holds already")
    parser.add_argument("--record", type=Path, default=RECORD)
    args = parser.parse_args()
    words = args.pairs.split(",")
    chosen = [pair for pair in every if any(word in f"{pair.group} {pair.name}" for word in words)]
    codes = split_specs(args.codes)
    rows = Rows(args.record, "python -m benchmarks.conditioning", again=args.again)
    if absent():
        print(f"not found among the installed packages, or the same: {'; '.join(absent())}")
    if not args.no_peers:
        missing = [name for name, commands in PATCHES.items() if not shutil.which(commands[0].split()[0])]
        print(f"not found on PATH: {', '.join(missing + ([] if ZPAQ.path else [ZPAQ.name])) or 'none'}")
    measure(rows, [] if args.pairs == "none" else chosen, codes, not args.no_peers)
    if rows.stale():
        print(f"{rows.stale()} rows of ours were measured with other codes: they are not shown")
    everywhere = print_tables(rows, codes)
    if args.check and not everywhere:
        sys.exit("ours is not the smallest in every row")


if __name__ == "__main__":
    main()
