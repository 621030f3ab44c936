"""Plots as SVG texts to be put into a page; matplotlib is imported here and nowhere else."""

from codelength.report.plots.bars import bars, cumulative
from codelength.report.plots.dendrogram import dendrogram
from codelength.report.plots.heatmap import heatmap
from codelength.report.plots.lines import lines

__all__ = ["bars", "cumulative", "dendrogram", "heatmap", "lines"]
