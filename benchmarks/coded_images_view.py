"""The table of benchmarks/coded_images.py: every code of the same held-out images, bits/dim beside each other."""

from typing import Any

from rich.console import Console
from rich.table import Table

GOALS = {"mnist": 1.00, "fashion_mnist": 2.80}

Row = dict[str, Any]


def show(record: dict[str, dict[str, Row]], console: Console) -> None:
    """A table for each data set."""
    for name, rows in record.items():
        table = Table("code", "images", "bits/dim", "bytes", "note", title=name, title_justify="left")
        for line in lines_of(rows):
            table.add_row(*line)
        console.print(table)
        if name in GOALS and "code" in rows:
            print(f"goal {GOALS[name]:.2f}: {verdict(rows['code'], GOALS[name])}")
        if "train" in rows:
            curve = ", ".join(f"{point['step']}: {point['bits/dim']:.3f}" for point in rows["train"]["curve"])
            print(f"training batches, bits/dim up to a step: {curve}")


def verdict(row: Row, goal: float) -> str:
    """Whether the goal is reached by the images that were coded, and by all that were scored."""
    found = (("coded", row["images"], row["bits/dim"]), ("ideal", row["scored"]["images"], row["scored"]["bits/dim"]))
    return "; ".join(
        f"{'reached' if bits <= goal else 'missed'} on {images:,} test images ({what}, {bits:.4f})"
        for what, images, bits in found
    )


def lines_of(rows: dict[str, Row]) -> list[tuple[str, ...]]:
    """Code, images, bits/dim, bytes, note."""
    found = []
    peers = rows.get("peers", {})
    for kind in ("PNG", "WEBP", "JXL"):
        for how, bits in peers.get(kind, {}).items():
            found.append((f"{kind}, {how}", f"{peers['images']:,}", f"{bits:.3f}", "", ""))
    if row := rows.get("cm"):
        note = f"context mixing given {row['given images']:,} images, {row['seconds']:.0f} s"
        found.append((row["spec"], f"{row['images']:,}", f"{row['bits/dim']:.4f}", "", note))
    if row := rows.get("code"):
        trained = rows["train"]
        note = f"{row['network']}: {trained['parameters']:,} parameters, {trained['epochs']:.2f} epochs, trained "
        note += (
            f"{trained['seconds'] / 60:.1f} processor min ({trained['wall_seconds'] / 60:.0f} min on a shared machine)"
        )
        found.append(("network, ideal -log2 P", f"{row['images']:,}", f"{row['ideal bits/dim']:.4f}", "", note))
        scored = row["scored"]
        note = f"+-{scored['interval']:.3f} over images"
        found.append(("network, ideal -log2 P", f"{scored['images']:,}", f"{scored['bits/dim']:.4f}", "", note))
        note = f"headers included, decoded and equal; +-{row['interval']:.3f} over images; "
        note += f"{row['stream above the ideal, bits']:.0f} bits above the ideal, with headers "
        note += (
            f"{row['file above the ideal, bits']:.0f}, allowed {row['allowed above, bits']:.0f}; encoding and check "
        )
        note += f"{row['encoding seconds']:.0f} s, decoding {row['decoding seconds']:.0f} s"
        found.append(("network, coded", f"{row['images']:,}", f"{row['bits/dim']:.4f}", f"{row['bytes']:,}", note))
    if row := rows.get("mixture"):
        for expert, bits in row["experts"].items():
            found.append((f"  {expert} alone", f"{row['images']:,}", f"{bits:.4f}", "", ""))
        note = f"{row['decoded images']} images coded, decoded and equal"
        found.append(("gated mixture of both", f"{row['images']:,}", f"{row['bits/dim']:.4f}", "", note))
    return found
