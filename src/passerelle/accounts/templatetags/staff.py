"""Links of staff pages, drawn only for who may open what they lead to; and the desk at which a form of theirs was opened."""

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from passerelle.accounts.access import DESK, may_open

register = template.Library()


@register.simple_tag(takes_context=True)
def open_url(context: Context, name: str, *args: Any) -> str:
    """``{% open_url 'eoi:pool' as u %}{% if u %}<a href="{{ u }}">…``: a page's address; nothing for a role without it."""
    url = reverse(name, args=args)
    return url if may_open(context["request"], url) else ""


@register.simple_tag(takes_context=True)
def desk(context: Context) -> SafeString:
    """``{% csrf_token %}{% desk %}``: the program a form was opened in, where its address names no file of the program."""
    return format_html('<input type="hidden" name="{}" value="{}">', DESK, context["request"].page.program)
