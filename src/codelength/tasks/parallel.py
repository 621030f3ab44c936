"""A map over sources through joblib: one machine, or whatever cluster the user's `joblib.parallel_config` names.

Results come in the order of the items, so nothing depends on the number of workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from joblib import Parallel, delayed

from codelength.core import DataError

Item = TypeVar("Item")
Result = TypeVar("Result")

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


def mapped(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    jobs: int | None = None,
    phase: str = "",
    on_progress: Progress | None = None,
) -> Iterator[Result]:
    """`function` of each item, in order, as the results come.

    Parameters
    ----------
    function
        A module-level function or a value that can be sent to another process.
    jobs
        Workers; None leaves it to `joblib.parallel_config`, -1 takes all cores.
    phase, on_progress
        What to tell of, and whom.

    Raises
    ------
    DataError
        No worker.
    """
    if jobs == 0:
        raise DataError("jobs is 0, and no worker does nothing: expected 1 or more, or -1 for all cores")
    # max_nbytes=None: joblib would hand large arrays to its workers read-only, and a code scores on its own state.
    try:
        parallel = Parallel(n_jobs=jobs, return_as="generator", max_nbytes=None)
    except ValueError:  # joblib's multiprocessing backend hands its results back all at once
        parallel = Parallel(n_jobs=jobs, max_nbytes=None)
    results: Iterable[Result] = parallel(delayed(function)(item) for item in items)
    for done, result in enumerate(results, start=1):
        if on_progress is not None:
            on_progress(phase, done, len(items))
        yield result
