"""An explanation's costs are those of the code, to the byte, and it finds what x was made to hold."""

from pathlib import Path

import numpy as np
import pytest

import codelength as cl
from codelength.catalogue import make, predictors
from codelength.core import DataError, Learner, UnknownCodeError
from codelength.report import to_record
from codelength.tasks import explain


@pytest.fixture(scope="module")
def texts(data_dir: Path) -> tuple[bytes, bytes]:
    folder = data_dir / "calgary"
    return (folder / "paper1").read_bytes()[:3000], (folder / "paper2").read_bytes()[:3000]


@pytest.mark.parametrize("spec", [*predictors(), "kt+ctw", "kt~ctw"])
@pytest.mark.parametrize("size", [1, 127, 128, 3000])
def test_costs_sum_to_the_codelength(spec: str, size: int, texts: tuple[bytes, bytes]) -> None:
    y, x = texts[0][:size], texts[1]
    code = make(spec)
    assert isinstance(code, Learner)
    found = explain(y, code, side={"x": x})
    assert found.byte_costs.shape == found.costs.shape == (size,)
    assert found.alone.kind == "exact"
    assert found.given is not None
    assert found.alone.bits == pytest.approx(code.bits(y).bits, rel=1e-12)
    assert found.given.bits == pytest.approx(code.given(x).bits(y).bits, rel=1e-12)
    assert found.savings.sum() == pytest.approx(found.alone.bits - found.given.bits)
    for regions, values in ((found.cost_regions, found.costs), (found.saving_regions, found.savings)):
        assert [region.start for region in regions] == [0, *(region.end for region in regions[:-1])]
        assert regions[-1].end == size
        assert sum(region.bits for region in regions) == pytest.approx(values.sum())


def test_the_dear_and_the_cheap_are_found(texts: tuple[bytes, bytes]) -> None:
    text = texts[0]
    noise = np.random.default_rng(0).bytes(96)
    found = explain(text[:1600] + noise + text[1600:] + b"ab" * 100, make("ctw"))
    dear, cheap = found.costliest(1)[0], found.cheapest(1)[0]
    assert (dear.start, dear.end) == (1600, 1696)
    assert dear.rate > 7
    assert cheap.start >= 3090
    assert found.given is None
    assert not found.savings.any()
    assert (found.saving_regions, found.passages, found.most_saved(3)) == ((), (), [])


def test_what_x_contributed_is_found_where_it_is(texts: tuple[bytes, bytes]) -> None:
    text, other = texts
    side = {"nothing": b"", "other": other, "seen": text[1000:1300]}
    found = explain(text, make("mini"), side=side)
    assert dict(found.side) == {"other": 3000, "seen": 300}
    best, part = found.passages_by_saving(1)[0]
    assert found.source_of(best) == "seen"
    assert (best.start, best.size, best.at) == (1000, 300, 0)
    assert part.saved > 300
    region = found.most_saved(1)[0]
    assert region.start < 1300
    assert region.end > 1000
    inside = found.longest_passage(990, 1100)
    assert inside is not None
    assert (inside.start, inside.end, inside.at) == (1000, 1100, 0)
    assert found.longest_passage(1000, 1005) is None
    assert found.saved_in_passages == pytest.approx(sum(found.savings[p.start : p.end].sum() for p in found.passages))


def test_harm_is_told(texts: tuple[bytes, bytes]) -> None:
    found = explain(texts[0][:800], make("kt"), side={"zeros": bytes(20_000)})
    assert found.given is not None
    assert found.given.bits > found.alone.bits
    worst = found.most_lost(1)[0]
    assert worst.bits < -100
    assert found.stretch(worst.start, worst.end).saved == pytest.approx(worst.bits)


def test_the_record_is_plain_and_whole(texts: tuple[bytes, bytes]) -> None:
    text, other = texts
    found = explain(text, make("kt"), side={"x": other})
    record = found.as_dict()
    assert to_record(record) == record
    for name in ("alone", "given"):
        parts = sum(region[name] for region in record["regions"])
        assert parts + record["length_bits"] == pytest.approx(record[name]["bits"])
    assert sum(region["saved"] for region in record["saving_regions"]) == pytest.approx(record["saved"]["bits"])
    assert record["passages"] == len(found.passages) > 0
    assert record["passage_bytes"] == sum(passage.size for passage in found.passages)
    best, part = found.passages_by_saving(1)[0]
    first = record["most_saving_passages"][0]
    assert (first["start"], first["saved"], first["source"], first["at"]) == (best.start, part.saved, "x", best.at)
    assert "given" not in explain(text, make("kt")).as_dict()


def test_what_cannot_be_explained_says_why() -> None:
    with pytest.raises(UnknownCodeError, match="'zlib' gives no probabilities"):
        explain(b"text", make("zlib"))
    with pytest.raises(DataError, match="is empty"):
        explain(b"", make("kt"))


def test_progress_is_told() -> None:
    told: list[tuple[str, int, int]] = []
    explain(b"text", make("kt"), side={"x": b"more"}, on_progress=lambda *step: told.append(step))
    assert told == [("coding", 0, 2), ("coding", 1, 2), ("coding", 2, 2)]


def test_the_library_takes_side_information_in_every_form() -> None:
    y, x = b"one two three four " * 9, b"three four five " * 9
    expected = cl.bits(y, given=x, code="kt").bits
    for given, names in (
        (x, ["x1"]),
        ([x[:50], x[50:]], ["x1", "x2"]),
        ({"a": x[:50], "b": x[50:]}, ["a", "b"]),
    ):
        found = cl.explain(y, given=given, code="kt")
        assert found.given is not None
        assert found.given.bits == pytest.approx(expected)
        assert list(found.side) == names
    assert cl.explain(y, code="kt").given is None
