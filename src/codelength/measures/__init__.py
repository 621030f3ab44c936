"""Numbers about codes: shared bits, distances, regret, evidence, certificates. Imports core only."""

from codelength.measures.certificates import Certificate, certificate
from codelength.measures.costs import block_costs, block_sums, byte_costs, fixed_ends, line_ends
from codelength.measures.evidence import Evidence, evidence, evidence_of
from codelength.measures.matrix import Matrix, matrix
from codelength.measures.prequential import Block, Prequential, prequential_codelength
from codelength.measures.prequential_blocks import block_ends
from codelength.measures.prequential_forecaster import Forecaster, Learning
from codelength.measures.regions import Region, regions, window_size
from codelength.measures.regret import Regret, regret
from codelength.measures.resampling import Interval, interval
from codelength.measures.shared import Shared, shared
from codelength.measures.shares import wilson

__all__ = [
    "Block",
    "Certificate",
    "Evidence",
    "Forecaster",
    "Interval",
    "Learning",
    "Matrix",
    "Prequential",
    "Region",
    "Regret",
    "Shared",
    "block_costs",
    "block_ends",
    "block_sums",
    "byte_costs",
    "certificate",
    "evidence",
    "evidence_of",
    "fixed_ends",
    "interval",
    "line_ends",
    "matrix",
    "prequential_codelength",
    "regions",
    "regret",
    "shared",
    "wilson",
    "window_size",
]
