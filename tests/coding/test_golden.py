"""Golden frames decode for ever. They were made by `tests/golden/make.py`, and none is ever made anew."""

import hashlib
from pathlib import Path

import pytest
from framing import read

from golden.make import HERE, INPUTS, SIDE

FRAMES = sorted(HERE.glob("*.frame"))


def test_there_are_golden_frames() -> None:
    assert {path.name.split(".")[0] for path in FRAMES} == {"cm", "ctw", "huffman", "kt", "mini"}


def test_the_inputs_are_what_they_were() -> None:
    """If this fails, it is `make.py` that has changed, not the frames."""
    whole = hashlib.sha256(b"".join(INPUTS.values()) + SIDE).hexdigest()
    assert whole == "35054ba54be13f38d96c7508b03894b99df0632295b902adbb6635fb2cc2aa2c"


@pytest.mark.parametrize("path", FRAMES, ids=lambda path: path.stem)
def test_golden_frames_decode(path: Path) -> None:
    name = path.name.removesuffix(".frame").removesuffix(".given").rpartition(".")[2]
    side = SIDE if path.name.endswith(".given.frame") else None
    assert read(path.read_bytes(), side=side) == INPUTS[name]
