"""What `probe MODEL` shows: a row for each layer; on a page accuracy and bits over layers, a curve for each network."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from codelength.cli.page import write_page
from codelength.report import Cell, Column, Fact, Figure, Interval, Measured, Section, Table, Text

if TYPE_CHECKING:
    from codelength.cli.probe_network import Probed
    from codelength.cli.screen import Screen
    from codelength.tasks.probe_layers import LayerProbe

_HOW = (
    "The features of layer l are the mean over positions of its normed states; layer 0 is the embeddings. Labels are "
    "coded in blocks, each with what was learned from the blocks before it; the last block is held out, and the "
    "accuracy is that of its labels, with Wilson's 95 % interval. The best layer is named after the fact."
)


def layers_table(found: Sequence[Probed], names: tuple[str, str], estimator: str) -> Table:
    """A row for each layer of each network."""
    tests = found[0].layers[0].tests
    n = found[0].layers[0].found.given.blocks[-1].end
    columns = [
        Column("network", "network"),
        Column("layer", "layer"),
        Column("accuracy", "accuracy", digits=3),
        Column("bits", f"{n:,} labels", "bits", digits=0),
        Column("saved", "saved", "bits", digits=0),
    ]
    rows: list[dict[str, Cell]] = [
        {
            "network": title if k == 0 else "",
            "layer": probe.layer,
            "accuracy": Measured(probe.accuracy, Interval(*probe.interval)),
            "bits": probe.found.bits,
            "saved": probe.found.saved,
        }
        for title, one in zip(titles(found), found, strict=True)
        for k, probe in enumerate(one.layers)
    ]
    without = found[0].layers[0].found.without
    frequencies = f"Without features: {without.bits:,.0f} bits."
    note = f"{estimator}; accuracy on {tests:,} labels held out. {frequencies}"
    return Table(f"{names[1]} given each layer's features of {names[0]}", columns, rows, note=note)


def titles(found: Sequence[Probed]) -> list[str]:
    """Names as short as they can be told apart by: the file where it is a checkpoint, the step where there is one."""
    return [Path(one.name).stem if one.name.endswith(".safetensors") else one.name for one in found]


def best(one: Probed) -> LayerProbe:
    """The layer of the highest accuracy; of equal ones the one of fewest bits."""
    return max(one.layers, key=lambda probe: (probe.accuracy, -probe.found.bits.bits))


def verdict(found: Sequence[Probed]) -> str:
    """The answer in one sentence."""
    trained = [k for k, one in enumerate(found) if not one.control]
    k = max(trained, key=lambda k: best(found[k]).accuracy)
    top = best(found[k])
    low, high = top.interval
    if all(layer.found.saved.bits <= 0 for k in trained for layer in found[k].layers):
        return "no layer saves anything on the labels"
    said = (
        f"layer {top.layer} of {titles(found)[k]} says most: accuracy {top.accuracy:.3f} ({low:.3f} to "
        f"{high:.3f}), {top.found.saved.bits:,.0f} of {top.found.without.bits:,.0f} bits saved"
    )
    return said if len(trained) == len(found) else f"{said}; untrained {best(found[-1]).accuracy:.3f}"


def write_layers_page(
    screen: Screen, path: Path, found: Sequence[Probed], names: tuple[str, str], estimator: str, seed: int
) -> None:
    """The curves over the layers and the table."""
    accuracy = _curve(found, lambda probe: probe.accuracy, "Accuracy of a linear probe, layer by layer", "accuracy")
    bits = _curve(
        found,
        lambda probe: probe.found.bits.bits / probe.found.given.blocks[-1].end,
        "Bits per label, layer by layer",
        "bits per label",
    )
    sections = [
        Section("Layers", [Figure(accuracy, "More is better."), Figure(bits, "Fewer is better."), Text(_HOW)]),
        Section("Numbers", [layers_table(found, names, estimator)]),
    ]
    top = best(max((one for one in found if not one.control), key=lambda one: best(one).accuracy))
    facts = [
        Fact("without features", top.found.without, "bits"),
        Fact("given the best layer", top.found.bits, "bits"),
        Fact("accuracy of the best layer", Measured(top.accuracy, Interval(*top.interval))),
    ]
    title = "What a network's layers say about labels"
    write_page(screen, path, title=title, lead=verdict(found), sections=sections, facts=facts, seeds={"seed": seed})


def _curve(found: Sequence[Probed], value: Callable[[LayerProbe], float], title: str, label: str) -> str:
    from codelength.report import plots

    places = sorted({probe.layer for one in found for probe in one.layers})
    series = {}
    for name, one in zip(titles(found), found, strict=True):
        known = {probe.layer: value(probe) for probe in one.layers}
        series[name] = [known.get(layer, math.nan) for layer in places]
    return plots.lines([float(place) for place in places], series, title=title, x_label="layer", y_label=label)
