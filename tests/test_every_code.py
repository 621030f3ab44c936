"""Every code of the catalogue keeps the rules that `conformance` states. None is skipped."""

from pathlib import Path

import pytest

from codelength.catalogue import CATALOGUE, make, predictors
from codelength.core import Learner, UnknownCodeError
from conformance import check_code, check_learner, check_predictor

CODES = list(CATALOGUE)
LEARNERS = [*predictors(), "zlib", "zstd"]


@pytest.fixture(scope="module")
def text(data_dir: Path) -> bytes:
    return (data_dir / "calgary" / "paper1").read_bytes()


@pytest.mark.parametrize("name", CODES)
def test_a_code_keeps_the_rules_of_a_code(name: str, text: bytes) -> None:
    check_code(make(name), text)


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
