"""The files of a form while they come in: nothing of a visitor's, and of one file no more than may be kept.

Django writes a whole body to the disk before anything asks whose it is or how large it may be, the check of the form's
token included. This stands before its own handlers (``FILE_UPLOAD_HANDLERS``).
"""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from passerelle.documents.limits import limits


class Bounded(FileUploadHandler):
    """Pass on the files of somebody signed in, each up to the first piece over the cap: what asks then finds it too large."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        user = getattr(self.request, "user", None)
        # No page takes a file from somebody it does not know.
        if not getattr(user, "is_authenticated", False):
            raise SkipFile
        self.most = limits(getattr(user, "program", "")).bytes

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return None if start > self.most else raw_data

    def file_complete(self, file_size: int) -> None:
        """Django's own handlers make the file."""
