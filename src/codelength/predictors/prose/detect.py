"""Are the lines of a text wrapped? Then its breaks are told apart from it (`breaks`).

They are told where that costs at most a bit each: a break that is guessed before the next word costs 2 to 3. Verse,
sources, tables and logs break for other reasons; their breaks cost 2 to 100 bits here, and belong to the text.
"""

from __future__ import annotations

from codelength.coding import binary
from codelength.predictors.prose.breaks import fresh, predicted
from codelength.predictors.prose.lines import joined

LEAST = 16
"""Fewer breaks say nothing."""


def is_wrapped(text: bytes) -> bool:
    r"""Whether its breaks cost at most a bit each when they are told. Some .2 s a MB.

    Examples
    --------
    >>> import textwrap
    >>> is_wrapped(textwrap.fill("Predicting is coding, whatever it is that one predicts. " * 300).encode())
    True
    >>> is_wrapped(b"A paragraph is a line of its own, and then there is nothing to join.\n\n" * 300)
    False
    """
    together, kinds = joined(text)
    breaks = int((kinds > 0).sum())
    if breaks < LEAST:
        return False
    decisions, probs = predicted(fresh(), together, kinds)
    return binary.cost(decisions.tobytes(), probs) <= breaks
