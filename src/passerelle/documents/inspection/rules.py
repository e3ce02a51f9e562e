"""What is accepted, and how much of it."""

from dataclasses import asdict, dataclass

PDF, JPEG, PNG, HEIC = "application/pdf", "image/jpeg", "image/png", "image/heic"
EXTENSION = {PDF: "pdf", JPEG: "jpg", PNG: "png"}


@dataclass(frozen=True)
class Limits:
    """Caps on one file, and how many one place takes.

    Memory is address space: a photograph of 36 million pixels takes 550 MB of it as HEIC.
    """

    bytes: int = 25 * 1024 * 1024
    pages: int = 300
    pixels: int = 36_000_000
    # A JPEG can be opened at half its size, so a telephone's largest pictures are taken too, and made smaller.
    jpeg_pixels: int = 210_000_000
    cpu_seconds: int = 8
    memory_mb: int = 640
    files: int = 20

    def as_dict(self) -> dict[str, int]:
        """For the child process."""
        return asdict(self)


class Refused(Exception):
    """The file cannot be taken; ``code`` says why (see ``passerelle.documents.reasons``)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
