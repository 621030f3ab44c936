"""The few functions that `import codelength` gives: the rooms joined for everyday use.

Codes are named by the catalogue's specs ("cm", "zstd:level=3", "cm+ctw") or handed in as objects; data are bytes. Side
information is one bytes object or several, which are joined in their order. Nothing here is heavy until it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, overload

from codelength.api.codes import Side, Spec, conditioned, joined, primed, resolve
from codelength.api.frames import MAX_SIZE, FrameWriter, compress, decompress, frame_reader, frame_writer
from codelength.catalogue import DEFAULT
from codelength.core import Bits, Code, DataError, Density, Predictor

if TYPE_CHECKING:
    from codelength.measures import Regret, Shared
    from codelength.tasks import DocumentSelection, Explanation, Selection
    from codelength.tasks.program import Program

__all__ = [
    "MAX_SIZE",
    "FrameWriter",
    "Side",
    "Spec",
    "bits",
    "compress",
    "conditioned",
    "decompress",
    "explain",
    "frame_reader",
    "frame_writer",
    "generate",
    "primed",
    "program",
    "regret",
    "resolve",
    "select",
    "shared",
]


def bits(y: bytes, given: Side = None, code: Spec = DEFAULT) -> Bits:
    """What `y` costs under a code, |C(y)|, or given side information, |C(y | x)|.

    Parameters
    ----------
    y
        The data.
    given
        Side information: known to both ends before coding starts.
    code
        A catalogue spec or a code, as it stands: `compress` may add to "cm" what suits the data (`cm:primer=64`), this
        never does, so that the numbers of several files compare. One that takes no side information of its own is
        differenced, |C(xy)| - |C(x)|, and the result is then an estimate.

    Returns
    -------
    Bits
        The codelength, and what kind of number it is.

    Examples
    --------
    >>> import codelength as cl
    >>> x = b"the quick brown fox jumps over the lazy dog. " * 9
    >>> y = b"the lazy dog jumps over the quick brown fox"
    >>> cl.bits(y, given=x, code="zlib").bits < cl.bits(y, code="zlib").bits
    True
    """
    return conditioned(resolve(code), joined(given)).bits(y)


def shared(x: bytes, y: bytes, code: Spec = DEFAULT) -> Shared:
    """What two byte strings have in common, as a code sees it: shared bits, distances, the chain rule's defect.

    |C(xy)| is that of `Joint(code)`: at most |C(x)| + |C(y)| + 1 bit, whatever x and y are.

    Examples
    --------
    >>> import codelength as cl
    >>> x, y = b"the quick brown fox jumps. " * 9, b"over the lazy dog jumps the quick brown fox. " * 5
    >>> found = cl.shared(x, y, code="zlib")
    >>> found.shared.kind, found.ncd < 1
    ('exact', True)
    """
    from codelength.measures import shared as measured

    return measured(x, y, resolve(code))


def regret(y: bytes, experts: Sequence[Spec], code: Spec | None = None, given: Side = None) -> Regret:
    """Prediction value left on the table: bits of a code above the best of some experts, known in hindsight.

    Parameters
    ----------
    y
        The data.
    experts
        Specs, or codes (primed ones are welcome).
    code
        What is to be judged; without it the Bayes mixture of the experts, or where they give no probabilities the best
        of them, named.
    given
        Side information for all of them.

    Examples
    --------
    >>> import codelength as cl
    >>> found = cl.regret(b"abracadabra" * 9, ["kt", "ctw"])
    >>> found.best, round(found.regret.bits, 3) <= 1  # log2 of two experts
    (1, True)
    """
    from codelength.measures import regret as measured

    side = joined(given)
    ready = [primed(resolve(expert), side) if side else resolve(expert) for expert in experts]
    judged = _combined(ready) if code is None else primed(resolve(code), side)
    return measured(y, judged, ready)


def explain(y: bytes, given: Side | Mapping[str, bytes] = None, code: Spec = DEFAULT) -> Explanation:
    """Where the bits go: what each byte of `y` costs, alone and given side information, and where that saves most.

    Parameters
    ----------
    y
        The data, one byte or more.
    given
        Side information; of a mapping, passages say the name of the piece they come from.
    code
        A predictor or a mixture of them; for any other `UnknownCodeError` is raised.

    Examples
    --------
    >>> import codelength as cl
    >>> found = cl.explain(b"one two three", given=b"two three four", code="ctw")
    >>> found.byte_costs.shape, bool(found.savings[5:].sum() > 0)
    ((13,), True)
    """
    from codelength.tasks import explain as explained

    pieces = [given] if isinstance(given, bytes) else given or []
    named = pieces if isinstance(pieces, Mapping) else {f"x{k}": piece for k, piece in enumerate(pieces, start=1)}
    return explained(y, resolve(code), side=named)


@overload
def select(
    task: bytes,
    pool: Mapping[str, bytes],
    code: Spec = DEFAULT,
    *,
    jobs: int | None = None,
    seed: int = 0,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> Selection: ...


@overload
def select(
    task: Sequence[bytes],
    pool: Sequence[bytes],
    code: Spec = DEFAULT,
    *,
    budget: int,
    seed: int = 0,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> DocumentSelection: ...


def select(
    task: bytes | Sequence[bytes],
    pool: Mapping[str, bytes] | Sequence[bytes],
    code: Spec = DEFAULT,
    *,
    budget: int | None = None,
    jobs: int | None = None,
    seed: int = 0,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> Selection | DocumentSelection:
    """Which unlabelled data helps a task, and by how many bits.

    Parameters
    ----------
    task
        The target in bytes; for single documents, its documents.
    pool
        Sources by name; for single documents, the documents to choose from.
    code
        What measures.
    budget
        Single documents: choose up to this many bytes.
    jobs
        Sources: processes to work in; None leaves it to `joblib.parallel_config`.
    seed
        Of the resampling and the comparison draw.
    on_progress
        Called as (phase, done, total).

    Raises
    ------
    DataError
        Nothing to measure or to choose from.

    Examples
    --------
    >>> import codelength as cl
    >>> found = cl.select(b"abab" * 40, {"like it": b"abab" * 40, "unlike": b"xyz" * 40}, code="kt")
    >>> found.sources[0].name
    'like it'
    """
    from codelength.tasks import select_documents, select_sources

    ready = resolve(code)
    if isinstance(pool, Mapping):
        if not isinstance(task, bytes):
            raise DataError("sources by name go with a task in bytes: join its documents, b'\\n'.join(task)")
        if budget is not None:
            raise DataError("a budget is for single documents: give the pool as a list of them")
        return select_sources(task, pool, ready, jobs=jobs, seed=seed, on_progress=on_progress)
    if isinstance(task, bytes) or isinstance(pool, bytes):
        raise DataError("a pool of single documents goes with a task of documents: give both as lists of bytes")
    if budget is None:
        raise DataError("choosing single documents needs a budget in bytes: budget=120_000")
    return select_documents(task, pool, ready, budget=budget, seed=seed, on_progress=on_progress)


def generate(
    size: int,
    given: Side = None,
    code: Spec = DEFAULT,
    *,
    seed: int = 0,
    on_progress: Callable[[int], None] | None = None,
) -> bytes:
    """Draw bytes from a code's own distribution: what it can compress well it says often.

    Parameters
    ----------
    size
        How many bytes.
    given
        What comes before them.
    code
        Any code. A predictor is sampled exactly, any other by importance resampling (see `codelength.codes.sample`).
    seed
        The same seed gives the same bytes.
    on_progress
        Called with the number of bytes drawn so far.

    Examples
    --------
    >>> import codelength as cl
    >>> cl.generate(8, given=b"abcdefgh" * 100, code="ctw")
    b'abcdefgh'
    """
    from codelength.codes.sample import sample

    return sample(resolve(code), size, seed=seed, given=joined(given), on_progress=on_progress)


def program(x: bytes, max_seconds: float = 60.0) -> Program:
    """The smallest of several Python programs that print `x` with plain python3: an upper bound on K(x).

    Parameters
    ----------
    x
        What to print.
    max_seconds
        Leave out forms that would run longer than this.

    Raises
    ------
    CodelengthError
        No form can print the data in time.

    Examples
    --------
    >>> import codelength as cl
    >>> made = cl.program(b"ab" * 1000)
    >>> made.source, made.bits.kind
    (b'open(1,"wb").write(b"ab"*1000)', 'upper')
    """
    from codelength.predictors.mini import Mini
    from codelength.tasks.program import shortest_program

    return shortest_program(x, mini=Mini(), max_seconds=max_seconds)


def _combined(codes: Sequence[Code[bytes]]) -> Density[bytes]:
    """One code out of several that loses little against the best: their mixture, or the best of them, named."""
    from codelength.codes import Best, Mixture

    predictors = [code for code in codes if isinstance(code, Predictor)]
    return Mixture(predictors) if len(predictors) == len(codes) else Best(codes)
