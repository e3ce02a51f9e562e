"""Form controls that Django lacks: a date in three boxes, asked day, month, year."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

PARTS = ("day", "month", "year")


class DateParts(forms.MultiWidget):
    """A date as day, month and year: nothing to pick from a calendar, works on any phone, reads aloud well.

    Use it as ``forms.DateField(widget=DateParts)``. An impossible day is handed to the field as typed, so that its
    own message answers; three empty boxes are no answer.
    """

    is_date_parts = True
    labels = (_("Day"), _("Month"), _("Year"))

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {
            part: forms.TextInput(attrs={"inputmode": "numeric"}) for part in PARTS
        }
        super().__init__(boxes, dict(attrs) if attrs else None)

    def decompress(self, value: Any) -> list[Any]:
        """Return the three parts of a date or of an ISO day; another text stays in the first box, as it was sent."""
        if isinstance(value, str):
            if value.count("-") < 2:
                return [value, "", ""]
            year, month, day = value.split("-", 2)
            return [day.lstrip("0"), month.lstrip("0"), year]
        return [value.day, value.month, value.year] if value else ["", "", ""]

    def value_from_datadict(self, data: Any, files: MultiValueDict[str, Any], name: str) -> Any:
        """Return the ISO day typed in the three boxes (or in one hidden one), ``None`` when all are empty."""
        if name in data:
            return str(data[name]) or None
        day, month, year = (str(data.get(f"{name}_{part}") or "").strip() for part in PARTS)
        if not (day or month or year):
            return None
        return f"{year}-{month.zfill(2)}-{day.zfill(2)}"

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Say whether none of the boxes was posted at all."""
        return name not in data and all(f"{name}_{part}" not in data for part in PARTS)

    def id_for_label(self, id_: str) -> str:
        """Return nothing: the legend names the three boxes together."""
        return ""
