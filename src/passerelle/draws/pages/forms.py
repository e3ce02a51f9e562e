"""Forms of this room's pages: they check shape, operations check meaning."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from passerelle.core.text import pick
from passerelle.core.widgets import DateParts
from passerelle.draws.pages import aim_forms
from passerelle.draws.pages.aim_forms import AimForm
from passerelle.draws.pages.offering import IN_FORCE, Offered
from passerelle.programs.rules import ProgramRules
from passerelle.programs.rules.schema import Stream

if TYPE_CHECKING:
    from passerelle.draws.models import Draw

_DAY = {"required": _("Enter the day."), "invalid": _("Enter a real date, like 25 3 2026.")}
_TIME = {"required": _("Enter the time, like 09:00."), "invalid": _("Enter the time from 00:00 to 23:59, like 09:00.")}


_BEFORE_THE_AIM = ("held_on", "closes_on", "closes_time", "categories", "rule", "size")


class PlanForm(AimForm):
    """The plan of a draw."""

    held_on = forms.DateField(label=_("Day of the draw"), widget=DateParts, error_messages=_DAY)
    closes_on = forms.DateField(
        label=_("Entries close on"),
        widget=DateParts,
        help_text=_("In the draw are expressions of interest handed in before this moment."),
        error_messages=_DAY,
    )
    closes_time = forms.TimeField(
        label=_("At this time"),
        help_text=_("From 00:00 to 23:59, by the program's clock."),
        input_formats=["%H:%M"],
        widget=forms.TimeInput(format="%H:%M", attrs={"inputmode": "numeric", "size": 5}),
        error_messages=_TIME,
    )
    categories = forms.MultipleChoiceField(
        label=_("Categories in the draw"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one category.")},
    )
    rule = forms.ChoiceField(label=_("How it chooses"), required=False, widget=forms.RadioSelect)
    size = forms.IntegerField(
        label=_("How many are taken"),
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 5}),
        error_messages={
            "required": _("Enter how many are to be taken, like 65."),
            "invalid": _("Enter how many are to be taken, like 65."),
            "min_value": _("Enter how many are to be taken: 1 or more."),
        },
    )

    first_from = forms.DateField(
        label=_("First handed in from"), required=False, widget=DateParts, error_messages={"invalid": _DAY["invalid"]}
    )
    first_through = forms.DateField(
        label=_("First handed in up to and including"),
        required=False,
        widget=DateParts,
        error_messages={"invalid": _DAY["invalid"]},
    )

    dice = forms.BooleanField(
        label=_("Throw dice: the beacon failed"),
        required=False,
        help_text=_("The void draw waited a day for its round. This one takes dice, and its notice says why."),
    )
    dice_because = forms.CharField(
        label=_("Why dice take the place of the beacon"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self,
        *args: Any,
        rules: ProgramRules,
        stream: Stream,
        offered: Offered,
        may_take_dice: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rules = rules
        if not may_take_dice:
            del self.fields["dice"], self.fields["dice_because"]
        self._offer(offered)
        categories: Any = self.fields["categories"]
        categories.choices = [(one.key, pick(one.name)) for one in rules.categories_of(stream.key)]
        self.ask_aim(rules, stream.key)
        self.order_fields([*_BEFORE_THE_AIM, *self.aim_names()])

    @property
    def before(self) -> list[Any]:
        """The fields that stand before whom the draw is aimed at."""
        return [self[name] for name in _BEFORE_THE_AIM if name in self.fields]

    @property
    def after(self) -> list[Any]:
        """The fields that stand after whom the draw is aimed at."""
        apart = {*_BEFORE_THE_AIM, *self.aim_names()}
        return [self[name] for name in self.fields if name not in apart]

    def _offer(self, offered: Offered) -> None:
        """Ask for the rule where there are several, and for the size unless some rule says it."""
        rule, size = self.fields["rule"], self.fields["size"]
        rule.choices, rule.choice_hints, rule.help_text = offered.choices, offered.hints, offered.note  # type: ignore[attr-defined]
        rule.looks_required = True  # type: ignore[attr-defined]
        self.rules_in_full = offered.rules
        if len({key for key, _name in offered.choices} - {IN_FORCE}) < 2:
            del self.fields["rule"]
        size.required, size.looks_required = offered.sized, True  # type: ignore[attr-defined]
        if not offered.sized:
            size.help_text = _("Leave it empty where the rule says how many.")

    def clean(self) -> dict[str, Any]:
        """Dice instead of a beacon are given a reason."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("dice") and not said.get("dice_because"):
            self.add_error("dice_because", _("Say why dice take the place of the beacon."))
        return said

    def instead(self) -> str:
        """Return why dice take the place of the beacon; "" where they do not."""
        return str(self.cleaned_data["dice_because"]) if self.cleaned_data.get("dice") else ""

    def told(self) -> dict[str, Any]:
        """Return what the operations ask for: the moment in the program's own zone."""
        said = self.cleaned_data
        closes_at = datetime.combine(said["closes_on"], said["closes_time"], tzinfo=self.rules.zone)
        return {
            "held_on": said["held_on"], "closes_at": closes_at, "size": said["size"], "categories": said["categories"],
            "filters": {**self.aimed_at(), **{key: said[key] for key in ("first_from", "first_through") if said.get(key)}},
            "rule": "" if said.get("rule") == IN_FORCE else said.get("rule", ""),
        }  # fmt: skip


