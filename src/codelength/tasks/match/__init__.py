"""Distribution matching: x and y without pairs, and the map under which x is distributed like y.

min over f of L(f) + |C(f(x) | y)|; reported where it saves bits against |C(x)|. Imports core, data, codes and measures.
"""

from codelength.tasks.match.evidence import FOUND_AT, Match

__all__ = ["FOUND_AT", "Match"]
