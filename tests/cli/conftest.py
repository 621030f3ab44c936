"""Running commands in this process: what they print, and how they end."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from codelength.cli.main import app


@dataclass(frozen=True)
class Ran:
    """A command that has ended."""

    code: int
    out: str
    err: str
    bytes: bytes

    @property
    def json(self) -> dict[str, Any]:
        """Stdout as one JSON object: anything else in it is a failure."""
        value = json.loads(self.out)
        assert isinstance(value, dict)
        return value

    @property
    def complaint(self) -> str:
        """The one line on stderr of a command that has failed."""
        assert self.code == 1
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith("codelength: ")
        return self.err.removeprefix("codelength: ").rstrip("\n")


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in an empty folder of its own, 80 columns wide; a defect (an exception) is a failure."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def run_it(*args: str | Path, stdin: bytes | None = None) -> Ran:
        done = CliRunner().invoke(app, [str(arg) for arg in args], input=stdin)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Ran(done.exit_code, done.stdout_bytes.decode("utf-8", "replace"), done.stderr, done.stdout_bytes)

    return run_it
