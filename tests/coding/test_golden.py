"""Golden frames decode for ever. They were made by `tests/golden/make.py`, and none is ever made anew."""

import hashlib
from pathlib import Path

import pytest
from framing import read

from golden.make import CM, HERE, INPUTS, PROSE, SIDE, file_of

FRAMES = sorted(HERE.glob("*.frame"))


def test_there_are_golden_frames() -> None:
    assert {path.name.split(".")[0] for path in FRAMES} == {
        *(file_of(spec, "").name.split(".")[0] for spec in (*CM, *PROSE)),
        *(
            "bilevel",
            "ctw",
            "delta",
            "dna",
            "huffman",
            "kt",
            "mini",
            "pixels",
            "program",
            "records",
            "samples",
            "search",
            "x86",
        ),
        "program,words=00110101001110100000011",
    }


def test_the_inputs_are_what_they_were() -> None:
    """If this fails, it is `make.py` that has changed, not the frames."""
    first = {name: data for name, data in INPUTS.items() if name != "short"}
    whole = hashlib.sha256(b"".join(first.values()) + SIDE).hexdigest()
    assert whole == "35054ba54be13f38d96c7508b03894b99df0632295b902adbb6635fb2cc2aa2c"
    short = hashlib.sha256(INPUTS["short"]).hexdigest()
    assert short == "1568accae0a2ab554451a1a1255b9ca3ba841dd337d317520b4bf92403033b0b"


@pytest.mark.parametrize("path", FRAMES, ids=lambda path: path.stem)
def test_golden_frames_decode(path: Path) -> None:
    name = path.name.removesuffix(".frame").removesuffix(".given").rpartition(".")[2]
    side = SIDE if path.name.endswith(".given.frame") else None
    assert read(path.read_bytes(), side=side) == INPUTS[name]
