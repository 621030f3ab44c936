"""The fuzzer finds what is planted, and nothing in some hundred cases of what is there (`benchmarks/fuzz.py`)."""

import io
import json
import sys
from pathlib import Path
from random import Random

import pytest
from benchmarks import fuzz, fuzz_mutation
from benchmarks.fuzz_entries import Case, Entry, entries, frame_of, samples
from benchmarks.fuzz_worker import judged
from rich.console import Console

from codelength.coding.frame import frames_info
from codelength.core import StreamError

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="memory and time of a case are read from Linux's /proc")

PLANTED = """
import os, sys, time
from benchmarks import fuzz, fuzz_entries, fuzz_worker
from benchmarks.fuzz_entries import Case, Entry

held = []

def call(case):
    kind = case.stream[0] % 8
    if kind == 0: os.abort()
    if kind == 1: time.sleep(1000)
    if kind == 2: raise KeyError("planted")
    if kind == 3: return b"other content"
    if kind == 4: return bytearray(4 << 30)

planted = {"planted": Entry(lambda rng: Case("planted", rng.randbytes(1), {}, (b"",)), call)}
for module in (fuzz, fuzz_entries, fuzz_worker):
    module.entries = lambda: planted
fuzz_worker._SAID_EVERY = 0.05
fuzz_worker.warm = lambda chosen: None
fuzz.main()
"""


@LINUX
def test_the_fuzzer_finds_crashes_hangs_exceptions_wrong_content_and_too_much_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "planted.py").write_text(PLANTED)
    monkeypatch.setattr(fuzz, "WORKER", (sys.executable, str(tmp_path / "planted.py")))
    monkeypatch.setenv("PYTHONPATH", str(fuzz.ROOT))
    monkeypatch.setattr(fuzz, "RECORD", tmp_path / "fuzz.json")
    monkeypatch.setattr(fuzz, "WALL", 1.0)
    options = fuzz.Options(0.0, 0, ["planted"], tmp_path / "kept")
    run = fuzz.Run({}, options)
    wanted = {"KeyError", "WrongContentError", "MemoryError", "it waits for ever", "the process died with -6"}
    for attempt in range(12):
        if {finding["error"] for finding in run.figures["findings"]} == wanted:
            break
        folder = tmp_path / f"worker {attempt}"
        folder.mkdir()
        fuzz._one_worker(run, options._replace(minutes=1.0), folder, Console(quiet=True))
    assert {finding["error"] for finding in run.figures["findings"]} == wanted
    for finding in run.figures["findings"]:
        assert Case.from_json((tmp_path / "kept" / finding["case"]).read_text()).entry == "planted"


@LINUX
@pytest.mark.parametrize("name", entries())
def test_some_cases_of_every_entry_keep_the_contract(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    entry = entries()[name]
    for number in range(entry.weight):
        case = entry.make(Random(f"{name} {number}"))
        outcome, _, _ = judged(entry, case)
        assert outcome["kind"] in ("decoded", "refused"), (outcome, case.to_json())
        assert Case.from_json(case.to_json()) == case


@LINUX
def test_what_a_case_may_be_is_judged() -> None:
    def made(_rng: Random) -> Case:
        return Case("made", b"", {"max_size": "9"}, (b"right",))

    def refuse(_case: Case) -> None:
        raise StreamError("two\nlines")

    for call, kind in (
        (lambda _: b"right", "decoded"),
        (lambda _: b"wrong", "finding"),
        (lambda _: b"far too long", "finding"),
        (refuse, "finding"),
    ):
        assert judged(Entry(made, call), made(Random(0)))[0]["kind"] == kind


def test_frames_are_taken_apart_and_put_together_again() -> None:
    for spec, given in (("kt", False), ("zlib", True), ("kt~ctw", True)):
        for number, content in enumerate(samples()):
            frame = frame_of(spec, number, 64, given)
            fields = fuzz_mutation.parsed(frame)
            assert bytes(fields) == frame
            assert fields.sealed(content) == fields


def test_the_same_number_is_the_same_case() -> None:
    for name, entry in entries().items():
        first, again = (entry.make(Random("same")) for _ in range(2))
        assert first == again, name


def test_the_record_adds_up(tmp_path: Path) -> None:
    options = fuzz.Options(1.0, 0, ["kt.decode"], tmp_path)
    record: dict[str, object] = {}
    for minutes in (1, 2):
        run = fuzz.Run(json.loads(json.dumps(record)) if record else record, options)
        run.begin()
        said = {"seconds": 60.0, "next": 10 * minutes, "cases": {"kt.decode refused": 10}}
        run.add(said | {"most": {"kt.decode": 3 << 20}, "longest": {"kt.decode": 0.25}})
        record = {fuzz.source_digest(): run.figures}
        assert (run.next, run.figures["cases"], run.figures["cpu_minutes"]) == (10 * minutes, 10 * minutes, minutes)
    assert run.figures["entries"]["kt.decode"] == {
        "decoded": 0,
        "refused": 20,
        "finding": 0,
        "most_mib": 3,
        "longest_s": 0.25,
    }


def test_most_damage_to_frames_is_seen_as_damage() -> None:
    """The fuzzer reaches past the header: about half of the cases are still frames from end to end."""
    entry, sound = entries()["frames_info"], 0
    for number in range(200):
        case = entry.make(Random(number))
        try:
            sound += bool(list(frames_info(io.BytesIO(case.stream))))
        except StreamError:
            continue
    assert 40 <= sound <= 160
