"""Proofs about the platform as a whole: killed under load, and the tests themselves put to the test."""
