"""Without the extras: the package is there, and a command that needs one says in one line which to install."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ABSENT = """
import sys

class Without:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"sklearn", "scipy", "torch", "safetensors", "pyarrow", "ot"}:
            return None
        return self.finder.find_spec(name, path, target)

sys.meta_path[:] = map(Without, sys.meta_path)
sys.argv[0] = "codelength"
from codelength.cli.main import run
run()
"""
LABELLED = ("--train", "x.jsonl", "--test", "x.jsonl")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "x.jsonl").write_text('{"text": "a cat", "label": 1}\n{"text": "a bank", "label": 2}\n')
    (tmp_path / "y.txt").write_text("a\nb\n")
    np.save(tmp_path / "x.npy", np.eye(2))
    return tmp_path


def without(files: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", ABSENT, *args], cwd=files, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("args", "extra"),
    [
        (("classify", *LABELLED), "learn"),
        (("neighbours", *LABELLED), "learn"),
        (("probe", "--features", "x.npy", "--labels", "y.txt"), "learn"),
        (("distinguish", "y.txt", "y.txt"), "learn"),
        (("distinguish", "x.npy", "x.npy"), "learn"),
        (("train", "y.txt", "-o", "net"), "torch"),
        (("encode", "net", "y.txt", "-o", "y.cln"), "torch"),
    ],
)
def test_what_needs_an_extra_names_it(files: Path, args: tuple[str, ...], extra: str) -> None:
    done = without(files, *args)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1 and f"pip install 'codelength[{extra}]'" in done.stderr


def test_what_needs_none_works(files: Path) -> None:
    for args in (("--help",), ("bound", "--train-error", "0.1", "--examples", "99", "--bits", "5")):
        assert without(files, *args).returncode == 0
