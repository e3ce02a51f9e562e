"""A quick password hash for the demo's crowd alone; Django replaces it by the real one at the first sign-in."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """PBKDF2 with few rounds."""

    iterations = 1000
