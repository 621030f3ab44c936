"""Where the real data lies, and what every room's tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data: `CODELENGTH_DATA`, by default ../shared/data. Its absence is a failure, not a skip."""
    folder = Path(os.environ.get("CODELENGTH_DATA", ROOT / ".." / "shared" / "data")).resolve()
    if not folder.is_dir():
        pytest.fail(f"no real data at {folder}: set CODELENGTH_DATA to the folder that its README describes")
    return folder


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache of primed states for this run alone: nothing is read from the user's, and nothing left there."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CODELENGTH_CACHE", str(shared / "codelength-cache"))
        yield shared / "codelength-cache"
