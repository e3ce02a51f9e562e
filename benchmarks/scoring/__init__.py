"""How fast a full points grid is scored, against four other ways to write the same grid. See README.md."""
