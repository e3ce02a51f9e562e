"""From a checked grid to column expressions, and from their values to an explained score sheet."""
