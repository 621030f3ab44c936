"""Sizes: what people write means what they think, and nothing else is taken for a size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.core import DataError
from codelength.data import format_size, parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("4096", 4096),
        ("120kB", 120_000),
        ("120 KB", 120_000),
        ("120k", 120_000),
        ("1MiB", 1 << 20),
        ("1.5Mi", 3 << 19),
        ("2G", 2 * 10**9),
        ("1TiB", 1 << 40),
        (" 7 b ", 7),
    ],
)
def test_sizes_that_people_write(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "kB", "-1", "1e6", "12 parsecs", "1iB", "0.3", "1_000", "٣", "nan", "9" * 40])
def test_what_is_not_a_size_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_size(text)
    assert "\n" not in str(caught.value)


@given(st.integers(0, 10**16))
def test_a_formatted_size_reads_back_within_its_digits(size: int) -> None:
    text = format_size(size)
    assert abs(parse_size(text.replace(",", "")) - size) <= 0.005 * size
