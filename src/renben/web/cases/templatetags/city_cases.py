"""What a rule or a case is about, in words."""

from typing import Any

from django import template

from renben.web.cases.classes import classes, subclasses
from renben.web.cases.grid_files import Problem
from renben.web.look.templatetags.tongues import marked
from renben.web.look.templatetags.words import said
from renben.web.words import ENGLISH, say_now, side_now

register = template.Library()


@register.filter
def subject(name: str) -> str:
    """A class or subclass in words; everything where none is named."""
    found = subclasses().get(name) or classes().get(name)
    if found is None:
        return name or say_now("city.route.everything")
    return said(found)


@register.simple_tag
def grid_name(grid: Any) -> str:
    """A grid's name in the page's language; the Chinese one, marked, where there is no English one."""
    return str(grid.en) if side_now() == ENGLISH and grid.en else marked(grid.zh)


@register.simple_tag
def grid_wrong(one: Problem) -> str:
    """What is wrong with a grid of a file, in words."""
    return say_now(f"city.grid.wrong.{one.word}", at=one.at)
