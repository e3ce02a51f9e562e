"""A targeted draw over a large pool, and the pages beside it."""
