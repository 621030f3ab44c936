"""Files -> bytes and documents. Imports core."""

from codelength.data.documents import Document, read_documents
from codelength.data.files import MAX_SIZE, Source, display, read_path, read_paths
from codelength.data.sizes import format_size, parse_size

__all__ = [
    "MAX_SIZE",
    "Document",
    "Source",
    "display",
    "format_size",
    "parse_size",
    "read_documents",
    "read_path",
    "read_paths",
]
