"""Every code of the catalogue keeps the rules that `conformance` states. None is skipped."""

from pathlib import Path

import pytest

from codelength.catalogue import CATALOGUE, make, predictors
from codelength.core import Learner, UnknownCodeError
from conformance import MEGABYTE, check_code, check_learner, check_predictor

CODES = list(CATALOGUE)
LEARNERS = [*predictors(), "prose", "search", "x86", "zlib", "zstd"]
SLOW = ("program", "prose", "records", "samples", "search", "x86")


@pytest.fixture(scope="module")
def text(data_dir: Path) -> bytes:
    return (data_dir / "calgary" / "paper1").read_bytes()


@pytest.mark.parametrize("name", CODES)
def test_a_code_keeps_the_rules_of_a_code(name: str, text: bytes) -> None:
    check_code(make(name), text, large=200_000 if name in SLOW else MEGABYTE)


@pytest.mark.parametrize("name", CODES)
def test_only_codes_with_side_information_of_their_own_are_learners(name: str) -> None:
    assert isinstance(make(name), Learner) == (name in LEARNERS)


@pytest.mark.parametrize("name", LEARNERS)
def test_a_learner_keeps_the_rules_of_a_learner(name: str, text: bytes) -> None:
    check_learner(make(name), text)


@pytest.mark.parametrize("name", predictors())
def test_a_predictor_keeps_the_rules_of_a_predictor(name: str, text: bytes) -> None:
    check_predictor(make(name), text)


@pytest.mark.parametrize("name", CODES)
def test_a_spec_makes_the_code_that_bears_it(name: str) -> None:
    code = make(name)
    assert code.spec.partition(":")[0] == name
    assert make(code.spec).spec == code.spec
    with pytest.raises(UnknownCodeError, match="nonsense"):
        make(f"{name}:nonsense=1")


@pytest.mark.parametrize("name", CODES)
@pytest.mark.parametrize(
    "parameter",
    ["_side=text", "_side=5", "contexts=x", "contexts=3", "self=1", "__class__=1", "level=1.5", "memory=x", "level= 1"],
)
def test_a_spec_reaches_only_whole_numbers_and_words(name: str, parameter: str) -> None:
    """What a code can be made of in Python (side information, contexts) is out of reach of a frame."""
    with pytest.raises(UnknownCodeError):
        make(f"{name}:{parameter}")


def test_a_spec_still_says_all_that_it_may() -> None:
    assert make("brotli:mode=text,level=3").spec == "brotli:level=3,mode=text"
    assert make("kt:alphabet=2+ctw:depth=8").spec == "kt:alphabet=2+ctw:depth=8"
    with pytest.raises(UnknownCodeError, match="level is 'x'; expected a whole number"):
        make("zlib:level=x")
    with pytest.raises(UnknownCodeError, match="level is -3; expected a whole number from 0 to 9"):
        make("zlib:level=-3")
