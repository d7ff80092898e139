"""A small visitor over plain HTTP: signs in, posts forms, keeps cookies, never follows a redirect."""

import http.client
import re
from urllib.parse import urlencode, urlsplit

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


class Visitor:
    """One signed-in visitor."""

    def __init__(self, base: str, timeout: float = 30) -> None:
        parts = urlsplit(base)
        self.host, self.port, self.timeout = parts.hostname or "", parts.port or 80, timeout
        self.cookies: dict[str, str] = {}
        self.token = ""

    def connection(self) -> http.client.HTTPConnection:
        """A connection of its own for one request."""
        return http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)

    def headers(self) -> dict[str, str]:
        """Cookies and the form's content type."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}

    def _keep(self, answer: http.client.HTTPResponse) -> None:
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = header.split(";")[0].partition("=")
            self.cookies[name] = value

    def get(self, path: str) -> bytes:
        """A page; its form token is kept."""
        connection = self.connection()
        connection.request("GET", path, headers=self.headers())
        answer = connection.getresponse()
        body = answer.read()
        self._keep(answer)
        found = TOKEN.search(body)
        self.token = found.group(1).decode() if found else self.token
        connection.close()
        return body

    def body(self, fields: dict[str, str]) -> str:
        """The form as it goes over the line."""
        return urlencode({"csrfmiddlewaretoken": self.token, **fields})

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        """Status and redirect target of a post."""
        connection = self.connection()
        connection.request("POST", path, self.body(fields), self.headers())
        answer = connection.getresponse()
        answer.read()
        self._keep(answer)
        connection.close()
        return answer.status, answer.headers.get("Location", "")

    def post_and_hang_up(self, path: str, fields: dict[str, str]) -> None:
        """Post and close the line without waiting for the reply."""
        connection = self.connection()
        connection.request("POST", path, self.body(fields), self.headers())
        connection.close()

    def sign_in(self, name: str, password: str) -> "Visitor":
        """Sign in; raises where that fails."""
        self.get("/account/login/")
        status, _ = self.post("/account/login/", {"login": name, "password": password})
        if status != 302:
            raise RuntimeError(f"{name} could not sign in: {status}")
        self.get("/home/")
        return self