def as_plan(draw: Draw, rules: ProgramRules) -> dict[str, Any]:
    """Return a draw's plan as the initial values of the form."""
    closes = draw.closes_at.astimezone(rules.zone)
    return {
        "held_on": draw.held_on, "closes_on": closes.date(), "closes_time": closes.time(), "size": draw.size,
        "categories": draw.categories, "rule": draw.rule["selection"]["key"],
        **aim_forms.begun(rules, draw.stream, draw.filters),
        **{key: draw.filters.get(key) for key in ("first_from", "first_through")},
    }  # fmt: skip


def fresh_plan(rules: ProgramRules, stream: Stream, at: datetime) -> dict[str, Any]:
    """Return the initial values of a new plan: a week ahead, every category of the stream, aimed at nobody."""
    day = at.astimezone(rules.zone).date() + timedelta(days=7)
    return {
        "held_on": day,
        "closes_on": day,
        "closes_time": "00:00",
        "categories": [one.key for one in rules.categories_of(stream.key)],
        "rule": IN_FORCE,
    }


class SizeForm(forms.Form):
    """Another size, to see its cut-off."""

    size = forms.IntegerField(
        label=_("Try another size"),
        min_value=1,
        max_value=100_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 5}),
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Give the reason.")},
    )

    def __init__(self, *args: Any, hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = hint


class DiceForm(forms.Form):
    """Forty digits, as they fell."""

    digits = forms.RegexField(
        r"^[0-9 ]{40,60}$",
        label=_("The forty digits, in the order in which they fell"),
        help_text=_("Ten-sided dice, 0 to 9. Blanks between them do not count."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 60, "autocomplete": "off"}),
        error_messages={
            "required": _("Enter the forty digits."),
            "invalid": _("Enter exactly forty digits from 0 to 9."),
        },
    )

    def clean_digits(self) -> str:
        """Return the digits alone."""
        return str(self.cleaned_data["digits"]).replace(" ", "")


class RoundForm(forms.Form):
    """A round of the beacon, as its address shows it."""

    round = forms.IntegerField(
        label=_("Number of the round"), min_value=1, widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 12}),
        error_messages={
            "required": _("Enter the number of the round."), "invalid": _("Enter the number of the round, in digits."),
            "min_value": _("Enter the number of the round, in digits."),
        },
    )  # fmt: skip
    signature = forms.RegexField(
        r"^[0-9a-f]{2,200}$", label=_("Signature of the round"), widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text=_("Digits and letters from a to f, as the beacon gives them."),
        error_messages={
            "required": _("Enter the signature of the round."),
            "invalid": _("Copy the signature as it stands: digits and letters from a to f."),
        },
    )  # fmt: skip


class ObjectionForm(forms.Form):
    """What is wrong."""

    words = forms.CharField(
        label=_("What is wrong with your line"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The selection waits until staff have answered."),
        error_messages={"required": _("Say what is wrong.")},
    )  # fmt: skip
