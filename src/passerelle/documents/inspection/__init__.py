"""Looking into a file that somebody sent, in a process of its own that may fail without harm.

``child`` and what it imports know nothing of Django: they start fast and hold no secret.
"""
