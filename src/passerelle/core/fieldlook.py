"""How a form field is drawn: which GOV.UK control it is, its ids, hint and errors. Used by components/field.html."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

# The class each plain control wears; radios, boxes and dates are drawn item by item in the template.
_CONTROL_CLASS = {"select": "govuk-select", "textarea": "govuk-textarea", "file": "govuk-file-upload"}


@dataclass(frozen=True)
class Item:
    """One radio, box or part of a date."""

    name: str
    value: str
    id: str
    label: Any
    checked: bool = False
    hint: str = ""
    width: int = 0


@dataclass(frozen=True)
class FieldLook:
    """All that a template needs to know about one field; ``kind`` names its markup."""

    kind: str
    id: str
    label: Any
    hint: Any
    errors: list[str]
    described_by: str
    required: bool
    control: SafeString = field(default_factory=SafeString)
    items: list[Item] = field(default_factory=list)
    inline: bool = False
    prefix: Any = ""
    suffix: Any = ""
    data: dict[str, Any] = field(default_factory=dict)


def kind_of(widget: forms.Widget) -> str:
    """Return which markup a widget gets."""
    if widget.is_hidden:
        return "hidden"
    if getattr(widget, "is_date_parts", False):
        return "date"
    kinds: tuple[tuple[type[forms.Widget] | tuple[type[forms.Widget], ...], str], ...] = (
        (forms.CheckboxSelectMultiple, "checkboxes"),
        (forms.RadioSelect, "radios"),
        (forms.CheckboxInput, "checkbox"),
        (forms.Select, "select"),
        (forms.Textarea, "textarea"),
        ((forms.FileInput,), "file"),
        (forms.PasswordInput, "password"),
    )
    return next((kind for types, kind in kinds if isinstance(widget, types)), "input")


def look_of(bound: BoundField) -> FieldLook:
    """Return the look of a bound field; the widget's own attributes are kept, ours are added."""
    widget = bound.field.widget
    kind = kind_of(widget)
    errors = _told(bound, kind)
    described_by = " ".join(
        part
        for part in (f"{bound.auto_id}-hint" if bound.help_text else "", f"{bound.auto_id}-error" if errors else "")
        if part
    )
    items = _items(bound, kind)
    return FieldLook(
        kind=kind,
        id=str(bound.auto_id),
        label=bound.label,
        hint=bound.help_text,
        errors=errors,
        described_by=described_by,
        required=bound.field.required or getattr(bound.field, "looks_required", False),
        control=_control(bound, kind, described_by),
        items=items,
        inline=kind == "radios" and len(items) <= 3 and all(len(str(item.label)) <= 14 for item in items),
        prefix=getattr(bound.field, "prefix", ""),
        suffix=getattr(bound.field, "suffix", ""),
        data={key: value for key, value in widget.attrs.items() if key.startswith(("data-", "hx-"))},
    )


def _told(bound: BoundField, kind: str) -> list[str]:
    """Return what is wrong with a field. Of a blank one Django says only that "this field is required": then it is named."""
    blank = str(forms.Field.default_error_messages["required"])
    return [_left_blank(bound, kind) if str(error) == blank else str(error) for error in bound.errors]


def _left_blank(bound: BoundField, kind: str) -> str:
    if kind == "checkbox":
        return _("Tick “%(label)s”.") % {"label": bound.label}
    if kind in ("radios", "checkboxes", "select"):
        return _("Choose an answer for “%(label)s”.") % {"label": bound.label}
    return _("Fill in “%(label)s”.") % {"label": bound.label}


def _control(bound: BoundField, kind: str, described_by: str) -> SafeString:
    if kind in ("radios", "checkboxes", "checkbox", "date"):
        return SafeString()
    if kind == "hidden":
        return SafeString(str(bound))
    widget = bound.field.widget
    classes = [widget.attrs.get("class", ""), _CONTROL_CLASS.get(kind, "govuk-input"), _width(bound, kind)]
    if bound.errors:
        classes.append(f"{_CONTROL_CLASS.get(kind, 'govuk-input')}--error")
    attrs: dict[str, Any] = {"class": " ".join(filter(None, classes)), "aria-describedby": described_by or None}
    if kind == "textarea":
        attrs["rows"] = widget.attrs.get("rows") if str(widget.attrs.get("rows")) != "10" else 5
        attrs["cols"] = None
    if isinstance(widget, forms.NumberInput):
        attrs["inputmode"] = "decimal" if isinstance(bound.field, forms.DecimalField | forms.FloatField) else "numeric"
    return bound.as_widget(attrs={key: value for key, value in attrs.items() if value is not None or key == "cols"})


def _width(bound: BoundField, kind: str) -> str:
    if kind in ("select", "textarea", "file"):
        return ""
    size = bound.field.widget.attrs.get("size")
    if size:
        return next((f"govuk-input--width-{step}" for step in (2, 3, 4, 5, 10, 20, 30) if int(size) <= step), "")
    if isinstance(bound.field.widget, forms.NumberInput):
        return "govuk-input--width-5"
    return "govuk-input--width-10" if isinstance(bound.field, forms.DateField) else ""


def _items(bound: BoundField, kind: str) -> list[Item]:
    if kind in ("radios", "checkboxes"):
        hints = getattr(bound.field, "choice_hints", {})
        return [_item_of_choice(part.data, hints) for part in bound.subwidgets if str(part.data["value"]) != ""]
    if kind == "checkbox":
        return [Item(bound.html_name, "on", str(bound.auto_id), bound.label, checked=bool(bound.value()))]
    return _date_parts(bound) if kind == "date" else []


def _item_of_choice(data: dict[str, Any], hints: dict[str, str]) -> Item:
    value = str(data["value"])
    return Item(
        name=data["name"],
        value=value,
        id=data["attrs"]["id"],
        label=data["label"],
        checked=bool(data["selected"]),
        hint=hints.get(value, ""),
    )


def _date_parts(bound: BoundField) -> list[Item]:
    widget: Any = bound.field.widget
    context = widget.get_context(bound.html_name, bound.value(), {"id": bound.auto_id})
    parts = zip(context["widget"]["subwidgets"], widget.labels, (2, 2, 4), strict=True)
    return [
        Item(part["name"], "" if part["value"] is None else str(part["value"]), part["attrs"]["id"], label, width=width)
        for part, label, width in parts
    ]


def errors_of(form: Any) -> list[dict[str, str]]:
    """Return every error of a form (or of several) with the id of its control, in the order of the fields."""
    forms_ = form if isinstance(form, list | tuple) else [form]
    return [problem for one in forms_ if one is not None for problem in _errors_of_one(one)]


def _errors_of_one(form: forms.Form) -> list[dict[str, str]]:
    # What is wrong with a whole list of records stands at its heading, whose id is its key.
    lists = {text: key for key, text in getattr(form, "record_errors", {}).items()}
    problems = [{"text": str(error), "id": lists.get(str(error), "")} for error in form.non_field_errors()]
    for bound in form:
        kind = kind_of(bound.field.widget)
        first = _items(bound, kind)
        target = first[0].id if first else str(bound.auto_id)
        problems += [{"text": told, "id": target} for told in _told(bound, kind)]
    return problems
