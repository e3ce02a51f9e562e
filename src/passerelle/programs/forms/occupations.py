"""A field for occupations named one by one, by their codes."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class OccupationCodes(forms.CharField):
    """Codes of five digits with spaces or commas between them; ``clean`` returns them as a list, as they were typed."""

    def __init__(self, **kwargs: Any) -> None:
        asked = {
            "help_text": _("Codes of five digits, with spaces or commas between them."), "required": False, "max_length": 4000,
            "widget": forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        }  # fmt: skip
        super().__init__(**{**asked, **kwargs})

    def clean(self, value: Any) -> Any:
        """Return the codes typed. Raises ValidationError where one is not five digits."""
        codes = [one for one in re.split(r"[\s,;]+", super().clean(value)) if one]
        if wrong := [one for one in codes if not re.fullmatch(r"[0-9]{5}", one)]:
            raise forms.ValidationError(_("Not five digits: %(codes)s.") % {"codes": ", ".join(wrong[:5])})
        return codes
