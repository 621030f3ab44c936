"""The figure of `benchmarks.scaling`: for each setting of its record bits against accuracy, and accuracy over depth."""

from pathlib import Path
from typing import Any

import numpy as np

FIGURE = Path(__file__).parent.parent / "docs" / "figures" / "scaling.svg"
NAMES = {"next": "next pixel", "masked": "masked", "diffusion": "diffusion"}


def draw(record: dict[str, dict[str, list[dict[str, Any]]]]) -> None:
    """A row of three panels for each setting that has rows."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "scaling"
    import matplotlib.pyplot as plt

    settings = {name: rows for name, rows in record.items() if rows}
    if not settings:
        return
    figure, panels = plt.subplots(
        len(settings), 3, figsize=(11, 3.4 * len(settings)), layout="constrained", squeeze=False
    )
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
        left.set(xlabel="bits per dim, test images (fewer is better)", ylabel="probe accuracy, best layer", title=name)
        left.invert_xaxis()
        middle.set(xlabel="depth of the layer", ylabel="probe accuracy")
        right.set(xlabel="depth of the layer", ylabel=f"probe accuracy, {compared}")
        left.legend(frameon=False)
        if compared is not None:
            right.legend(frameon=False)
    FIGURE.parent.mkdir(exist_ok=True)
    figure.savefig(FIGURE, metadata={"Date": None})
    plt.close(figure)
