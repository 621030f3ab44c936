"""Names short enough for a table and still told apart: the last parts of each path, as many as it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Each path -> its shortest ending that no other of the paths has.

    Examples
    --------
    >>> list(short_names(["data/en/a.txt", "data/fr/a.txt", "data/fr/b.txt"]).values())
    ['en/a.txt', 'fr/a.txt', 'b.txt']
    """
    parts = {name: PurePath(name).parts or (name,) for name in names}
    endings = Counter(p[-length:] for p in parts.values() for length in range(1, len(p) + 1))
    shortest: dict[str, str] = {}
    for name, p in parts.items():
        alone = next((length for length in range(1, len(p) + 1) if endings[p[-length:]] == 1), len(p))
        shortest[name] = str(PurePath(*p[-alone:])) if alone < len(p) else name
    # Different spellings of one path ("a" and "./a") have the same parts: then only the whole name tells them apart.
    return shortest if len(set(shortest.values())) == len(shortest) else {name: name for name in names}
