"""The platform's addresses, and the bare view: one row, one transaction, behind the same middleware."""

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from passerelle.project.urls import urlpatterns as platform


def one_row(request: HttpRequest) -> HttpResponse:
    """Insert one row for the person who asks, as the smallest honest form handler would."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_row (person, words) VALUES (%s, %s)", [request.user.pk, request.POST.get("token", "")]
        )
    return HttpResponse(status=302, headers={"Location": "/"})


urlpatterns = [path("bench/row/", one_row), *platform]
