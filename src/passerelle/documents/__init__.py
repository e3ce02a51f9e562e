"""Files that people hand in.

Owns documents (checked, stripped, stored under a key of their own) and uploads that may be resumed. A file is looked
at in a child process with little memory and time, an image is drawn anew, a PDF loses everything that acts. The stage
rooms decide who may add or read a file; here every read is logged.

    received ──▶ clean ──▶ removed          (received: stored, waiting for the virus scanner)
        └──────▶ rejected
"""
