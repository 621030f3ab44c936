"""Numbers about codes: shared bits, distances, regret, evidence, certificates. Imports core only."""

from codelength.measures.certificates import Certificate, certificate
from codelength.measures.costs import block_costs, block_sums, byte_costs, fixed_ends, line_ends
from codelength.measures.evidence import Evidence, evidence, evidence_of
from codelength.measures.matrix import Matrix, matrix
from codelength.measures.regions import Region, regions, window_size
from codelength.measures.regret import Regret, regret
from codelength.measures.resampling import Interval, interval
from codelength.measures.shared import Shared, shared

__all__ = [
    "Certificate",
    "Evidence",
    "Interval",
    "Matrix",
    "Region",
    "Regret",
    "Shared",
    "block_costs",
    "block_sums",
    "byte_costs",
    "certificate",
    "evidence",
    "evidence_of",
    "fixed_ends",
    "interval",
    "line_ends",
    "matrix",
    "regions",
    "regret",
    "shared",
    "window_size",
]
