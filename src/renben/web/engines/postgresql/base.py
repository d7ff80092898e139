"""Django's PostgreSQL engine, whose health check asks the socket and not the server.

A server that stopped has closed its end, and then the idle line has something to read: that is seen without a round
trip. Not seen: a network that went silent without closing; the time-out of the query says so, as it did before.
"""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]
    """A connection to PostgreSQL."""

    def is_usable(self) -> bool:
        """Whether the line is open and silent, as an idle one is."""
        if self.connection is None or self.connection.closed:
            return False
        line = select.poll()
        line.register(self.connection.fileno(), select.POLLIN)
        return not line.poll(0)
