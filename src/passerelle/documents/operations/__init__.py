"""What can be done with documents and uploads."""

from passerelle.documents.operations.opening import open_file, open_page
from passerelle.documents.operations.removing import remove
from passerelle.documents.operations.rewrapping import rewrap_files
from passerelle.documents.operations.scanning import scan_waiting
from passerelle.documents.operations.storing import store
from passerelle.documents.operations.tidying import tidy_files
from passerelle.documents.operations.uploading import (
    abandon_upload,
    allow_upload,
    begin_upload,
    finish_upload,
    tidy_uploads,
)
from passerelle.documents.reasons import Unacceptable

__all__ = [
    "Unacceptable",
    "abandon_upload",
    "allow_upload",
    "begin_upload",
    "finish_upload",
    "open_file",
    "open_page",
    "remove",
    "rewrap_files",
    "scan_waiting",
    "store",
    "tidy_files",
    "tidy_uploads",
]
