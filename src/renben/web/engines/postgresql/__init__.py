"""PostgreSQL, with a look at the line instead of a question to the server before every request."""
