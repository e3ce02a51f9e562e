"""A Django field for each type of question. Cleaned values are answers as they are kept: plain JSON."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_countries import countries

from passerelle.core.dates import day_words
from passerelle.core.text import clean_name
from passerelle.core.widgets import DateParts
from passerelle.programs import queries
from passerelle.programs.models import searchable
from passerelle.programs.rules import ProgramRules, Question

YES_NO = {"yes": True, "no": False}
RADIOS_UP_TO = 8


class Setting:
    """What a field may need to know beyond its question: the program's lists and today's date there."""

    def __init__(self, rules: ProgramRules, today: date) -> None:
        self.rules, self.today = rules, today


class Line(forms.CharField):
    """A line of text, kept in composed form without outer blanks."""

    def __init__(self, question: Question, **kwargs: Any) -> None:
        self.question = question
        super().__init__(required=False, max_length=question.longest, **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if text and self.question.pattern and not re.fullmatch(self.question.pattern, text):
            raise ValidationError(str(self.question.pattern_help or _("Check how this is written.")))
        return str(text)


class Name(Line):
    """A person's name, never case-changed."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return clean_name(text) if text else ""


class Phone(Line):
    """A telephone number anywhere; kept with its country."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            number = phonenumbers.parse(text, "CA")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise ValidationError(
                _(
                    "Enter a telephone number with its area code, such as 867 555-0134, or +33 1 23 45 67 89 from abroad."
                )
            )
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


LARGEST_POWER = 15  # of ten: what nobody means is refused before it is worked with


class Number(forms.CharField):
    """A number typed with a comma or a point, blanks and a dollar sign allowed."""

    places: int | None = None

    def __init__(self, question: Question, **kwargs: Any) -> None:
        self.question = question
        super().__init__(
            required=False, max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 10}), **kwargs
        )

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        number = self._number(text)
        self._within(number)
        return self._kept(number)

    def prepare_value(self, value: Any) -> Any:
        """Return what the box holds: in French with a comma, but where it would read as thousands."""
        if (get_language() or "en").startswith("fr") and re.fullmatch(r"-?\d+\.\d{1,2}", str(value)):
            return str(value).replace(".", ",")
        return value

    def _number(self, text: str) -> Decimal:
        try:
            number = Decimal(_plain_number(text))
        except InvalidOperation:
            raise ValidationError(self._example()) from None
        # "1e309" is a number, too, and cannot be rounded.
        if not number.is_finite() or number.adjusted() > LARGEST_POWER:
            raise ValidationError(self._example())
        if self.places is not None and number != round(number, self.places):
            raise ValidationError(self._example())
        return number

    def _example(self) -> str:
        return _("Enter a number, such as 37.5.")

    def _within(self, number: Decimal) -> None:
        low, high = self.question.lowest, self.question.highest
        if low is not None and number < Decimal(str(low)):
            raise ValidationError(_("Enter %(low)s or more.") % {"low": low})
        if high is not None and number > Decimal(str(high)):
            raise ValidationError(_("Enter %(high)s or less.") % {"high": high})

    def _kept(self, number: Decimal) -> Any:
        return format(number.normalize(), "f")


class Whole(Number):
    """A whole number."""

    places = 0

    def _example(self) -> str:
        return _("Enter a whole number, such as 12.")

    def _kept(self, number: Decimal) -> int:
        return int(number)


class Money(Number):
    """An amount in dollars and cents, kept as ``"1200.50"``."""

    places = 2

    def _example(self) -> str:
        return _("Enter an amount in dollars, such as 28.50.")

    def _kept(self, number: Decimal) -> str:
        return format(number.quantize(Decimal("0.01")), "f")


def _plain_number(text: str) -> str:
    """Return typed digits as a decimal: ``1 200,50`` and ``$1,200.50`` are the same amount."""
    bare = re.sub(r"[\s$\u00a0\u202f]", "", text)
    if "," in bare and "." in bare:
        return bare.replace(",", "")
    return bare.replace(",", "" if re.fullmatch(r"\d{1,3}(,\d{3})+", bare) else ".")


class Day(forms.DateField):
    """A date typed as day, month and year; kept as an ISO day."""

    def __init__(self, question: Question, setting: Setting, **kwargs: Any) -> None:
        self.question, self.setting = question, setting
        super().__init__(required=False, widget=DateParts, input_formats=["%Y-%m-%d"], **kwargs)

    def clean(self, value: Any) -> str | None:
        try:
            day = super().clean(value)
        except ValidationError:
            raise ValidationError(_("Enter a day, month and year that exist, such as 27 3 1990.")) from None
        if day is None:
            return None
        self._within(day)
        return str(day.isoformat())

    def _within(self, day: date) -> None:
        if not 1900 <= day.year <= 2100:
            raise ValidationError(_("Enter the year with four digits, such as 1990."))
        if self.question.not_after == "today" and day > self.setting.today:
            raise ValidationError(_("Enter a date that is not in the future."))
        if self.question.not_before == "today" and day < self.setting.today:
            raise ValidationError(
                _("Enter a date from today on (%(today)s).") % {"today": day_words(self.setting.today)}
            )


class YesNo(forms.ChoiceField):
    """Yes or no; a blank stays a blank."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False, choices=lambda: [("yes", _("Yes")), ("no", _("No"))], widget=forms.RadioSelect, **kwargs
        )

    def clean(self, value: Any) -> bool | None:
        return YES_NO.get(str(super().clean(value)))

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


