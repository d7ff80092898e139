"""The limit that renben's pages are measured beside: Django alone with a session, one query and a short answer."""

import os

from django.conf import settings

settings.configure(
    SECRET_KEY=os.environ["BARE_KEY"], ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"],
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
    DATABASES={"default": {
        "ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["BARE_FILE"], "CONN_MAX_AGE": None,
        "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"},
    }},
)  # fmt: skip

import django  # noqa: E402

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


def page(request: HttpRequest) -> HttpResponse:
    """Load the session and one row; answer in three bytes."""
    request.session.get("_auth_user_id")
    User.objects.filter(pk=1).first()
    return HttpResponse("ok\n", content_type="text/plain", headers={"Content-Length": "3"})


urlpatterns = [path("alive", page)]
call_command("migrate", verbosity=0)
connection.close()
application = get_wsgi_application()
