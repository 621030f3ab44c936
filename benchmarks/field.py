"""The field: bytes against processor time, the presets of `cm` beside every compressor that people can install.

    python -m benchmarks.field [--files enwik6,paper5,...] [--codes SPEC,...] [--no-peers] [--plot] [--check]

Every code on the same bytes on the same machine, each measurement in a fresh process (`field_worker`; programs:
`peers`), every stream decoded and compared. Ours: the whole frame, digest included. Processor time is user + system.
Rows are kept in benchmarks/records/field.json as they are measured; the next run continues, and measures a row anew
when what the code makes of a sample (ours) or the program (peers) has changed: run it in pieces, in any order.
`--files none` measures nothing and prints what the record holds.

Printed: a table per set, and whether a peer is at once smaller and faster (encoding; `--check` makes that an error);
then the goals beside what is reached. `--plot` draws docs/figures/field.svg from the record. Programs that are not
found are named; where figures of theirs measured elsewhere exist they are shown, marked "quoted", with a time that is
`xz -9e`'s here multiplied by how many times that of xz they took on enwik6 there: good to +-50 %.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.field_goals import print_goals
from benchmarks.field_points import Point, better
from benchmarks.peers import LIBRARIES, QUOTED, REFERENCE, TOOLS, Tool, run, version
from benchmarks.real_data import DATA
from benchmarks.rows import Row, Rows, version_of

CODES = "cm:preset=fast,cm,cm:preset=max"
CALGARY = (
    *("bib", "book1", "book2", "geo", "news", "obj1", "obj2", "paper1", "paper2", "pic"),
    *("progc", "progl", "progp", "trans"),
)
CANTERBURY = (
    *("alice29.txt", "asyoulik.txt", "cp.html", "fields.c", "grammar.lsp", "kennedy.xls"),
    *("lcet10.txt", "plrabn12.txt", "ptt5", "sum", "xargs.1"),
)
SETS: dict[str, tuple[str, ...]] = {
    "enwik6": ("enwik/enwik6",),
    "enwik8_first4M": ("enwik/enwik8_first4M",),
    "calgary": tuple(f"calgary/{name}" for name in CALGARY),
    "canterbury": tuple(f"canterbury/{name}" for name in CANTERBURY),
    "dickens": ("silesia/dickens",),
    "mr": ("silesia/mr",),
    "ooffice": ("silesia/ooffice",),
    "paper5": ("calgary/paper5",),
}
"""Files in the data folder, each coded alone. Those of Silesia are unpacked from their zip."""

RECORD = Path(__file__).resolve().parent / "records" / "field.json"
SHORT = 1.0
WIDTH = 120


def open_file(name: str, folder: Path) -> Path:
    """Where a file of the data folder lies, unpacked into `folder` if it is zipped."""
    path = DATA / name
    if path.exists():
        return path
    with zipfile.ZipFile(path.with_name(path.name + ".zip")) as archive:
        target = folder / path.name
        if not target.exists():
            with archive.open(archive.namelist()[0]) as source, target.open("wb") as sink:
                shutil.copyfileobj(source, sink)
    return target


def measure_code(spec: str, path: Path, form: str) -> Row:
    """A catalogue code on a file, in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.field_worker", spec, str(path), form]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent.parent)
    if done.returncode:
        raise RuntimeError(f"{spec} on {path.name}: {done.stderr.strip()[-300:]}")
    measured: Row = json.loads(done.stdout)
    return measured


def measure_tool(tool: Tool, path: Path) -> Row:
    """A program on a file, in a folder of its own; what is short is repeated and the smallest of three kept."""
    encode_s = decode_s = float("inf")
    peak_mb = 0.0
    for _ in range(3):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            shutil.copyfile(path, folder / "data")
            packing = run(tool.pack, folder)
            (folder / "data").unlink()
            size = (folder / tool.packed).stat().st_size
            unpacking = run(tool.unpack, folder)
            if (folder / tool.back).read_bytes() != path.read_bytes():
                raise RuntimeError(f"{tool.name} does not give {path.name} back")
        encode_s, decode_s = min(encode_s, packing.seconds), min(decode_s, unpacking.seconds)
        peak_mb = max(peak_mb, packing.peak_mb, unpacking.peak_mb)
        if packing.seconds + unpacking.seconds > SHORT:
            break
    measured = {"size": path.stat().st_size, "bytes": size, "encode_s": round(encode_s, 5)}
    return measured | {"decode_s": round(decode_s, 5), "peak_mb": round(peak_mb, 1)}


def measure(rows: Rows, files: list[str], codes: list[str], peers: bool) -> None:
    """Measure what the record does not hold yet."""
    tools = [tool for tool in TOOLS if tool.path] if peers else []
    with tempfile.TemporaryDirectory() as folder:
        for file in files:
            path = open_file(file, Path(folder))
            for spec in codes:
                _keep(rows, file, spec, "ours", version_of(spec), partial(measure_code, spec, path, "frame"))
            for name, spec in LIBRARIES.items() if peers else ():
                _keep(rows, file, name, "peer", version_of(spec), partial(measure_code, spec, path, "stream"))
            for tool in tools:
                _keep(rows, file, tool.name, "peer", version(tool.path), partial(measure_tool, tool, path))


