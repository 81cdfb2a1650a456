"""Searches that are kept: a folder for each, with a manifest, a journal and the best witness."""
