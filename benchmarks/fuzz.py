"""Fuzzing of everything that reads: damaged and hostile input ends in the original content or in one clear refusal.

Cases are made by `fuzz_mutation` for the readers in `fuzz_entries`, and run in a process of their own (`fuzz_worker`)
under a limit of memory. Case n follows from the seed and n. Time counts only with the source it was spent on: the
record adds up processor minutes and cases for each digest of src/codelength, so that a long run may be made of short
ones, each of which goes on where the last one ended. Findings are saved as files that `--replay` runs again.

    python -m benchmarks.fuzz --minutes 30
    python -m benchmarks.fuzz --minutes 1 --codes cm,zstd
    python -m benchmarks.fuzz --replay /tmp/codelength-fuzz/0123456789abcdef.json
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import select
import subprocess
import sys
import tempfile
import time
from collections import Counter
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks.fuzz_entries import Case, entries
from benchmarks.fuzz_worker import SLOW, judged, work

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "benchmarks" / "records" / "fuzz.json"
KEEP = Path(tempfile.gettempdir()) / "codelength-fuzz"
WALL = 150.0
"""Seconds without a word from a worker that computes nothing: it waits for something that never comes."""

COMPILING = 900.0
"""Seconds that a worker may take before its first case."""

WORKER = (sys.executable, "-m", "benchmarks.fuzz")
LIBRARIES = ("numba", "numpy", "brotli", "zstandard", "pyppmd")


class Options(NamedTuple):
    """What was asked for."""

    minutes: float
    seed: int
    names: list[str]
    keep: Path


def source_digest() -> str:
    """BLAKE2b over all of src/codelength: what the minutes were spent on."""
    digest = blake2b(digest_size=8)
    for path in sorted((ROOT / "src" / "codelength").rglob("*.py")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


class Run:
    """Figures of one source digest: those of the record, and what this run adds."""

    def __init__(self, record: dict[str, Any], options: Options) -> None:
        fresh = {"first": _now(), "cpu_minutes": 0.0, "cases": 0, "next": {}, "entries": {}, "findings": []}
        self._record = record
        self.figures: dict[str, Any] = record.setdefault(source_digest(), fresh)
        self.figures["python"] = platform.python_version()
        self.figures["libraries"] = {name: version(name) for name in LIBRARIES}
        self._options = options
        # Another choice of entries makes other cases of the same numbers.
        self._series = f"{options.seed} {blake2b(','.join(options.names).encode(), digest_size=4).hexdigest()}"
        self.spent = 0.0
        self._counted = 0.0

    @property
    def next(self) -> int:
        """The number of the next case."""
        return int(self.figures["next"].get(self._series, 0))

    def begin(self) -> None:
        """A new worker, whose clock starts at zero."""
        self._counted = 0.0

    def add(self, said: dict[str, Any]) -> None:
        """One line of the worker."""
        minutes = (said["seconds"] - self._counted) / 60
        self._counted = said["seconds"]
        self.spent += minutes
        self.figures["cpu_minutes"] = round(self.figures["cpu_minutes"] + minutes, 3)
        self.figures["last"] = _now()
        if "finding" in said:
            self.found(said["entry"], said["finding"], said["case"])
            return
        self.figures["next"][self._series] = said["next"]
        for key, count in said["cases"].items():
            name, _, outcome = key.rpartition(" ")
            row = self.figures["entries"].setdefault(name, {"decoded": 0, "refused": 0, "finding": 0})
            row[outcome] += count
            row["most_mib"] = max(row.get("most_mib", 0), said["most"][name] >> 20)
            row["longest_s"] = round(max(row.get("longest_s", 0.0), said["longest"][name]), 2)
            self.figures["cases"] += count

    def skip(self, number: int) -> None:
        """The case that ended the worker is not run again; those since its last word are not counted."""
        self.figures["next"][self._series] = number + 1

    def save(self) -> None:
        """Into the record, so that a run that is ended early counts as far as it came."""
        beside = RECORD.with_suffix(".part")
        beside.write_text(json.dumps(self._record, indent=1) + "\n", encoding="utf-8")
        beside.replace(RECORD)

    def found(self, entry: str, finding: dict[str, str], case: str) -> None:
        """Note a finding and save its case; those of one kind are counted together."""
        kind = {"entry": entry, "error": finding["error"].split(":")[0], "where": finding["where"]}
        for known in self.figures["findings"]:
            if all(known[key] == value for key, value in kind.items()):
                known["count"] += 1
                return
        self._options.keep.mkdir(parents=True, exist_ok=True)
        path = self._options.keep / f"{blake2b(case.encode(), digest_size=8).hexdigest()}.json"
        path.write_text(case, encoding="ascii")
        self.figures["findings"].append(kind | {"message": finding["error"], "count": 1, "case": path.name})
        print(f"FOUND in {entry}: {finding['error']} ({finding['where']}), saved as {path}", file=sys.stderr)


def fuzz(options: Options, console: Console) -> dict[str, Any]:
    """Workers one after the other until the minutes are spent."""
    record: dict[str, Any] = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    run = Run(record, options)
    while run.spent < options.minutes:
        with tempfile.TemporaryDirectory() as folder:
            _one_worker(run, options, Path(folder), console)
        run.save()
    return run.figures


def _one_worker(run: Run, options: Options, folder: Path, console: Console) -> None:
    """A worker until it ends, is stuck, or the minutes are over."""
    command = [*WORKER, "--worker", str(folder), "--seed", str(options.seed), "--start", str(run.next)]
    command += ["--codes", ",".join(options.names)]
    run.begin()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    current = folder / "current"
    heard, heard_cpu, buffered = time.monotonic(), 0.0, b""
    ended, over = "", False
    while not (ended or over):
        started = current.exists()  # asked before reading: what the worker said before its first case is then heard
        ready, _, _ = select.select([process.stdout], [], [], 1.0)
        part = os.read(process.stdout.fileno(), 1 << 20) if ready else b""
        *lines, buffered = (buffered + part).split(b"\n")
        for line in lines:
            heard, heard_cpu = time.monotonic(), _processor_time(process.pid)
            run.add(json.loads(line))
        if lines:
            run.save()
            console.print(f"{run.spent:6.2f} min  {run.figures['cases']:,} cases", end="\r")
        over = run.spent >= options.minutes
        if ready and not part:
            process.wait()
            ended = f"the process died with {process.returncode}"
        else:
            busy = _processor_time(process.pid) - heard_cpu
            if busy > (3 * SLOW if started else COMPILING):
                ended = "no end in sight"
            elif busy < 1.0 and time.monotonic() > heard + (WALL if started else COMPILING):
                ended = "it waits for ever"
    process.kill()
    process.wait()
    if ended:
        if not current.exists():
            raise SystemExit(f"the worker did not even start: {ended}")
        number, _, text = current.read_text(encoding="ascii").partition("\n")
        run.found(Case.from_json(text).entry, {"error": ended, "where": "the worker"}, text)
        run.skip(int(number))


def _processor_time(pid: int) -> float:
    """Seconds of processor time that a process has had; no other load on the machine makes it look stuck."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _now() -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())


