"""What suits some data: never an error, always the same, more English read for more prose and none for what is not."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from codelength.catalogue import choice, make
from codelength.core import UnknownCodeError
from codelength.predictors.mixing import suited as module
from codelength.predictors.mixing.presets import PRESETS
from codelength.predictors.mixing.primer import KILOBYTES
from codelength.predictors.mixing.suited import suited

PROSE = ["book1", "book2", "news", "paper1", "paper2", "paper3", "paper4", "paper5", "paper6"]
PLAIN = ["bib", "progc", "progl", "progp", "trans"]
BINARY = ["geo", "obj1", "obj2", "pic"]


def primer(path: Path, preset: str = "default") -> int:
    data = path.read_bytes()
    chosen = suited(data[: 1 << 20], len(data), preset)
    assert set(chosen) <= {"primer"}
    return int(chosen.get("primer", 0))


@given(st.binary(max_size=2000), st.none() | st.integers(0, 1 << 40), st.sampled_from([*PRESETS]), st.booleans())
@example(b"", None, "default", False)
@example(b"", 1 << 40, "max", False)
@example(b"the " * 20_000, 1 << 40, "max", False)
@settings(deadline=None)
def test_any_bytes_have_an_answer_that_a_spec_can_say(head: bytes, size: int | None, preset: str, side: bool) -> None:
    chosen = suited(head, size, preset, side=side)
    assert chosen == suited(head, size, preset, side=side)
    assert 0 < int(chosen.get("primer", 1)) <= KILOBYTES
    assert not (side and "primer" in chosen)
    assert preset != "fast" or not chosen
    fit = choice(f"cm:preset={preset}")
    assert fit is not None
    spec = fit(head, size, side)
    if spec.startswith("cm"):
        assert all(f"{key}={value}" in spec.partition(":")[2].split(",") for key, value in chosen.items())
    assert choice(spec) is None or not chosen


def test_what_is_fitted_is_written_as_the_code_writes_itself() -> None:
    text = b"It is not the size of the data that counts, but that of the code. " * 30
    specs = {"default": "prose:primer=7", "max": "prose:preset=max,primer=15", "fast": "prose:preset=fast"}
    for preset, spec in specs.items():
        fit = choice(f"cm:preset={preset}")
        assert fit is not None
        assert make(fit(text, None, False)).spec == fit(text, None, False) == spec


@pytest.mark.parametrize(("preset", "times", "least"), [("default", 4, 64), ("max", 8, 256)])
def test_little_data_reads_little(data_dir: Path, preset: str, times: int, least: int) -> None:
    text = (data_dir / "calgary" / "book1").read_bytes()
    for size in (0, 1, 100, 300, 1000, 5000, 12_000):
        assert int(suited(text[:size], None, preset).get("primer", 0)) == times * size // 1024
    for size in (1 << 15, 40_000, 50_000):
        assert int(suited(text[:size], None, preset)["primer"]) >= least
    sizes = [int(suited(text, size, preset)["primer"]) for size in range(0, 4 << 20, 50_000) if size]
    assert sizes == sorted(sizes)
    assert sizes[-1] == {"default": 256, "max": 2048}[preset]


def test_the_size_need_not_be_known_beyond_the_first_mebibyte(data_dir: Path) -> None:
    """A stream of unknown length and a file get the same frame."""
    head = (data_dir / "enwik" / "enwik8_first4M").read_bytes()[: 1 << 20]
    for preset in PRESETS:
        assert suited(head, None, preset) == suited(head, 1 << 20, preset) == suited(head, 1 << 30, preset)


def test_the_standard_corpora(data_dir: Path) -> None:
    calgary, canterbury = data_dir / "calgary", data_dir / "canterbury"
    for name in BINARY:
        assert primer(calgary / name) == primer(calgary / name, "max") == 0
    for name in ("kennedy.xls", "ptt5", "sum"):
        assert primer(canterbury / name) == 0
    for name in PLAIN:
        assert (primer(calgary / name), primer(calgary / name, "max")) == (64, 256)
    for name in PROSE:
        size = (calgary / name).stat().st_size
        assert primer(calgary / name) == min(256, max(64, size >> 11), size >> 8)
        assert primer(calgary / name, "max") == min(2048, max(256, 2 * size >> 10), size >> 7)
    for name in ("alice29.txt", "asyoulik.txt", "lcet10.txt", "plrabn12.txt"):
        assert primer(canterbury / name) >= 64
    for name in ("cp.html", "fields.c", "grammar.lsp", "xargs.1"):
        assert 0 < primer(canterbury / name) <= 64


def test_silesia(data_dir: Path) -> None:
    chosen = {}
    for name in ("dickens", "mr", "ooffice", "xml"):
        with zipfile.ZipFile(data_dir / "silesia" / f"{name}.zip") as archive, archive.open(name) as file:
            chosen[name] = suited(file.read(1 << 20), archive.getinfo(name).file_size, "default")
    assert chosen == {
        "dickens": {"fine": 1, "primer": 256},
        "mr": {},
        "ooffice": {},
        "xml": {"fine": 1, "primer": 64},
    }


def test_text_of_any_language_reads_the_least(data_dir: Path) -> None:
    for path in sorted((data_dir / "languages").glob("*.txt")):
        assert primer(path) == (64 if path.stem != "en" else path.stat().st_size >> 11), path.stem
        assert primer(path, "max") == (256 if path.stem != "en" else 2 * path.stat().st_size >> 10), path.stem


def test_what_has_letters_but_is_no_text_reads_nothing(data_dir: Path) -> None:
    for name in ("alphabet.txt", "random.txt", "aaa.txt", "a.txt"):
        assert primer(data_dir / "artificial" / name) == 0
    assert primer(data_dir / "misc" / "pi.txt") == 0
    text = (data_dir / "calgary" / "book1").read_bytes()
    assert suited(text.decode().encode("utf-16"), None, "default") == {}


def test_logs_read_the_least(data_dir: Path) -> None:
    for path in sorted((data_dir / "logs").glob("*.log")):
        assert primer(path) == 64


def test_codes_are_asked_first_and_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"It is not the size of the data that counts. " * 999
    asked = []

    def detector(name: str, answer: str | None) -> module.Detector:
        def detect(head: bytes, size: int | None) -> str | None:
            asked.append((name, len(head), size))
            return answer

        return detect

    monkeypatch.setattr(module, "CODES", (detector("a", None), detector("b", "kt"), detector("c", "ctw")))
    fit = choice("cm")
    assert fit is not None
    assert fit(text, 7, False) == fit(text, 7, True) == "kt"
    assert asked == [("a", len(text), 7), ("b", len(text), 7)] * 2
    fitted = choice("cm:memory=20")
    assert fitted is not None
    assert fitted(text, len(text), False) == "cm:memory=20,primer=64"


def test_what_has_chosen_is_left_alone() -> None:
    for spec in ("cm:primer=0", "cm:preset=max,primer=5", "cm+ctw", "cm~kt", "kt", "zlib:level=1"):
        assert choice(spec) is None
    for spec in ("cm", "cm:preset=max", "cm:memory=20"):
        assert choice(spec) is not None
    for spec in ("cm:preset=best", "cm:nonsense=1", "cm:memory=99"):
        with pytest.raises(UnknownCodeError):
            choice(spec)
