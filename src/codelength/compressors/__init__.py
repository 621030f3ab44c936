"""Codes that exist already: zlib, bz2, lzma, zstd, brotli, ppmd. One file each; imports only `core`.

Each is the library's own format with what the decoder knows anyway left out (magic numbers, checksums, parameters:
the frame carries those), so that a codelength counts what a decoder needs and nothing else.
"""
