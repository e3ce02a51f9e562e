"""A draw as an act, at size: frozen, committed to, drawn, proved to everybody in it and verified."""
