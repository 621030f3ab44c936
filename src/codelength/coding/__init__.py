"""Probabilities <-> bits: range coders, the frequency quantiser, the frame. Imports core."""
