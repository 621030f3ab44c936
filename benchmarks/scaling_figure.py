"""The figures of `benchmarks.scaling` and `scaling_pixels`: for each setting of a record three panels.

Bits against accuracy, accuracy over depth, and objectives or numbers of labels.
"""

from pathlib import Path
from typing import Any

import numpy as np

FIGURES = Path(__file__).parent.parent / "docs" / "figures"
LABELS_A_CLASS = (10, 100, 1000)
NAMES = {"next": "next pixel", "masked": "masked", "diffusion": "diffusion"}


def draw(record: dict[str, dict[str, list[dict[str, Any]]]]) -> None:
    """A row of three panels for each setting that compares several trainings."""
    settings = {name: _by_width(rows) for name, rows in record.items() if len(rows) > 1}
    if not settings:
        return
    figure, panels = _panels(len(settings), "scaling")
    for (name, rows), (left, middle, right) in zip(settings.items(), panels, strict=True):
        compared = max((key.split(":")[0] for key in rows if not key.endswith(":next")), default=None)
        for key, own in rows.items():
            shape, objective = key.split(":")
            depth = np.linspace(0, 1, len(own[-1]["layers"]))
            if objective == "next":
                accuracies = [max(row["layers"]) for row in own]
                left.plot([row["bits_per_dim"] for row in own], accuracies, "o-", label=shape)
                middle.plot(depth, own[-1]["layers"], "o-", label=shape)
            if shape == compared:
                right.plot(depth, own[-1]["layers"], "o-", label=NAMES[objective])
        _bits_below(left, name)
        middle.set(xlabel="depth of the layer", ylabel="probe accuracy")
        right.set(xlabel="depth of the layer", ylabel=f"probe accuracy, {compared}")
        left.legend(frameon=False)
        if compared is not None:
            right.legend(frameon=False)
    _save(figure, "scaling")


def _by_width(rows: dict[str, Any]) -> dict[str, Any]:
    """The narrowest first; of each width next pixel, masked, diffusion."""
    order = list(NAMES)
    return dict(sorted(rows.items(), key=lambda row: (int(row[0].split()[0]), order.index(row[0].split(":")[1]))))


def draw_pixels(record: dict[str, dict[str, list[dict[str, Any]]]]) -> None:
    """The same for networks of pixels; at the right what few labels are worth, or the layers by quarters."""
    settings = {name: rows for name, rows in record.items() if rows}
    if not settings:
        return
    figure, panels = _panels(len(settings), "scaling_pixels")
    for (name, rows), (left, middle, right) in zip(settings.items(), panels, strict=True):
        every = [row for own in rows.values() for row in own]
        for kind in every[-1]["layers"]:
            points = sorted((row["bits_per_dim"], max(row["layers"][kind])) for row in every)
            left.plot(*zip(*points, strict=True), "o-", label=kind)
        for own in rows.values():
            row = own[-1]
            curve = row["layers"]["mean"]
            size = f"{row['shape']}, " if row["shape"].endswith("wide") else ""
            label = f"{size}{row['bits_per_dim']:.3f} bits per dim"
            middle.plot(np.linspace(0, 1, len(curve)), curve, "o-", label=label)
            if "few" not in every[-1]:
                parted = row["layers"]["quarters"]
                right.plot(np.linspace(0, 1, len(parted)), parted, "o-", label=row["shape"])
            if "few" in row:
                control = row["untrained_layers"]["mean"]
                middle.plot(np.linspace(0, 1, len(control)), control, "--", color="0.6", label="untrained")
                for one, found in row["few"].items():
                    style = "o-" if one.startswith("probe") else "s:" if one.startswith("untrained") else "^--"
                    right.plot(LABELS_A_CLASS, [each["accuracy"] for each in found], style, label=one)
        _bits_below(left, name)
        middle.set(xlabel="depth of the layer", ylabel="probe accuracy, mean over positions")
        if "few" in every[-1]:
            right.set(xlabel="labels a class", ylabel="accuracy", xscale="log")
        else:
            right.set(xlabel="depth of the layer", ylabel="probe accuracy, means of quarters")
        for panel in (left, middle):
            panel.legend(frameon=False, fontsize=7)
        right.legend(frameon=False, fontsize=7, loc="upper left", bbox_to_anchor=(1, 1))
    _save(figure, "scaling_pixels")


def _panels(count: int, salt: str) -> tuple[Any, Any]:
    """A row of three panels for each setting."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = salt
    import matplotlib.pyplot as plt

    return plt.subplots(count, 3, figsize=(11, 3.4 * count), layout="constrained", squeeze=False)


def _bits_below(panel: Any, title: str) -> None:
    panel.set(xlabel="bits per dim, test images (fewer is better)", ylabel="probe accuracy, best layer", title=title)
    panel.invert_xaxis()


def _save(figure: Any, name: str) -> None:
    import matplotlib.pyplot as plt

    FIGURES.mkdir(exist_ok=True)
    figure.savefig(FIGURES / f"{name}.svg", metadata={"Date": None})
    plt.close(figure)
