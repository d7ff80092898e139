"""Parts of a page that are drawn once and kept: frames and addresses cost more than what they frame.

`{% kept A B C %}...{% endkept %}` draws its inside once for every combination of the values A B C and keeps it in
the process. What differs from one request to the next, such as the form token, stands inside in
`{% live %}...{% endlive %}` and is drawn every time. Everything else inside must follow from the values named:
`tests/web/test_kept.py` draws every page with and without what is kept and compares.
"""

from functools import lru_cache
from typing import Any
from uuid import UUID

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as library_url
from django.template.loader_tags import BlockNode
from django.urls import NoReverseMatch, get_resolver, reverse
from django.urls.converters import IntConverter, UUIDConverter
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
MOST = 1024
"""Combinations that one part keeps; the oldest goes first."""
MARK = "\x00live{}\x00"
"""Stands where a live part goes while the rest is drawn; no page holds a zero byte."""
Key = tuple[Any, ...]


class Live(Node):
    """Drawn anew for every request, inside something that is kept."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self.number = 0

    def render(self, context: Context) -> SafeString:
        """The part, or its mark while what surrounds it is drawn to be kept."""
        if context.render_context.get(Kept):
            return mark_safe(MARK.format(self.number))
        return self.nodelist.render(context)


class Kept(Node):
    """Drawn once for every combination of some values. It holds no blocks, so nobody need look for them inside."""

    child_nodelists = ()

    def __init__(self, values: list[FilterExpression], nodelist: NodeList) -> None:
        self.values, self.nodelist = values, nodelist
        self.lives: list[Live] = nodelist.get_nodes_by_type(Live)
        for number, one in enumerate(self.lives):
            one.number = number
        self.known: dict[Key, tuple[str | Live, ...]] = {}

    def render(self, context: Context) -> SafeString:
        """What is kept, with the live parts put in."""
        key = tuple([one.resolve(context, ignore_failures=True) for one in self.values])
        parts = self.known.get(key)
        if parts is None:
            parts = self._drawn(context)
            while len(self.known) >= MOST:
                self.known.pop(next(iter(self.known)), None)
            self.known[key] = parts
        return mark_safe("".join([p if isinstance(p, str) else p.nodelist.render(context) for p in parts]))

    def _drawn(self, context: Context) -> tuple[str | Live, ...]:
        context.render_context[Kept] = True
        try:
            rest = str(self.nodelist.render(context))
        finally:
            context.render_context[Kept] = False
        parts: list[str | Live] = []
        while "\x00" in rest:
            before, rest = rest.split("\x00live", 1)
            number, rest = rest.split("\x00", 1)
            parts += [before, self.lives[int(number)]]
        return (*parts, rest)


@register.tag
def kept(parser: Parser, token: Token) -> Kept:
    """`{% kept A B %}...{% endkept %}`: drawn once for every A and B."""
    values = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    if nodelist.get_nodes_by_type((Kept, BlockNode)):
        raise template.TemplateSyntaxError("kept or block stands inside kept; end the first one before.")
    return Kept(values, nodelist)


@register.tag
def live(parser: Parser, _token: Token) -> Live:
    """`{% live %}...{% endlive %}`: drawn for every request, inside something kept."""
    nodelist = parser.parse(("endlive",))
    parser.delete_first_token()
    return Live(nodelist)


class Address(Node):
    """`{% url %}` where the name is written in the template: looked up in the routes once, not for every row."""

    def __init__(self, like: URLNode, name: str) -> None:
        self.like, self.name, self.arguments = like, name, list(like.args)

    def render(self, context: Context) -> str:
        """The address; Django's own way where an argument is not plainly what the route asks for."""
        values = [one.resolve(context) for one in self.arguments]
        known = _pattern(self.name, tuple([type(one) for one in values]))
        return known % tuple(values) if known else str(self.like.render(context))


TAKES = {UUID: UUIDConverter, int: IntConverter}
"""Type of an argument -> the converter that writes it as its text is."""


@lru_cache(maxsize=256)
def _pattern(name: str, types: tuple[type, ...]) -> str:
    """A route's address with a place for each argument, empty where only Django can tell.

    The service stands at the root of its host, so an address is the same for every request.
    """
    try:
        if not types:
            return reverse(name).replace("%", "%%")
    except NoReverseMatch:
        return ""
    found = get_resolver().reverse_dict.getlist(name)
    if len(found) != 1 or len(found[0][0]) != 1:
        return ""
    [(text, names)], converters = found[0][0], found[0][3]
    asked = [type(converters.get(one)) for one in names]
    if asked != [TAKES.get(one) for one in types]:
        return ""
    return "/" + text.replace("%%", "%%%%") % {one: "%s" for one in names}


@register.tag
def url(parser: Parser, token: Token) -> Node:
    """Django's `{% url %}`, with what the routes say remembered."""
    like = library_url(parser, token)
    written = like.view_name
    if like.kwargs or like.asvar or written.is_var or written.filters:
        return like
    return Address(like, str(written.var))
