"""One file a claim; each prints a table and writes a record. Run as `python -m benchmarks.NAME` from the repository."""
