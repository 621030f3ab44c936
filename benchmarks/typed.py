"""Claim: `records` and `samples` are chosen where they pay, and nowhere else.

    python -m benchmarks.typed [--sound ROOT] [--only NAME,...] [--list]

Every file of Calgary, Canterbury, the artificial corpus, the languages and the logs, the first 256 kB of each file of
Silesia, binary files of this machine and of Python's packages, and tables made here out of real texts (SQLite) are
shown to the chooser. Where it names one of the two codes, the file (at most its first 256 kB, of sound 64, but of the
corpora all of it) is coded by that and by `cm`, the streams decoded and compared, beside xz -9e, zpaq -m5 and, of
WAV files, flac -8 (programs; whole files, headers and all) on the same bytes. --list measures nothing.

Sound: WAV, AIFF and SoundFont files, and FLAC unpacked to WAV, of the Debian packages alsa-utils, puredata-doc,
sonic-pi-samples and timgm6mb-soundfont; ROOT is where they are unpacked (`dpkg -x`), / if they are installed. The first
half second of some of them was used in development (`DEVELOPED`), of the others nothing.

Prints, and writes benchmarks/records/typed.json. Fails when a chosen code is larger than `cm`.
"""

from __future__ import annotations

import argparse
import io
import lzma
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import wave
import zipfile
from collections.abc import Iterator
from pathlib import Path

import scipy

from benchmarks.peers import TOOLS, Tool, run, version
from benchmarks.real_data import DATA
from benchmarks.rows import Rows, version_of
from codelength.catalogue import make
from codelength.predictors.mixing.suited import other_code

RECORD = Path(__file__).resolve().parent / "records" / "typed.json"
HEAD = 1 << 18
SOUND_HEAD = 1 << 16
ASKED = 1 << 20
FLAC = Tool("flac -8", "flac -8 -s -o packed.flac data", "packed.flac", "flac -d -s -o back packed.flac", "back")
ZPAQ = next(tool for tool in TOOLS if tool.name == "zpaq -m5")

SOUND = (
    "share/sounds/alsa/Front_Center.wav",
    "share/sounds/alsa/Rear_Left.wav",
    "share/puredata/doc/sound/bell.aiff",
    "share/puredata/doc/sound/voice.wav",
    *(
        f"share/sonic-pi/samples/{name}.flac"
        for name in ("ambi_piano", "guit_em9", "loop_amen", "drum_roll", "loop_tabla", "loop_garzul", "perc_bell")
    ),
    "share/sounds/sf2/TimGM6mb.sf2",
)
"""Below /usr."""

DEVELOPED = ("Front_Center", "ambi_piano", "guit_em9", "loop_amen", "drum_roll", "kennedy.xls", "geo", "obj2", "sum")

MACHINE = (
    "/etc/ld.so.cache",
    "/usr/lib/udev/hwdb.bin",
    "/usr/share/mime/mime.cache",
    "/usr/lib/locale/C.utf8/LC_CTYPE",
    "/usr/share/zoneinfo/Europe/London",
    "/usr/bin/python3",
)


def corpora() -> Iterator[tuple[str, bytes]]:
    """The shared data: names and contents."""
    for folder in ("calgary", "canterbury", "artificial", "languages", "logs"):
        for path in sorted((DATA / folder).iterdir()):
            if path.name not in ("SHA1SUM", "LICENSE", "CITATION"):
                yield f"{folder}/{path.name}", path.read_bytes()
    for path in sorted((DATA / "silesia").glob("*.zip")):
        with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as file:
            yield f"silesia/{path.stem}", file.read(HEAD)


def elsewhere() -> Iterator[tuple[str, bytes]]:
    """Binary files of this machine, arrays of scipy's tests, and a table made of a real log."""
    for name in MACHINE:
        if (path := Path(name)).exists():
            with path.open("rb") as file:
                yield name, file.read(HEAD)
    tests = Path(scipy.__file__).parent
    for path in sorted([*tests.rglob("*.npy"), *tests.rglob("*.wav"), *tests.rglob("*.sav"), *tests.rglob("*.nc")]):
        yield f"scipy/{path.name}", path.read_bytes()[:HEAD]
    yield "SQLite of Spark_2k.log", _database((DATA / "logs" / "Spark_2k.log").read_text().splitlines())


def _database(lines: list[str]) -> bytes:
    """A database of a log's first four words and the rest, a row a line."""
    with sqlite3.connect(":memory:") as base:
        base.execute("create table log (day text, time text, level text, source text, said text)")
        rows = (line.split(" ", 4) for line in lines)
        base.executemany("insert into log values (?, ?, ?, ?, ?)", (row for row in rows if len(row) == 5))
        base.commit()
        return bytes(base.serialize())