class Choice(forms.ChoiceField):
    """One of the options."""

    def clean(self, value: Any) -> str | None:
        return super().clean(value) or None


class Declaration(forms.BooleanField):
    """A box to tick."""

    def clean(self, value: Any) -> bool | None:
        return True if super().clean(value) else None


class OccupationField(forms.CharField):
    """An occupation by code; words are looked up and offered as a choice."""

    def __init__(self, **kwargs: Any) -> None:
        from django.urls import reverse_lazy

        widget = forms.TextInput(attrs={"autocomplete": "off", "data-typeahead": reverse_lazy("programs:occupations")})
        super().__init__(required=False, max_length=200, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        code = re.match(r"\s*(\d{5})\b", text or "")
        if not text:
            return ""
        if code and queries.occupation(code[1]):
            return code[1]
        found = queries.search_occupations(text, "en", limit=10)
        named = [one for one in found if searchable(text) in (searchable(one.title_en), searchable(one.title_fr))]
        if len(named) == 1:
            return named[0].code
        raise Undecided(found)

    def prepare_value(self, value: Any) -> Any:
        known = queries.occupation(value) if isinstance(value, str) and re.fullmatch(r"\d{5}", value) else None
        return occupation_words(known) if known else value


class Undecided(ValidationError):
    """Words that fit no occupation, or several; ``found`` are those to choose from."""

    def __init__(self, found: list[Any]) -> None:
        self.found = found
        message = (
            _("Choose one of the occupations below, or search with other words.") if found
            else _("No occupation has these words. Try a simpler word, in English or French, or the 5-digit code.")
        )  # fmt: skip
        super().__init__(message)


def occupation_words(one: Any) -> str:
    """Return ``63200 Cooks`` in the reader's language."""
    return f"{one.code} {one.title((get_language() or 'en')[:2])}"


def field_for(question: Question, setting: Setting, values: Mapping[str, Any]) -> forms.Field:
    """Return the Django field that asks ``question``; ``values`` decide which options are offered."""
    field = _MAKERS[question.type](question, setting, values)
    field.label = str(question.label)
    field.help_text = str(question.hint or "")
    field.looks_required = question.required  # type: ignore[attr-defined]
    if question.unit:
        field.suffix = str(question.unit)  # type: ignore[attr-defined]
    return field


Maker = Callable[[Question, Setting, Mapping[str, Any]], forms.Field]


def _line(question: Question, *_args: Any) -> forms.Field:
    return Line(question)


def _long(question: Question, *_args: Any) -> forms.Field:
    longest = max(question.longest, 2000) if question.longest == 200 else question.longest
    return Line(question.model_copy(update={"longest": longest}), widget=forms.Textarea(attrs={"rows": 5}))


def _email(question: Question, *_args: Any) -> forms.Field:
    messages = {"invalid": _("Enter an email address, such as name@example.com.")}
    return forms.EmailField(
        required=False, error_messages=messages, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


def _choice(question: Question, _setting: Setting, values: Mapping[str, Any]) -> forms.Field:
    offered = question.offered(values)
    pairs = [(one.value, str(one.label)) for one in offered]
    if len(pairs) > RADIOS_UP_TO:
        return Choice(required=False, choices=[("", ""), *pairs], widget=forms.Select)
    field = Choice(required=False, choices=pairs, widget=forms.RadioSelect)
    field.choice_hints = {one.value: str(one.hint) for one in offered if one.hint}  # type: ignore[attr-defined]
    return field


def _choices(question: Question, *_args: Any) -> forms.Field:
    pairs = [(one.value, str(one.label)) for one in question.options]
    return forms.MultipleChoiceField(required=False, choices=pairs, widget=forms.CheckboxSelectMultiple)


def _country(*_args: Any) -> forms.Field:
    return Choice(required=False, choices=country_choices, widget=forms.Select)


def country_choices() -> list[tuple[str, str]]:
    """Return countries in the reader's language, Canada first."""
    rest = sorted(((code, str(name)) for code, name in countries if code != "CA"), key=lambda pair: searchable(pair[1]))
    return [("", ""), ("CA", _("Canada")), *rest]


def _community(_question: Question, setting: Setting, *_args: Any) -> forms.Field:
    known = sorted(setting.rules.communities.values(), key=lambda one: searchable(str(one.name)))
    return Choice(required=False, choices=[("", ""), *((one.key, str(one.name)) for one in known)], widget=forms.Select)


_MAKERS: dict[str, Maker] = {
    "text": _line,
    "code": _line,
    "signature": lambda question, *_args: Name(question),
    "name": lambda question, *_args: Name(question),
    "long_text": _long,
    "email": _email,
    "phone": lambda question, *_args: Phone(question, widget=forms.TextInput(attrs={"type": "tel", "size": 20})),
    "whole": lambda question, *_args: Whole(question),
    "decimal": lambda question, *_args: Number(question),
    "money": lambda question, *_args: Money(question),
    "date": lambda question, setting, _values: Day(question, setting),
    "yes_no": lambda *_args: YesNo(),
    "choice": _choice,
    "choices": _choices,
    "country": _country,
    "community": _community,
    "occupation": lambda *_args: OccupationField(),
    "declaration": lambda *_args: Declaration(required=False),
}
