"""Forms of this room."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CloseTaskForm(forms.Form):
    """What came of a task."""

    note = forms.CharField(
        label=_("What was done"),
        help_text=_("One or two sentences for colleagues. The task then leaves the list."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say in a few words what was done about this task.")},
    )
