"""What people come for: which data helps a task. Imports core, data, codes and measures."""

from codelength.tasks.documents import select_documents
from codelength.tasks.explain import Explanation, Stretch, explain
from codelength.tasks.matrix import Matrix, select_matrix
from codelength.tasks.passages import Passage
from codelength.tasks.picks import DocumentPick, DocumentSelection
from codelength.tasks.select import CHOSEN, NOTHING, select_sources
from codelength.tasks.selection import MixtureResult, Overlap, Selection, SourceRow, Step

__all__ = [
    "CHOSEN",
    "NOTHING",
    "DocumentPick",
    "DocumentSelection",
    "Explanation",
    "Matrix",
    "MixtureResult",
    "Overlap",
    "Passage",
    "Selection",
    "SourceRow",
    "Step",
    "Stretch",
    "explain",
    "select_documents",
    "select_matrix",
    "select_sources",
]
