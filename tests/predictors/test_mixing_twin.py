"""Context mixing: compiled kernels against the plain-Python twin, bit by bit, and frames decoded by the twin alone."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codelength.predictors.mixing import Context, ContextMixing, Model, Selector
from codelength.predictors.mixing import state as layout
from codelength.predictors.mixing.absorb import absorb
from codelength.predictors.mixing.contexts import PLAIN, WITH_DEPTH, WITH_MATCH, WITH_PARTIAL, Part
from codelength.predictors.mixing.presets import FINE, PRESETS
from golden.make import CM, INPUTS, SIDE, file_of
from predictors.reference_decoder import decode_frame
from predictors.reference_features import BY_REGISTER
from predictors.reference_mixing import Reference

SIZES = {"fast": 1040, "default": 300, "max": 140}
"""Bytes of each input: beyond the first growths of slots and final maps, as time allows."""

GREEK = "Ἄνδρα μοι ἔννεπε, Μοῦσα, πολύτροπον — 4,000 naïve façades in Zürich; π ≈ 3.14159…\n"
NESTED = 'if (a[i] > {"k": [1, (2, 3)]}) { f(<b>x</b>, "(", [[[[\n  }}) ]]\n'


def random_bytes(size: int, seed: int) -> bytes:
    return np.random.default_rng(seed).bytes(size)


@pytest.fixture(scope="module")
def inputs(data_dir: Path) -> dict[str, bytes]:
    text = (data_dir / "calgary" / "paper1").read_bytes()[3000:5000]
    return {
        "text": text,
        "binary": (data_dir / "calgary" / "obj1").read_bytes()[:2000],
        "random": random_bytes(2000, 3),
        "constant": b"\xff" * 2000,
        "UTF-8": (GREEK * 20).encode(),
        "brackets": b"([{<" * 9 + (NESTED * 20).encode(),
        "a long line": text.replace(b"\n", b" "),
        "a copy with edits": b"".join(text[at : at + 60] + bytes([at]) + text[at + 4 : at + 70] for at in range(9)),
        "noise, then text": random_bytes(90, 6) + text,
    }


@pytest.mark.parametrize("preset", SIZES)
def test_compiled_equals_plain_python(preset: str, inputs: dict[str, bytes]) -> None:
    for name, data in inputs.items():
        part = data[: SIZES[preset]]
        said = ContextMixing(preset).probabilities(part).tolist()
        assert said == Reference(PRESETS[preset]).probabilities(part), name


def test_the_fine_default_equals_plain_python(inputs: dict[str, bytes]) -> None:
    for name in ("text", "binary", "UTF-8"):
        data = inputs[name][:200]
        assert ContextMixing(fine=1).probabilities(data).tolist() == Reference(FINE).probabilities(data), name


def test_fine_goes_with_the_default_preset() -> None:
    assert (ContextMixing(fine=1).spec, ContextMixing("max").spec) == ("cm:fine=1", "cm:preset=max")
    for preset, fine in (("max", 1), ("fast", 1), ("default", 2)):
        with pytest.raises(ValueError, match="fine="):
            ContextMixing(preset, fine=fine)


@pytest.mark.parametrize(("preset", "size"), [("fast", 700), ("default", 130)])
def test_both_stop_learning_while_data_look_like_noise(preset: str, size: int) -> None:
    noise = random_bytes(size, 6)
    twin = Reference(PRESETS[preset])
    twin.probabilities(noise)
    code = ContextMixing(preset).given(noise)
    assert twin.learned < len(noise)
    assert int(code._state.registers[layout.LEARNED]) == twin.learned


def test_side_information_and_a_full_table_equal_plain_python(inputs: dict[str, bytes]) -> None:
    """A model that wants more slots than it may have, given what it has to forget again."""
    model = Model(PRESETS["default"].contexts[:9], PRESETS["default"].selectors[:3], slots_per_byte=256)
    side, target = inputs["text"][:700], inputs["text"][500:900]
    code = ContextMixing(model=model, memory=14).given(side)
    assert code.probabilities(target).tolist() == Reference(model, 14).given(side).probabilities(target)


def test_a_fine_model_whose_tables_grow_equals_plain_python(inputs: dict[str, bytes]) -> None:
    """Counters double at 128 bytes, and at 256 and 512; a target is scored in the tables of before and after."""
    contexts, selectors = PRESETS["max"].contexts[:6], PRESETS["max"].selectors[-3:]
    model = Model(contexts, selectors, slots_per_byte=128, counted=PRESETS["max"].counted[:4], fine=True)
    side, target = inputs["text"][:400], inputs["text"][350:700]
    code = ContextMixing(model=model).given(side)
    said = Reference(model).given(side).probabilities(target)
    for _ in range(2):
        assert code.probabilities(target).tolist() == said, "scored without a trace"


@pytest.mark.parametrize("preset", ["fast", "default"])
def test_absorbed_text_equals_plain_python(preset: str, inputs: dict[str, bytes]) -> None:
    """What a long primer begins with: histories and match take it in, nothing else learns."""
    taken, target = inputs["text"][:240], inputs["text"][100:240] + b" and on"
    state = ContextMixing(preset)._copied()
    absorb(state, np.frombuffer(taken, dtype=np.uint8))
    probs = np.empty((len(target), 8), dtype=np.uint32)
    ContextMixing(preset)._learn(state, np.frombuffer(target, dtype=np.uint8), probs)
    twin = Reference(PRESETS[preset])
    twin.absorb(taken)
    assert probs.tolist() == twin.probabilities(target)


REGISTERS = sorted(set(BY_REGISTER) - {layout.NOTHING})
parts = st.builds(Part, st.sampled_from(REGISTERS), st.sampled_from([(1 << 62) - 1, 0xFF, 0xF0F0, 0xFFFFFF]))
selectors = st.tuples(
    st.sampled_from([*BY_REGISTER, layout.KNOWN, layout.MATCH_ROW, layout.EXPECTED, layout.LENGTH_CLASS]),
    st.sampled_from([1, 16, 256]),
    st.sampled_from([PLAIN, WITH_PARTIAL, WITH_DEPTH, WITH_MATCH]),
)


@st.composite
def models(draw: st.DrawFn) -> Model:
    seen = draw(st.lists(st.tuples(st.lists(parts, max_size=4), st.booleans()), min_size=1, max_size=8))
    chosen = draw(st.lists(selectors, min_size=1, max_size=4))
    detail = draw(st.booleans())
    fine = detail and draw(st.booleans())
    counted = draw(st.lists(st.lists(parts, max_size=4), max_size=3)) if fine else []
    return Model(
        tuple(Context(f"context {k}", *each, known=known) for k, (each, known) in enumerate(seen)),
        tuple(Selector(f"selector {k}", *each) for k, each in enumerate(chosen)),
        rate=draw(st.integers(0, 60)),
        slots_per_byte=draw(st.sampled_from([64, 256, 1024])),
        detail=detail,
        counted=tuple(Context(f"context {k}", *each) for k, each in enumerate(counted)),
        final_rows=draw(st.sampled_from([10, 11, 16])),
        count_rows=draw(st.sampled_from([8, 9, 18])),
        fine=fine,
    )


PIECES = [b"the ", b"The END. ", b"(a[0]) ", b"\n", b"<b>x</b>", b"1,234 ", "né".encode(), b"\0\0\0", b"\n\n{}"]
targets = st.one_of(
    st.binary(max_size=90),
    st.lists(st.sampled_from(PIECES), max_size=25).map(b"".join),
    st.binary(max_size=12).map(lambda piece: 7 * piece),
)


@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(models(), targets)
def test_any_model_equals_plain_python(model: Model, data: bytes) -> None:
    """Any contexts, any selectors, those too that take values beyond their size."""
    assert ContextMixing(model=model).probabilities(data).tolist() == Reference(model).probabilities(data)


def test_features_are_in_the_state_what_they_are_in_plain_python(inputs: dict[str, bytes]) -> None:
    for name, data in inputs.items():
        code, twin = ContextMixing().given(data[:200]), Reference(PRESETS["default"])
        twin.absorb(data[:200])
        seen = {each: int(code._state.registers[register]) for register, each in BY_REGISTER.items()}
        assert seen == {each: getattr(twin.features, each) for each in seen}, name


@pytest.mark.parametrize("spec", CM)
def test_plain_python_decodes_golden_frames(spec: str) -> None:
    """Portability: no compiled kernel lies between these frames and their content."""
    assert decode_frame(file_of(spec, "short").read_bytes()) == INPUTS["short"]


def test_plain_python_decodes_a_golden_frame_with_side_information() -> None:
    assert decode_frame(file_of("cm:preset=fast", "text.given").read_bytes(), SIDE) == INPUTS["text"]
