"""A believable territory for demonstrations: made by the real operations on a simulated clock, never by inserting rows."""