def sounds(root: Path) -> Iterator[tuple[str, bytes]]:
    """The first 64 kB of sound, with a header that says so; of the SoundFont as much from its middle, with none."""
    for name in SOUND:
        path = root / "usr" / name
        if not path.exists():
            print(f"not found: {path}")
        elif path.suffix == ".sf2":
            body = path.read_bytes()
            yield path.name, body[len(body) // 2 & ~1 :][:SOUND_HEAD]
        elif path.suffix == ".aiff":
            yield path.name, path.read_bytes()[:SOUND_HEAD]
        else:
            whole = path.read_bytes()
            if path.suffix == ".flac":
                whole = subprocess.run(["flac", "-d", "-c", "-s", path], capture_output=True, check=True).stdout
            yield path.name, cut(whole)


def cut(whole: bytes) -> bytes:
    """A WAV file of the first 64 kB of another."""
    sink = io.BytesIO()
    with wave.open(io.BytesIO(whole)) as file, wave.open(sink, "wb") as out:
        out.setparams(file.getparams())
        out.writeframes(file.readframes(SOUND_HEAD // (file.getnchannels() * file.getsampwidth())))
    return sink.getvalue()


def coded(spec: str, data: bytes) -> dict[str, float]:
    """Bytes of a stream, decoded and compared, and processor seconds of encoding."""
    code = make(spec)
    code.encode(data[:500])  # compiles
    start = time.process_time()
    stream = code.encode(data)
    seconds = time.process_time() - start
    if code.decode(stream, max_size=len(data)) != data:
        sys.exit(f"{spec}: what was decoded is not what was encoded")
    return {"bytes": len(stream), "seconds": round(seconds, 2), "kB/s": round(len(data) / seconds / 1e3, 1)}


def packed(tool: Tool, data: bytes) -> dict[str, float]:
    """Bytes that a program makes of a file, unpacked and compared; 0 where it refuses the file or does not give all
    bytes back (flac reads some kinds of WAV and writes headers of its own).
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").write_bytes(data)
        try:
            used = run(tool.pack, folder)
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return {"bytes": 0, "seconds": 0.0}
        size = (folder / tool.packed).stat().st_size
        (folder / "data").unlink()
        run(tool.unpack, folder)
        if (folder / tool.back).read_bytes() != data:
            size = 0
    return {"bytes": size, "seconds": round(used.seconds, 2)}


def measure(rows: Rows, name: str, data: bytes, spec: str) -> bool:
    """One line of the table; whether the chosen code is larger than `cm`."""
    found: dict[str, float] = {}
    for each in (spec, "cm"):
        row = rows.get((name, each), version_of(each))
        row = row or rows.put((name, each), version_of(each), {"kind": "ours", "size": len(data), **coded(each, data)})
        found[each] = row["bytes"]
    xz = len(lzma.compress(data, preset=9 | lzma.PRESET_EXTREME))
    rows.put((name, "xz -9e"), "liblzma", {"kind": "peer", "bytes": xz})
    tools = [ZPAQ, FLAC] if data[:4] == b"RIFF" else [ZPAQ]
    for tool in tools:
        if shutil.which(tool.program) and rows.get((name, tool.name), version(tool.path)) is None:
            rows.put((name, tool.name), version(tool.path), {"kind": "peer", **packed(tool, data)})
        found[tool.name] = (rows.get((name, tool.name), version(tool.path)) or {"bytes": 0})["bytes"]
    developed = "*" if Path(name).stem in DEVELOPED or Path(name).name in DEVELOPED else ""
    cells = [found[spec], found["cm"], xz, found[ZPAQ.name], found.get(FLAC.name, 0)]
    print(
        f"{name + developed:30}{len(data):>9,}"
        + "".join(f"{cell:>10,}" if cell else f"{'':10}" for cell in cells)
        + f"{found[spec] / found['cm'] - 1:>+9.1%}  {spec}",
        flush=True,
    )
    return found[spec] > found["cm"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sound", type=Path, default=Path("/"), metavar="ROOT", help="where Debian's packages lie")
    parser.add_argument("--only", default="", help="files, by the beginning of their names, separated by commas")
    parser.add_argument("--list", action="store_true", help="say only what is chosen")
    args = parser.parse_args()
    rows = Rows(RECORD, "python -m benchmarks.typed")
    asked, larger = 0, []
    print(
        f"{'* used in development':30}{'bytes':>9}{'chosen':>10}{'cm':>10}{'xz -9e':>10}{'zpaq -m5':>10}{'flac -8':>10}"
    )
    for source in (corpora(), elsewhere(), sounds(args.sound)):
        for name, data in source:
            if args.only and not name.startswith(tuple(args.only.split(","))):
                continue
            asked += 1
            spec = other_code(data[:ASKED], len(data), "default")
            if spec is None:
                continue
            if args.list or not spec.startswith(("records", "samples")):
                print(f"{name:30}{len(data):>9,}  {spec}", flush=True)
            elif measure(rows, name, data, spec):
                larger.append(name)
    print(f"{asked} files were shown to the chooser; of those that are not named `cm` was chosen")
    if larger:
        sys.exit(f"the chosen code is larger than cm on {', '.join(larger)}")


if __name__ == "__main__":
    main()
