"""Forms about an error found in a draw: what was wrong, and what is to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from passerelle.core.text import pick
from passerelle.draws import selecting
from passerelle.draws.correcting import Correction
from passerelle.draws.pages.aim_forms import AimForm
from passerelle.draws.repairing import Way
from passerelle.programs.rules import ProgramRules, aims
from pointsgrid.values import BadValue, parse_value, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from passerelle.draws.models import Draw

_NUMBER = {"invalid": _("Enter a number, like 65."), "min_value": _("Enter 1 or more.")}
# The name of a field that asks for the places of a reserve begins so, and ends with its key.
_PLACES = "places_"
_AS_IT_WAS = "as_it_was"
_NOT_ASKED = _(
    "Filters are chosen below. For them to count, choose “Those with what is chosen here”; otherwise take them out."
)
_WHAT_EN = {"required": _("Say in English what was wrong.")}
_WHAT_FR = {"required": _("Say in French what was wrong.")}


class CorrectionForm(AimForm):
    """What was wrong. What is left blank was right."""

    # Not stripped: a fault names the line as it stands in the box.
    wrong = forms.CharField(
        strip=False, label=_("Files whose facts or points were wrong"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "A line for each file: its number, then what is right, like NT-E-2026-000012 points=480 noc_code=72106."
            " Points follow from the answers where you give none."
        ),
    )  # fmt: skip
    out = forms.CharField(
        label=_("Files that should not have been in the draw"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Their numbers, each on a line of its own."),
    )  # fmt: skip
    without = forms.CharField(
        label=_("A fact that should not have counted"), required=False,
        help_text=_("Everybody with it is kept out, like noc_code=63200."),
    )  # fmt: skip
    added = forms.CharField(
        label=_("Files that were kept out and should have been in"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Their numbers, each on a line of its own."),
    )  # fmt: skip
    look = forms.BooleanField(
        label=_("Look for everybody who could have been drawn and was not in"), required=False
    )  # fmt: skip
    size = forms.IntegerField(
        label=_("How many should have been taken"), required=False, min_value=1, error_messages=_NUMBER,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 5}),
    )  # fmt: skip
    rule = forms.ChoiceField(label=_("The rule that should have held"), required=False)
    aim = forms.ChoiceField(
        label=_("Whom the draw should have been aimed at"), required=False, widget=forms.RadioSelect, initial=_AS_IT_WAS,
        choices=[(_AS_IT_WAS, _("As it was")), ("everybody", _("Everybody")), ("those", _("Those with what is chosen here"))],
    )  # fmt: skip

    def __init__(self, *args: Any, draw: Draw, rules: ProgramRules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.draw = draw
        others = [one for one in rules.selection_rules(draw.stream) if one.key != draw.rule["selection"]["key"]]
        self._ask_places()
        rule: Any = self.fields["rule"]
        rule.choices = [
            ("", _("As it was")),
            *((one.key, pick(one.name)) for one in others),
        ]
        if not others:
            del self.fields["rule"]
        self.ask_aim(rules, draw.stream)
        if not self.aim_parts:
            del self.fields["aim"]

    @property
    def before(self) -> list[Any]:
        """The fields that stand before whom the draw should have been aimed at."""
        apart = set(self.aim_names())
        return [self[name] for name in self.fields if name not in apart]

    def _ask_places(self) -> None:
        """Ask for the places of each reserve of the draw's rule, after its size."""
        asked = {
            f"{_PLACES}{one.key}": forms.IntegerField(
                label=_("Places that should have been kept for: %(name)s") % {"name": pick(one.name)}, required=False, min_value=0,
                error_messages={**_NUMBER, "min_value": _("Enter 0 or more.")},
                widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 5}),
            )
            for one in selecting.blocks(self.draw).reserve
        }  # fmt: skip
        self.fields |= asked
        names = list(self.fields)
        after = names.index("size") + 1
        self.order_fields([*names[:after], *asked])

    def clean_wrong(self) -> dict[str, dict[str, Any]]:
        """Return number to facts."""
        return dict(self._line(place, line) for place, line in _lines(self.cleaned_data["wrong"]))

    def clean_out(self) -> tuple[str, ...]:
        """Return the numbers."""
        return _numbers(self.cleaned_data["out"])

    def clean_added(self) -> tuple[str, ...]:
        """Return the numbers."""
        return _numbers(self.cleaned_data["added"])

    def clean_without(self) -> dict[str, Any]:
        """Return the fact and its value."""
        said = self.cleaned_data["without"].strip()
        if not said:
            return {}
        key, sign, value = (part.strip() for part in said.partition("="))
        if not sign or not value or key not in self.rules.points.facts:
            raise forms.ValidationError(_("Write the fact and its value, like noc_code=63200."))
        try:
            return {key: self._value(key, value)}
        except BadValue as fault:
            raise forms.ValidationError(_("Write the fact and its value, like noc_code=63200.")) from fault

    def clean(self) -> dict[str, Any]:
        """Refuse a form that says nothing, and an aim at those with nothing."""
        said: dict[str, Any] = super().clean() or {}
        chosen = bool(self.aim_parts) and not self.errors and bool(aims.groups(self.aimed_at()))
        if said.get("aim") == "those" and not self.errors and not chosen:
            self.refuse("attributes", _("Choose at least one."))
        if chosen and said.get("aim") != "those":
            self.refuse("aim", _NOT_ASKED)
        if not self.errors and not self.correction().says_something:
            raise forms.ValidationError(_("Say what was wrong."))
        return said

    def correction(self) -> Correction:
        """Return what was said."""
        said = self.cleaned_data
        return Correction(
            files=said["wrong"], out=said["out"], without=said["without"], added=said["added"], look=said["look"],
            size=said["size"], rule=said.get("rule") or None, aimed=self._aimed(),
            places={key.removeprefix(_PLACES): told for key, told in said.items() if key.startswith(_PLACES) and told is not None},
        )  # fmt: skip

    def _aimed(self) -> dict[str, Any] | None:
        said = self.cleaned_data
        if said.get("aim") in (None, "", _AS_IT_WAS):
            return None
        kept = {key: self.draw.filters[key] for key in ("first_from", "first_through") if key in self.draw.filters}
        return kept if said["aim"] == "everybody" else {**self.aimed_at(), **kept}

    def _line(self, place: int, line: str) -> tuple[str, dict[str, Any]]:
        reference, *facts = line.split()
        said = {"line": place}
        if not facts or not all("=" in one for one in facts):
            raise forms.ValidationError(
                _("Line %(line)s: write the number of the file, a blank, then facts like points=480 noc_code=72106.")
                % said
            )
        return reference, {key: self._fact(key, value, said) for key, value in (one.split("=", 1) for one in facts)}

    def _fact(self, key: str, value: str, said: dict[str, Any]) -> Any:
        if key == "points" and value.isdecimal():
            return int(value)
        if key not in self.rules.points.facts and key != "points":
            raise forms.ValidationError(
                _("Line %(line)s: the pack has no fact %(fact)s. Its facts are in facts.yaml.") % {**said, "fact": key}
            )
        try:
            return self._value(key, value)
        except (BadValue, KeyError) as fault:
            told = {**said, "fact": key, "value": value}
            raise forms.ValidationError(_("Line %(line)s: %(value)s is no value of %(fact)s.") % told) from fault

    def _value(self, key: str, value: str) -> Any:
        kind = self.rules.points.facts[key].type
        return plain(parse_value(key, value, kind), kind)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    return ((place, line.strip()) for place, line in enumerate(text.splitlines(), start=1) if line.strip())


