"""Compiled parts of the exact search and of the price update; imported only when they run."""
