"""Database engines: Django's own, with less work for each request."""
