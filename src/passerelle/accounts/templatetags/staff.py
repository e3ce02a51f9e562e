"""Links of staff pages, drawn only for who may open what they lead to."""

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from passerelle.accounts.access import may_open

register = template.Library()


@register.simple_tag(takes_context=True)
def open_url(context: Context, name: str, *args: Any) -> str:
    """``{% open_url 'eoi:pool' as u %}{% if u %}<a href="{{ u }}">…``: a page's address; nothing for a role without it."""
    url = reverse(name, args=args)
    return url if may_open(context["request"], url) else ""
