"""Every example in the README, the guide and the docstrings runs as it stands."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import codelength

ROOT = Path(__file__).resolve().parent.parent
PAGES = ["README.md", *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").glob("*.md")))]
MODULES = [
    module.name
    for module in pkgutil.walk_packages(codelength.__path__, "codelength.")
    if not module.name.endswith("__main__")
]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL


@pytest.mark.parametrize("page", PAGES)
def test_examples_of_a_page(page: str) -> None:
    failed, _ = doctest.testfile(str(ROOT / page), module_relative=False, optionflags=OPTIONS)
    assert failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_a_module(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=OPTIONS)
    assert failed == 0


def test_the_guide_has_examples() -> None:
    parser = doctest.DocTestParser()
    for page in ("README.md", "docs/which-data-helps.md"):
        assert len(parser.get_examples((ROOT / page).read_text())) >= 5
