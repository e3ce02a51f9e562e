"""Submitting an expression of interest against a bare Django view that inserts one row."""
