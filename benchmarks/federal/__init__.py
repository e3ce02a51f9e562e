"""Federal profiles loaded, loaded again, searched and frozen: 250,000 of them, beside what the database alone takes."""
