"""A lean visitor for load: one kept connection, prepared bytes out, no parsing but length and status.

The visitor runs on the same cores as the service it loads, so it must cost little; its own CPU is reported.
"""

import socket
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.faults.client import Visitor


class Gone(ConnectionError):
    """The server closed the kept connection between two requests."""


@dataclass
class Line:
    """One kept connection of one signed-in visitor."""

    visitor: Visitor
    rest: bytes = b""
    open: socket.socket | None = field(default=None, repr=False)
    others: tuple["Line", ...] = ()
    """Further people whose part a journey takes: whoever declares before an officer decides."""

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of a page."""
        return self._ask(f"GET {path} HTTP/1.1\r\n{self._common()}\r\n".encode())

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, bytes]:
        """Status and body of a form that was sent."""
        body = urlencode({"csrfmiddlewaretoken": self.visitor.token, **fields}).encode()
        head = f"POST {path} HTTP/1.1\r\n{self._common()}Content-Type: application/x-www-form-urlencoded\r\n"
        return self._ask(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def send(self, path: str, content: str, key: str = "") -> tuple[int, bytes]:
        """Status and body of a call of the API with a JSON body, and with a one-time key if it needs one."""
        body = content.encode()
        head = f"POST {path} HTTP/1.1\r\n{self._common()}Content-Type: application/json\r\n"
        head += f"Idempotency-Key: {key}\r\n" if key else ""
        head += f"X-CSRFToken: {self.visitor.token}\r\nContent-Length: {len(body)}\r\n\r\n"
        return self._ask(head.encode() + body)

    def _common(self) -> str:
        cookies = "; ".join(f"{name}={value}" for name, value in self.visitor.cookies.items())
        return f"Host: {self.visitor.host}:{self.visitor.port}\r\nCookie: {cookies}\r\n"

    def _ask(self, sent: bytes) -> tuple[int, bytes]:
        for _ in range(3):
            try:
                return self._once(sent)
            except (Gone, ConnectionResetError, BrokenPipeError):
                self.close()
        raise ConnectionError("the server closes every connection at once")

    def _once(self, sent: bytes) -> tuple[int, bytes]:
        if self.open is None:
            self.open = socket.create_connection((self.visitor.host, self.visitor.port), timeout=60)
            self.open.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.rest = b""
        self.open.sendall(sent)
        head = self._until(b"\r\n\r\n")
        lower = head.lower()
        length = int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        body = self._exactly(length)
        if b"connection: close" in lower:
            self.close()
        return int(head[9:12]), head + body

    def _more(self) -> None:
        part = self.open.recv(65536) if self.open else b""
        if not part:
            raise Gone("closed")
        self.rest += part

    def _until(self, mark: bytes) -> bytes:
        while mark not in self.rest:
            self._more()
        head, self.rest = self.rest.split(mark, 1)
        return head + mark

    def _exactly(self, length: int) -> bytes:
        while len(self.rest) < length:
            self._more()
        body, self.rest = self.rest[:length], self.rest[length:]
        return body

    def close(self) -> None:
        """Close the connection."""
        if self.open is not None:
            self.open.close()
        self.open = None
        for one in self.others:
            one.close()
