"""``python -m passerelle.project.cli``, for processes that start each other."""

from passerelle.project.cli import main

main()
