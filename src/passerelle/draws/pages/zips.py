"""A bundle of a draw as a file to download."""

from django.http import HttpResponse

from npd1 import bundle


def zipped(members: dict[str, bytes], name: str) -> HttpResponse:
    """Return ``members`` as a zip to download; equal members give equal bytes."""
    answer = HttpResponse(bundle.archive(members), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