def _numbers(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.replace(",", " ").split()))


class WayForm(forms.Form):
    """What is to be done, and the words for everybody."""

    what_en = forms.CharField(
        label=_("What was wrong, in English"), max_length=500, widget=forms.Textarea(attrs={"rows": 2, "lang": "en"}),
        help_text=_("One or two sentences for everybody. Name nobody."), error_messages=_WHAT_EN,
    )  # fmt: skip
    what_fr = forms.CharField(
        label=_("What was wrong, in French"), max_length=500, widget=forms.Textarea(attrs={"rows": 2, "lang": "fr"}),
        help_text=_("The same in French."), error_messages=_WHAT_FR,
    )  # fmt: skip
    way = forms.ChoiceField(
        label=_("What is to be done"), widget=forms.RadioSelect, error_messages={"required": _("Choose what is to be done.")}
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why this way"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For staff and auditors; it stands in the trail of the draw."),
        error_messages={"required": _("Give the reason.")},
    )  # fmt: skip
    notice_en = forms.CharField(
        label=_("Public notice in English"), required=False, max_length=3000, widget=forms.Textarea(attrs={"rows": 9, "lang": "en"})
    )  # fmt: skip
    notice_fr = forms.CharField(
        label=_("Public notice in French"), required=False, max_length=3000, widget=forms.Textarea(attrs={"rows": 9, "lang": "fr"})
    )  # fmt: skip
    drafted = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, ways: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        way: Any = self.fields["way"]
        way.choices = [(one.value, one.label) for one in Way if one.value in ways]
        # Asked for once they are drafted: before that there is nothing to read.
        for name in ("notice_en", "notice_fr"):
            self.fields[name].looks_required = True  # type: ignore[attr-defined]

    @property
    def what(self) -> dict[str, str]:
        """What was wrong, in both languages."""
        return {"en": self.cleaned_data["what_en"], "fr": self.cleaned_data["what_fr"]}

    @property
    def notice(self) -> dict[str, str]:
        """The notice, in both languages."""
        said = {language: self.cleaned_data[f"notice_{language}"] for language in ("en", "fr")}
        return {language: words.replace("\r\n", "\n").strip() for language, words in said.items()}

    @property
    def shown(self) -> list[Any]:
        """The fields to show: the notices only once they are drafted."""
        fields = [one for one in self.visible_fields() if not one.name.startswith("notice_")]
        return [*fields, self["notice_en"], self["notice_fr"]] if self["drafted"].value() else fields
