"""Who may do what: every address for every kind of visitor, attacks on forms, and what fails half-way."""
