"""Names of the groups that the comparison sets against each other."""

from typing import Any

from django import template

from renben.web.equality.pages import group_name
from renben.web.look.templatetags.words import region

register = template.Library()


@register.filter
def group(cell: Any) -> str:
    """A group in words."""
    return group_name(cell, region)
