"""What a rule or a case is about, in words."""

from django import template

from renben.web.cases.classes import classes, subclasses
from renben.web.look.templatetags.words import said
from renben.web.words import say_now

register = template.Library()


@register.filter
def subject(name: str) -> str:
    """A class or subclass in words; everything where none is named."""
    found = subclasses().get(name) or classes().get(name)
    if found is None:
        return name or say_now("city.route.everything")
    return said(found)
