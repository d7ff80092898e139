"""Who a request's session belongs to, read anew for every request, each in one short statement.

An account that is switched off, or a role that is taken back, counts from the next request on; so nothing of
this is kept between requests, and it has to be cheap.
"""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import F, FilteredRelation, Q
from django.utils import timezone

from renben.web.guard.models import User
from renben.web.prepared import Prepared

OPEN_SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


def _open() -> FilteredRelation:
    """The open grants; made anew for every query, since a query rewrites the condition it is given."""
    return FilteredRelation("grants", condition=Q(grants__taken_at__isnull=True))


ACCOUNT = Prepared(
    lambda number: (
        User.objects.annotate(open=_open())
        .annotate(open_role=F("open__role"), open_region=F("open__region"))
        .filter(pk=number)
        .order_by("open__pk")
    )
)
"""An account, once for each of its open grants."""


class SessionStore(db.SessionStore):
    """Django's sessions in the database, loaded without writing the statement anew for every request."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing where it is over or was never there."""
        moment = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(OPEN_SESSION, [self.session_key, moment])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return {}
        return dict(self.decode(found[0]))

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The table of sessions."""
        return Session


class Accounts(AuthenticationBackend):  # type: ignore[misc]
    """allauth's check of names and passwords; an account comes with its open grants."""

    def get_user(self, user_id: int) -> User | None:
        """The account of a session, None where it was switched off."""
        rows: list[Any] = ACCOUNT(int(user_id))
        if not rows or not self.user_can_authenticate(rows[0]):
            return None
        rows[0].open_grants = tuple((row.open_role, row.open_region) for row in rows if row.open_role)
        found: User = rows[0]
        return found
