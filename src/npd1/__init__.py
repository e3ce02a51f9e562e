"""The public form of a draw, ``npd1``: what is committed to, drawn and proved, as exact bytes (docs/npd1.md).

A pool is frozen as one *leaf line* for each entry; the lines, sorted by their random tickets, are the leaves of a Merkle tree.
The *commitment* names the tree's root, the places and the rule, before chance is known; the *seed* joins chance to it; the
*result* names who was taken. Each person's *receipt* proves that their line was in.

This library builds those bytes and reads them back. It knows no clock, files, network, database or web framework, and it does
not choose: the selection is made elsewhere, and the stand-alone verifiers are written apart from both.
"""
