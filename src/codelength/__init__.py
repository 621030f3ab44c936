"""Unsupervised learning as compression: which data helps which task, and by how many bits."""
