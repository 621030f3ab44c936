"""The process that the fuzzer's cases run in: it may crash, hang or run out of memory, and its parent tells.

Address space is limited to what the process has once everything is imported, compiled and warm, and 1 GiB more. Before
each case its text is written to the file `current`; what came of the cases goes to stdout, a line of JSON now and then.
The most memory of a case is the growth of the resident set's high-water mark, which Linux lets a process reset.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.fuzz_entries import Case, Entry, check, entries, sound_cases
from codelength.core import CodelengthError

ADDRESS_SPACE = 1 << 30
"""Bytes above the warm process that a case may take."""

RESIDENT = 512 << 20
"""Bytes that the resident set may grow by in one case: more is a finding."""

SLOW = 20.0
"""Seconds of processor time that a case may take: more is a finding."""

_SAID_EVERY = 2.0


def work(folder: Path, seed: int, start: int, names: list[str]) -> None:
    """Run cases from number `start` on, until killed."""
    chosen = {name: entry for name, entry in entries().items() if name in names}
    os.chdir(folder)
    warm(chosen)
    _limit()
    idle = time.process_time()
    done: Counter[str] = Counter()
    longest: Counter[str] = Counter()
    most: Counter[str] = Counter()
    weights = [entry.weight for entry in chosen.values()]
    _say({"next": start, "cases": done, "longest": longest, "most": most}, idle)  # compiling is no case's time
    said = time.monotonic()
    for number in range(start, 1 << 62):
        rng = Random(f"{seed} {number}")
        name = rng.choices(list(chosen), weights)[0]
        case = chosen[name].make(rng)
        Path("current").write_text(f"{number}\n{case.to_json()}", encoding="ascii")
        outcome, grown, seconds = judged(chosen[name], case)
        done[f"{name} {outcome['kind']}"] += 1
        longest[name] = max(longest[name], seconds)  # type: ignore[assignment]
        most[name] = max(most[name], grown)
        if outcome["kind"] == "finding":
            _say({"finding": outcome, "entry": name, "case": case.to_json()}, idle)
        if time.monotonic() > said + _SAID_EVERY or outcome["kind"] == "finding":
            said = time.monotonic()
            _say({"next": number + 1, "cases": done, "longest": longest, "most": most}, idle)
            done, longest, most = Counter(), Counter(), Counter()


def warm(chosen: dict[str, Entry]) -> None:
    """Import and compile, before anything is measured: sound frames of every code, then one whole pass."""
    for name in ("decompress", "codelength decompress"):
        for case in sound_cases(name) if name in chosen else ():
            judged(chosen[name], case)
    for at in range(20 * len(chosen)):
        rng = Random(f"warm {at}")
        entry = list(chosen.values())[at % len(chosen)]
        judged(entry, entry.make(rng))


def judged(entry: Entry, case: Case) -> tuple[dict[str, Any], int, float]:
    """What came of a case: decoded, refused, or a finding; bytes of memory; seconds of processor time."""
    before = _reset_high_water()
    began = time.process_time()
    try:
        check(case, entry.call(case))
        outcome: dict[str, Any] = {"kind": "decoded"}
    except CodelengthError as error:
        outcome = {"kind": "refused"}
        if not str(error) or "\n" in str(error):
            outcome = {"kind": "finding", "error": "a message of no or several lines", "where": repr(str(error))[:200]}
    except (Exception, KeyboardInterrupt) as error:  # whatever it is, it is what we are looking for
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}:{last.lineno}"
        outcome = {"kind": "finding", "error": f"{type(error).__name__}: {str(error)[:200]}", "where": where}
    seconds = time.process_time() - began
    grown = max(0, _high_water() - before)
    if outcome["kind"] != "finding" and grown > RESIDENT:
        outcome = {"kind": "finding", "error": "more memory than the bound", "where": f"{grown >> 20} MiB"}
    if outcome["kind"] != "finding" and seconds > SLOW:
        outcome = {"kind": "finding", "error": "more time than the bound", "where": f"{seconds:.0f} s"}
    return outcome, grown, seconds


def _limit() -> None:
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + ADDRESS_SPACE, held + ADDRESS_SPACE))


def _reset_high_water() -> int:
    """Bytes resident now; the high-water mark starts anew from here."""
    Path("/proc/self/clear_refs").write_text("5")
    return _high_water()


def _high_water() -> int:
    with Path("/proc/self/status").open() as status:
        for line in status:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) << 10
    raise RuntimeError("this needs Linux: /proc/self/status has no VmHWM")


def _say(record: dict[str, Any], idle: float) -> None:
    record["seconds"] = time.process_time() - idle
    os.write(_out, (json.dumps(record) + "\n").encode())


_out = sys.stdout.fileno()
