"""`Samples`: signals pay in every form; predictors solve what they say; headers are read, headerless signals found."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from codelength.api import compress, decompress
from codelength.catalogue import choice, make
from codelength.core import UnknownCodeError
from codelength.predictors.mixing.expected import CIRCLE, VALUE
from codelength.predictors.mixing.state import REGISTERS
from codelength.predictors.samples import Samples, cascade, linear
from codelength.predictors.samples import state as layout
from codelength.predictors.samples.detect import detect_samples, detect_sound, signal_of, sound_of
from codelength.predictors.samples.features import begin_samples, see_samples
from codelength.predictors.samples.state import AT, FORMS, INPUTS, KNOWN, samples_state
from codelength.predictors.samples.values import expect_byte, value_of
from conformance import random_bytes
from predictors.typed_codes import check_damage, round_trip


def tones(frames: int, channels: int = 1, *, bits: int = 16, noise: float = 1e-3) -> NDArray[np.int64]:
    """A few decaying tones, other ones in each channel, and noise: (frames, channels)."""
    random = np.random.default_rng(5)
    t = np.arange(frames)[:, None]
    x = sum(np.sin(t * f + 9 * f) * np.exp(-(t % 4000) / 3000) for f in random.uniform(0.01, 0.3, (4, channels)))
    x = np.asarray(x) / 5 + noise * random.standard_normal((frames, channels))
    return np.asarray(np.rint(x * (1 << (bits - 1))), np.int64)


def written(x: NDArray[np.int64], form: str) -> bytes:
    """Integers as bytes of a form."""
    size, how, high_first = FORMS[form]
    order = "big" if high_first else "little"
    if how == layout.UNSIGNED:
        x = x + (1 << (8 * size - 1))
    return b"".join(int(v).to_bytes(size, order, signed=how == layout.SIGNED) for v in x.reshape(-1))  # type: ignore[arg-type]


def ibm(value: float) -> bytes:
    """A float of the System/360."""
    sign, size, exponent = (128 if value < 0 else 0), abs(value), 64
    while size >= 1:
        size, exponent = size / 16, exponent + 1
    while 0 < size < 1 / 16:
        size, exponent = size * 16, exponent - 1
    return bytes([sign | exponent]) + int(size * 2**24).to_bytes(3, "big")


INTEGERS = [form for form, (_, how, _) in FORMS.items() if how != layout.IBM]


@pytest.mark.parametrize("form", INTEGERS)
def test_a_signal_pays_in_every_form(form: str) -> None:
    size = FORMS[form][0]
    data = written(tones(700, 2, bits=8 * size), form)
    code = Samples(form=form, channels=2)
    assert round_trip(code, data) < 0.93 * len(make("lzma").encode(data))


def test_floats_of_seismic_data_pay(data_dir: Path) -> None:
    data = (data_dir / "calgary" / "geo").read_bytes()[:12_000]
    assert round_trip(Samples(form="ibm32"), data) < 0.96 * len(make("cm").encode(data))


def test_channels_and_byte_order_matter() -> None:
    data = written(tones(1500, 2), "s16le")
    right = Samples(channels=2).bits(data).bits
    assert right < 0.97 * Samples(channels=3).bits(data).bits
    assert right < 0.8 * Samples(form="s16be", channels=2).bits(data).bits


def test_a_header_in_front_costs_little() -> None:
    data = written(tones(1500), "s16le")
    assert Samples(offset=100).bits(bytes(100) + data).bits < Samples().bits(data).bits + 200


@pytest.mark.parametrize("form", FORMS)
def test_values_are_read_from_bytes(form: str) -> None:
    x = samples_state(form, 1, 0)
    size, how, high_first = FORMS[form]
    for value in (0, 1, -1, 77, -12345 >> (8 if size == 1 else 0), 2**14 >> (8 if size == 1 else 0)):
        shift = max(8 * size - 16, 0)
        data = ibm(value / 2) if how == layout.IBM else written(np.array([value << shift]), form)
        x.now[KNOWN] = int.from_bytes(data, "big" if high_first else "little")
        assert value_of(x) == value


@pytest.mark.parametrize("form", [*INTEGERS, "ibm32"])
def test_a_sure_prediction_expects_every_byte(form: str) -> None:
    """Where the prediction is the sample itself, each byte is expected within a step, given those before."""
    size, how, high_first = FORMS[form]
    for value in (0, 5, -5, 100, -100, 9999, -31000):
        step = value >> 8 if size == 1 else value
        exact = step << max(8 * size - 16, 0)
        data = ibm(value / 2) if how == layout.IBM else written(np.array([exact]), form)
        x = samples_state(form, 1, 0)
        for place, byte in enumerate(data):
            x.now[AT] = place
            x.now[KNOWN] = int.from_bytes(data[:place], "big" if high_first else "little")
            expect_byte(x, 0, np.int64(step << 12), np.int64(1 << 12))
            if how == layout.IBM and (place == 3 or data[0] & 127 < 64):
                continue
            away = int(x.numbers[0, VALUE]) - (byte << 4)
            if x.numbers[0, CIRCLE]:
                away = (away + 2048) % 4096 - 2048
            assert abs(away) <= 16, (value, place)


def test_least_squares_are_solved() -> None:
    random = np.random.default_rng(3)
    inputs = (random.standard_normal((4000, INPUTS)) @ random.standard_normal((INPUTS, INPUTS)) * 900).astype(np.int64)
    truth = random.uniform(-1, 1, INPUTS)
    targets = np.rint(inputs @ truth).astype(np.int64)
    weights, factors = np.zeros(INPUTS, np.int64), np.zeros((INPUTS + 2, INPUTS), np.int64)
    linear.solve(inputs.T @ inputs, inputs.T @ targets, weights, factors)
    assert np.abs(weights / 2**14 - truth).max() < 0.01
    linear.solve(np.zeros((INPUTS, INPUTS), np.int64), np.zeros(INPUTS, np.int64), weights, factors)
    assert not weights.any()
    alike = np.full((INPUTS, INPUTS), 1 << 40)
    linear.solve(alike, alike[0] // 2, weights, factors)
    assert abs(int(weights.sum()) / 2**14 - 0.5) < 0.02


def test_a_long_echo_is_foreseen_by_the_cascade() -> None:
    """Noise that comes back after 200 samples: least squares do not reach so far, the long stage does."""
    x = samples_state("s16le", 1, 0)
    noise = np.random.default_rng(1).integers(-20_000, 20_000, 6000)
    for i in range(200, len(noise)):
        noise[i] = noise[i] // 8 + noise[i - 200] * 15 // 16
    left = []
    for value in np.clip(noise, -(1 << 19), 1 << 19):
        left.append(abs(int(value) - int(cascade.foresee(x, 0))))
        cascade.follow(x, 0, np.int64(value), np.int64(1))
    assert np.mean(left[-1000:]) < 0.9 * np.mean(np.abs(noise[-1000:]))
    assert x.power[0, 0] == sum(int(v) ** 2 for v in noise[-256:])


def test_what_is_expected_comes_near() -> None:
    """After some seconds of tones, the first byte of a sample of high byte first is known."""
    data = written(tones(600, noise=0), "s16be")
    registers = np.zeros(REGISTERS, np.int64)
    x = samples_state("s16be", 1, 0)
    begin_samples(registers, x)
    right = 0
    for i, byte in enumerate(data):
        if i >= 800 and i % 2 == 0:
            right += abs(int(registers[layout.BEST_BYTE]) - byte) % 255 <= 1
        see_samples(registers, x, np.int64(byte), np.int64(1))
    assert right >= 190


def wav(x: NDArray[np.int64], size: int = 2) -> bytes:
    sink = io.BytesIO()
    with wave.open(sink, "wb") as file:
        file.setnchannels(x.shape[1])
        file.setsampwidth(size)
        file.setframerate(44_100)
        file.writeframes(written(x, {1: "u8", 2: "s16le", 3: "s24le", 4: "s32le"}[size]))
    return sink.getvalue()


def aiff(x: NDArray[np.int64]) -> bytes:
    comm = x.shape[1].to_bytes(2, "big") + len(x).to_bytes(4, "big") + (16).to_bytes(2, "big") + bytes(10)
    body = written(x, "s16be")
    chunks = b"COMM" + len(comm).to_bytes(4, "big") + comm + b"SSND" + (len(body) + 8).to_bytes(4, "big") + bytes(8)
    return b"FORM" + (len(chunks) + len(body) + 4).to_bytes(4, "big") + b"AIFF" + chunks + body


def said(code: Samples | None) -> str | None:
    return None if code is None else code.spec


def test_headers_are_read() -> None:
    for size, form in ((1, "form=u8,"), (2, ""), (3, "form=s24le,"), (4, "form=s32le,")):
        data = wav(tones(100, 2, bits=8 * size), size)
        assert said(sound_of(data)) == f"samples:{form}channels=2,offset=44"
    assert said(sound_of(aiff(tones(100)))) == "samples:form=s16be,offset=54"
    assert sound_of(b"RIFF\0\0\0\0WAVE") is None
    compressed = bytearray(wav(tones(100)))
    compressed[20] = 85  # MPEG layer 3
    assert sound_of(bytes(compressed)) is signal_of(bytes(compressed)) is None
    for end in range(60):
        sound_of(wav(tones(9))[:end])
        sound_of(aiff(tones(9))[:end])


def test_a_header_with_an_impossible_offset_is_no_sound() -> None:
    numbers = (0xFFFFFFFF, 99, 3, 8000, 2)
    assert sound_of(b".snd" + b"".join(number.to_bytes(4, "big") for number in numbers) + bytes(99)) is None
    sound = bytearray(aiff(tones(100)))
    at = sound.index(b"SSND") + 8
    sound[at : at + 4] = b"\xff" * 4
    assert sound_of(bytes(sound)) is None


def test_headerless_signals_are_found(data_dir: Path) -> None:
    for form in ("s16le", "s16be"):
        order = "" if form == "s16le" else "form=s16be"
        one, two = (said(signal_of(written(tones(5000, channels), form))) for channels in (1, 2))
        assert one == ("samples:" + order if order else "samples")
        assert two == "samples:" + ",".join(filter(None, [order, "channels=2"]))
    assert detect_samples((data_dir / "calgary" / "geo").read_bytes()) == "samples:form=ibm32"


def test_texts_tables_and_noise_are_no_signal(data_dir: Path) -> None:
    for data in (b"", b"a", bytes(5000), b"\xff" * 70_000, random_bytes(70_000), bytes(range(256)) * 99):
        assert signal_of(data) is None
        assert sound_of(data) is None
    for folder in ("calgary", "canterbury", "logs", "artificial"):
        for path in sorted((data_dir / folder).iterdir()):
            assert path.name == "geo" or signal_of(path.read_bytes()[: 1 << 20]) is None, path.name


def test_what_only_says_that_it_is_sound_is_not_coded_as_samples(data_dir: Path) -> None:
    text = (data_dir / "calgary" / "paper1").read_bytes()[:20_000]
    data = wav(np.frombuffer(text, "<i2").astype(np.int64)[:, None])
    assert sound_of(data) is not None
    assert detect_sound(data) is None


def test_sound_is_coded_as_samples_unless_somebody_chose() -> None:
    data = wav(tones(3000, 2))
    for spec in ("cm", "cm:preset=max"):
        fit = choice(spec)
        assert fit is not None
        assert fit(data, len(data), False) == "samples:channels=2,offset=44"
    fast = choice("cm:preset=fast")
    assert fast is not None
    assert fast(data, len(data), False) == "cm:preset=fast"
    assert decompress(compress(data)) == data


def test_a_damaged_frame_is_refused() -> None:
    check_damage(written(tones(20), "s16be"), "samples:form=s16be")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("samples:form=mp3", "form=mp3: expected u8, "),
        ("samples:channels=0", "channels=0: expected 1 to 8"),
        ("samples:channels=9", "channels=9: expected 1 to 8"),
        ("samples:offset=-1", "offset=-1: expected 0 to"),
    ],
)
def test_impossible_samples_are_refused_in_one_line(spec: str, message: str) -> None:
    with pytest.raises(UnknownCodeError, match=message) as error:
        make(spec)
    assert "\n" not in str(error.value)