def _keep(rows: Rows, file: str, code: str, kind: str, build: str, work: Callable[[], Row]) -> None:
    if rows.get((file, code), build) is not None:
        return
    try:
        row = rows.put((file, code), build, {"kind": kind, **work()})
    except RuntimeError as error:
        print(f"failed: {error}", flush=True)
        return
    speed = row["size"] / max(row["encode_s"], 1e-9) / 1e3
    print(f"{file:24}{code:28}{row['bytes']:>11,} bytes {speed:>9,.0f} kB/s {row['peak_mb']:>7,.0f} MB", flush=True)


def points(rows: Rows, title: str) -> list[Point]:
    """Every code that has been measured on all files of a set (ours: as it is now), and the quoted peers."""
    files = SETS[title]
    found: list[Point] = []
    names = list(dict.fromkeys(code for file, code in rows.rows if file in files))
    for code in names:
        of = [rows.rows.get((file, code)) for file in files]
        whole = [row for row in of if row is not None]
        ours = whole[0]["kind"] == "ours"
        if len(whole) < len(files) or (ours and any(row["version"] != version_of(code) for row in whole)):
            continue
        totals = [sum(row[field] for row in whole) for field in ("bytes", "encode_s", "decode_s")]
        found.append(Point(code, whole[0]["kind"], *totals, max(row["peak_mb"] for row in whole)))
    reference = next((point.encode_s for point in found if point.code == REFERENCE), None)
    if reference is not None:
        for code, quoted in QUOTED.items():
            if title in quoted.sizes and all(point.code != code for point in found):
                found.append(Point(code, "quoted", quoted.sizes[title], quoted.times * reference, None, None))
    return sorted(found, key=lambda point: point.bytes)


def size_of(rows: Rows, title: str) -> int:
    """Bytes of a set."""
    return sum(next(row["size"] for (of, _), row in rows.rows.items() if of == file) for file in SETS[title])


def print_set(title: str, size: int, found: list[Point]) -> bool:
    """The table of a set, and a line for each code of ours; whether one of them is beaten on both."""
    table = Table(title=f"{title}: {size:,} bytes")
    for column in ("code", "", "bytes", "bits per byte", "encode kB/s", "decode kB/s", "peak MB"):
        table.add_column(column, justify="left" if column in ("code", "") else "right", no_wrap=True)
    for point in found:
        table.add_row(
            point.code, "" if point.kind == "peer" else point.kind, f"{point.bytes:,}", f"{8 * point.bytes / size:.3f}",
            f"{size / point.encode_s / 1e3:,.0f}", f"{size / point.decode_s / 1e3:,.0f}" if point.decode_s else "",
            f"{point.peak_mb:,.0f}" if point.peak_mb else "",
        )  # fmt: skip
    Console(width=WIDTH).print(table)
    beaten = False
    for point in (point for point in found if point.kind == "ours"):
        them = better(point, found)
        beaten |= bool(them)
        said = "; ".join(f"{o.code}{' (quoted)' if o.kind == 'quoted' else ''}" for o in them)
        print(f"{title}: {point.code}: " + (f"SMALLER AND FASTER: {said}" if them else "no peer is smaller and faster"))
    return beaten


def chosen(text: str) -> list[str]:
    """Files named by set, by name or by path."""
    if text == "none":
        return []
    found: list[str] = []
    for item in text.split(","):
        every = SETS.get(item) or [f for files in SETS.values() for f in files if item in (f, f.rpartition("/")[2])]
        if not every:
            sys.exit(f"no file or set is called {item!r}; sets are {', '.join(SETS)}")
        found += every
    return list(dict.fromkeys(found))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", default=",".join(SETS), help="sets or files, by name; none measures nothing")
    parser.add_argument("--codes", default=CODES, help="specs of ours; empty for the peers alone")
    parser.add_argument("--no-peers", action="store_true", help="do not measure the peers (the record's are shown)")
    parser.add_argument("--plot", action="store_true", help="draw docs/figures/field.svg")
    parser.add_argument("--check", action="store_true", help="exit 1 if a peer is at once smaller and faster")
    parser.add_argument("--again", action="store_true", help="measure also what the record holds already")
    parser.add_argument("--record", type=Path, default=RECORD)
    args = parser.parse_args()
    codes = split_specs(args.codes)
    rows = Rows(args.record, "python -m benchmarks.field", again=args.again)
    if not args.no_peers:
        absent = [tool.name + (" (quoted)" if tool.name in QUOTED else "") for tool in TOOLS if not tool.path]
        print(f"not found on PATH: {', '.join(absent) or 'none'}")
    measure(rows, chosen(args.files), codes, not args.no_peers)
    if rows.stale():
        print(f"{rows.stale()} rows of ours were measured with other codes: they are not shown")
    fields = {title: found for title in SETS if (found := points(rows, title))}
    beaten = [title for title, found in fields.items() if print_set(title, size_of(rows, title), found)]
    print_goals({title: (size_of(rows, title), found) for title, found in fields.items()})
    if args.plot:
        # Imported only here: a child's memory is counted from its parent's, so this process stays small.
        from benchmarks.field_plot import draw

        draw(fields)
    if args.check and beaten:
        sys.exit(f"a peer is at once smaller and faster on {', '.join(beaten)}")


def split_specs(text: str) -> list[str]:
    """Specs joined by ',' (which also joins a spec's parameters: there, key=value without a name continues a spec)."""
    specs: list[str] = []
    for item in filter(None, text.split(",")):
        if specs and "=" in item and ":" not in item:
            specs[-1] += "," + item
        else:
            specs.append(item)
    return specs


if __name__ == "__main__":
    main()
