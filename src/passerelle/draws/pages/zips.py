"""A bundle of a draw as a file to download."""

from collections.abc import Mapping
from typing import Any

from django.http import FileResponse, StreamingHttpResponse

from npd1 import bundle
from passerelle.draws import bundling


def zipped(members: Mapping[str, bundle.Member], name: str) -> StreamingHttpResponse:
    """Return ``members`` as a zip to download, made as it goes."""
    answer = StreamingHttpResponse(bundle.pieces(members), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def sent(draw: Any) -> FileResponse:
    """Return the public bundle of a draw to download, as it is kept."""
    return FileResponse(
        bundling.opened(draw), as_attachment=True, filename=f"{draw.number}.zip", content_type="application/zip"
    )
