"""Security headers on every answer: nothing from another host, nothing inline, nothing kept by caches.

Signing out clears what the browser keeps of this service. Only on a device for which somebody turned drafts on, its
storage is left: an unsent draft would be lost without a word. There the page asks and deletes (static/offline).
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
FIXED = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


DRAFTS = "drafts"
"""Cookie of a device that keeps drafts while it is offline; scripts read it, and it says nothing but that."""
KEPT, LEFT = "on", "out"
"""It keeps them; and somebody signed out, after which its page forgets the account before anything else."""
YEAR = 365 * 24 * 3600


class SecurityHeaders:
    """Adds the headers to whatever the rest answers, errors included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the headers added."""
        response = self.get_response(request)
        for name, value in FIXED.items():
            response.setdefault(name, value)
        if not request.path.startswith(settings.STATIC_URL):
            response.setdefault("Cache-Control", "no-store")
        if request.path.endswith("/logout/") and request.method == "POST":
            self._cleared(request, response)
        return response

    def _cleared(self, request: HttpRequest, response: HttpResponse) -> None:
        """Have the browser forget what it keeps; drafts of a device are its page's to ask about and to delete."""
        drafts = request.COOKIES.get(DRAFTS) in (KEPT, LEFT)
        response["Clear-Site-Data"] = '"cache"' if drafts else '"cache", "storage"'
        if drafts:
            keep_drafts(request, response, LEFT)


def keep_drafts(request: HttpRequest, response: HttpResponse, state: str) -> None:
    """Note on the device that it keeps drafts, or that somebody signed out since."""
    response.set_cookie(DRAFTS, state, max_age=YEAR, samesite="Lax", secure=request.is_secure())