def replay(path: Path, console: Console) -> None:
    """Run one saved case, and let what it raises be seen."""
    case = Case.from_json(path.read_text(encoding="ascii"))
    console.print(f"{case.entry} {case.options} {len(case.stream)} bytes: {case.stream[:40].hex(' ')}")
    outcome, grown, seconds = judged(entries()[case.entry], case)
    console.print(f"{outcome}, {grown >> 20} MiB, {seconds:.2f} s")
    if outcome["kind"] == "finding":
        entries()[case.entry].call(case)


def show(figures: dict[str, Any], console: Console) -> None:
    """The figures of this source as a table."""
    table = Table(title=f"{figures['cases']:,} cases in {figures['cpu_minutes']:.1f} processor minutes")
    for column in ("entry", "refused", "decoded", "findings", "most MiB", "longest s"):
        table.add_column(column, justify="left" if column == "entry" else "right")
    for name, row in sorted(figures["entries"].items()):
        counts = [f"{row[key]:,}" for key in ("refused", "decoded", "finding", "most_mib")]
        table.add_row(name, *counts, f"{row['longest_s']:.2f}")
    console.print(table)
    for kind, count in Counter(f"{f['entry']}: {f['message']} ({f['where']})" for f in figures["findings"]).items():
        console.print(f"found {count}: {kind}", markup=False)


def main() -> None:
    parser = argparse.ArgumentParser(description="Fuzz everything that reads.")
    parser.add_argument("--minutes", type=float, default=1.0, help="processor minutes to spend")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--codes", default="", help="only entries whose name begins with one of these (comma between)")
    parser.add_argument("--keep", type=Path, default=KEEP, help="folder for the cases of findings")
    parser.add_argument("--replay", type=Path, metavar="CASE", help="run one saved case again")
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--start", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    begins = tuple(filter(None, asked.codes.split(",")))
    names = [name for name in entries() if not begins or name.startswith(begins)]
    console = Console()
    if asked.worker is not None:
        work(asked.worker, asked.seed, asked.start, names)
    elif asked.replay is not None:
        replay(asked.replay, console)
    elif not names:
        parser.error(f"no entry begins with {asked.codes!r}; there are {', '.join(entries())}")
    else:
        show(fuzz(Options(asked.minutes, asked.seed, names, asked.keep), console), console)


if __name__ == "__main__":
    main()
