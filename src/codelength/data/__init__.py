"""Files -> bytes and documents. Imports core."""

from codelength.data.documents import Document, read_documents
from codelength.data.files import MAX_SIZE, Source, display, read_path, read_paths
from codelength.data.labelled import Labelled, read_labelled
from codelength.data.sizes import format_size, parse_size

__all__ = [
    "MAX_SIZE",
    "Document",
    "Labelled",
    "Source",
    "display",
    "format_size",
    "parse_size",
    "read_documents",
    "read_labelled",
    "read_path",
    "read_paths",
]
