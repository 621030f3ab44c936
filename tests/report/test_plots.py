"""Plots: well-formed SVG that holds the names and numbers, shapes in proportion, the same bytes every time."""

import re
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_page import HOSTILE, NAMES

from codelength.core import Bits
from codelength.report import Interval, plots
from codelength.report.plots.dendrogram import leaves
from codelength.report.wording import visible

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]


def boxes(svg: str, role: str) -> list[tuple[float, float, float, float]]:
    """Left, top, right, bottom of every shape filled in a role's colour."""
    found = []
    for path in ET.fromstring(svg).iter(f"{SVG}path"):
        if f"fill: var(--{role}," in path.attrib["style"]:
            numbers = [float(number) for number in re.findall(r"-?[\d.]+", path.attrib["d"])]
            xs, ys = numbers[::2], numbers[1::2]
            found.append((min(xs), min(ys), max(xs), max(ys)))
    return found


def all_plots(names: tuple[str, ...]) -> list[str]:
    n = len(names)
    matrix = [[float(10 * i + j) for j in range(n)] for i in range(n)]
    merges = [(0, 1, 0.1)] + [(k + 1, n + k - 1, 0.1 * (k + 1)) for k in range(1, n - 1)]
    return [
        plots.bars(names, [Bits(100.0 * k - 50) for k in range(n)], title="Bars", desc="said"),
        plots.cumulative(names, [float(k) for k in range(n)], title="Sums", desc="said"),
        plots.heatmap(names, matrix, title="Map", desc="said"),
        plots.dendrogram(names, merges, title="Tree", desc="said"),
        plots.lines([1.0, 2.0, 4.0], {name: [1.0, 2.0, k] for k, name in enumerate(names)}, title="Lines", desc="said"),
    ]


@pytest.mark.parametrize("names", [NAMES, HOSTILE, ("x", "y")])
def test_well_formed_titled_and_self_contained(names: tuple[str, ...]) -> None:
    for svg, title in zip(all_plots(names), ("Bars", "Sums", "Map", "Tree", "Lines"), strict=True):
        root = ET.fromstring(svg)
        assert root[0].tag == f"{SVG}title"
        assert (root[0].text, root[1].tag, root[1].text) == (title, f"{SVG}desc", "said")
        assert root.attrib["role"] == "img"
        allowed = {"svg", "title", "desc", "g", "path", "text"}
        assert {element.tag.removeprefix(SVG) for element in root.iter()} <= allowed
        assert not [element for element in root.iter() if {"id", "href", "class"} & set(element.attrib)]
        assert "url(" not in svg
        shown = [label for label in texts(svg) if "…" not in label]
        assert {visible(name) for name in names if len(name) < 5} <= set(shown)


def test_description_defaults_to_the_values() -> None:
    desc = ET.fromstring(plots.bars(["a", "b"], [Bits(1.0), Bits(2.0, "upper")], title="t"))[1].text
    assert desc == "a: 1 bits; b: ≤ 2 bits"


def test_same_input_same_bytes_whatever_the_user_configured() -> None:
    first = all_plots(NAMES)
    before = dict(mpl.rcParams)
    with mpl.rc_context({"font.size": 40, "svg.fonttype": "path", "path.simplify": False, "axes.facecolor": "red"}):
        assert all_plots(NAMES) == first
    assert dict(mpl.rcParams) == before


def test_bars_are_in_proportion_and_intervals_reach_their_ends() -> None:
    values = [400.0, 100.0, -200.0]
    spans = [Interval(300.0, 500.0), None, Interval(-250.0, -150.0)]
    svg = plots.bars(["a", "b", "c"], values, title="t", intervals=spans)
    (a, b), (c,) = boxes(svg, "accent"), boxes(svg, "loss")
    unit = (a[2] - a[0]) / 400
    assert a[0] == b[0] == c[2]
    assert b[2] - b[0] == pytest.approx(100 * unit, abs=0.1)
    assert c[2] - c[0] == pytest.approx(200 * unit, abs=0.1)
    whisker = [f"{a[0] + 500 * unit:.0f}", f"{a[0] - 250 * unit:.0f}"]
    drawn = [f"{float(x):.0f}" for x in re.findall(r"[ML] (-?[\d.]+) ", svg)]
    assert set(whisker) <= set(drawn)


def test_each_step_starts_where_the_last_taken_one_ended() -> None:
    svg = plots.cumulative(["a", "b", "c", "d"], [50.0, 30.0, -5.0, 10.0], title="t", taken=[True, True, False, True])
    a, b, d, whole = boxes(svg, "accent")
    assert b[0] == pytest.approx(a[2], abs=0.02)
    assert d[0] == pytest.approx(b[2], abs=0.02)
    assert (whole[0], whole[2]) == pytest.approx((a[0], d[2]), abs=0.02)
    assert {"+50", "+30", "−5", "+10", "90"} <= set(texts(svg))
    kinds = texts(plots.cumulative(["a", "b"], [Bits(9.0, "upper"), Bits(-4.0, "lower")], title="t"))
    assert {"≤ +9", "≥ −4", "≈ 5"} <= set(kinds)


