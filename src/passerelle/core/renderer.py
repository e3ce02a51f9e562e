"""Draws every Django form, ``{{ form }}`` and those of other libraries included, with our own components."""

from django.forms.renderers import TemplatesSetting


class ComponentRenderer(TemplatesSetting):
    """Use components/form.html for a form and components/field.html for one field."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
