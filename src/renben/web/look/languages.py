"""In which language a request is answered: as the cookie says, else as the browser asks; programs never get the view."""

from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from renben.web.words import SIMPLIFIED, TRADITIONAL

PROGRAMS = ("/api/", "/open311/")
"""What answers programs: what they read is what is written, in simplified characters."""


class Languages(LocaleMiddleware):  # type: ignore[misc]
    """Django's choice of the language, with the view in traditional characters for pages only."""

    def process_request(self, request: HttpRequest) -> None:
        """Turn to the request's language."""
        super().process_request(request)
        if request.path_info.startswith(PROGRAMS) and translation.get_language() == TRADITIONAL:
            translation.activate(SIMPLIFIED)
            request.LANGUAGE_CODE = SIMPLIFIED