def test_short_names_stand_at_rows_and_columns_and_no_number_beside_them() -> None:
    shown = texts(plots.heatmap(["7", "9"], [[1.0, 2.0], [3.0, 4.0]], title="t"))
    assert (shown.count("7"), shown.count("9"), shown.count("1")) == (2, 2, 1)
    long = texts(plots.heatmap(["business", "sports"], [[11.0, 22.0], [33.0, 44.0]], title="t"))
    assert (long.count("business"), long.count("1"), long.count("2")) == (1, 2, 2)


def test_a_logarithmic_axis_has_round_numbers() -> None:
    series = {"bits": [2.0, 1.5, 1.0, 0.9]}
    assert {"10", "20", "50"} <= set(texts(plots.lines([8, 16, 32, 80], series, title="t", log_x=True)))


def test_ticks_are_as_far_apart_as_they_say() -> None:
    shown = texts(plots.lines([0, 1], {"bits": [3.28, 3.4]}, title="t"))
    ticks = [float(text) for text in shown if text.startswith("3.")]
    steps = np.diff(sorted(ticks))
    assert len(ticks) > 3 and np.allclose(steps, steps[0])


def test_heatmap_shades_the_range_off_the_diagonal() -> None:
    matrix = [[900.0, 1.0, 2.0], [1.0, 900.0, 4.0], [2.0, 4.0, float("inf")]]
    svg = plots.heatmap(["a", "b", "c"], matrix, title="t", order=[2, 0, 1])
    cells = [text for text in texts(svg) if text in {"1", "2", "4", "900", "∞"}]
    assert cells.count("4") == 2
    # Rows now are c, a, b: c and b share 4, the most, so the corners off the diagonal are full (then the legend's end).
    left, top, right, _ = boxes(svg, "line")[0]
    side = (right - left + 1) / 3
    full, _ = re.findall(r'd="([^"]*)" style="fill: var\(--accent, #1f5fa8\)"', svg)
    corners = {tuple(map(float, corner)) for corner in re.findall(r"M (\S+) (\S+)", full)}
    assert corners == {(left + 2 * side, top), (left, top + 2 * side)}
    near = plots.heatmap(["a", "b", "c"], matrix, title="t", dark="low")
    assert texts(near)[-2:] == ["4", "1 bits"]


def test_many_names_stay_small() -> None:
    names = [f"source {k}" for k in range(60)]
    svg = plots.heatmap(names, [[float(i * j) for j in range(60)] for i in range(60)], title="t")
    assert len(svg) < 250_000


def test_long_series_are_thinned_but_keep_their_extremes() -> None:
    values = [0.5] * 200_000
    values[77_777], values[150_001] = 3.0, -3.0
    svg = plots.lines([float(k) for k in range(200_000)], {"a": values}, title="t")
    assert len(svg) < 100_000
    ys = [float(y) for path in re.findall(r'd="([^"]*)" style="fill: none[^"]*--s0', svg) for y in path.split()[2::3]]
    spread = max(ys) - min(ys)
    flat = ys[0]
    assert max(ys) - flat > 0.4 * spread
    assert flat - min(ys) > 0.3 * spread


def test_lines_leave_out_what_is_not_finite_and_name_those_that_vary_most() -> None:
    series = {f"s{k}": [0.0, float(k), float("nan")] for k in range(12)}
    named = [text for text in texts(plots.lines([1.0, 10.0, 100.0], series, title="t", log_x=True)) if text[0] == "s"]
    assert sorted(named) == sorted(f"s{k}" for k in range(4, 12))


@settings(max_examples=50)
@given(st.integers(1, 30), st.randoms(use_true_random=False))
def test_leaves_never_cross(n: int, random) -> None:  # type: ignore[no-untyped-def]
    groups = {k: {k} for k in range(n)}
    merges = []
    for k in range(n - 1):
        a, b = random.sample(sorted(groups), 2)
        merges.append((a, b, float(k)))
        groups[n + k] = groups.pop(a) | groups.pop(b)
    order = leaves(n, merges)
    assert sorted(order) == list(range(n))
    members = {k: {k} for k in range(n)}
    for k, (a, b, _) in enumerate(merges):
        members[n + k] = members[a] | members[b]
        places = sorted(order.index(leaf) for leaf in members[n + k])
        assert places == list(range(places[0], places[0] + len(places)))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: plots.bars(["a"], [1.0, 2.0], title="t"),
        lambda: plots.bars([], [], title="t"),
        lambda: plots.bars(["a"], [float("nan")], title="t"),
        lambda: plots.heatmap(["a", "b"], [[1.0, 2.0], [1.0]], title="t"),
        lambda: plots.heatmap(["a", "b"], [[1.0, 2.0], [1.0, 2.0]], title="t", order=[0, 0]),
        lambda: plots.dendrogram(["a", "b", "c"], [(0, 1, 0.5)], title="t"),
        lambda: plots.dendrogram(["a", "b"], [(0, 0, 0.5)], title="t"),
        lambda: plots.lines([1.0, 2.0], {"a": [1.0]}, title="t"),
        lambda: plots.lines([2.0, 1.0], {"a": [1.0, 2.0]}, title="t"),
        lambda: plots.lines([0.0, 1.0], {"a": [1.0, 2.0]}, title="t", log_x=True),
    ],
)
def test_input_that_cannot_be_drawn_is_refused(wrong) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=r"expected|NaN|must not|above 0"):
        wrong()
