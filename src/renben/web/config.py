"""What an operator may set for the web service, the only reader of its environment (RENBEN_WEB_*)."""

import base64
import json
import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

CONNECTION_SECONDS = 600
"""Each of the server's threads keeps its PostgreSQL connection for so long: half the cost of a pool's checkout."""
PREPARED_AFTER = 3
"""Times that a connection sends a statement before PostgreSQL keeps it prepared: reading and planning the row policies
anew for each request took half of the database's time."""
DEMO_PARTY = "demo-here"
"""Name of a demo towards its made-up partner, where the operator gives it none."""


class ConfigError(ValueError):
    """A setting of the web service is wrong; the message names it and the next step."""


class Keys(BaseModel):
    """Secret keys, kept outside the database."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    secret_key: str
    """Signs sessions and one-time form keys."""
    data: dict[int, str]
    """Encryption keys by number (base64, 32 bytes); the highest number encrypts, all decrypt."""
    index: str
    """Makes blind indexes (base64, 32 bytes)."""
    signing: dict[int, str] = {}
    """Sign messages to other systems by number (base64, 32 bytes, Ed25519); the highest number signs."""

    @staticmethod
    def fresh() -> "Keys":
        """New random keys."""
        return Keys(secret_key=secrets.token_urlsafe(48), data={1: _random_key()}, index=_random_key())

    def with_signing_key(self) -> "Keys":
        """The same keys with one more for signing; the highest number signs from now on."""
        number = max(self.signing, default=0) + 1
        return self.model_copy(update={"signing": {**self.signing, number: _random_key()}})

    def with_data_key(self) -> "Keys":
        """The same keys with one more for data; the highest number seals from now on."""
        return self.model_copy(update={"data": {**self.data, max(self.data) + 1: _random_key()}})

    def with_index_key(self) -> "Keys":
        """The same keys with another index key; every blind index has to be made anew."""
        return self.model_copy(update={"index": _random_key()})

    def without(self, number: int) -> "Keys":
        """The same keys without one for data.

        Raises:
            ConfigError: it is not there, or it seals new values.
        """
        if number not in self.data or number == max(self.data):
            raise ConfigError(f"key {number}: not in the key file, or the newest one; it cannot be retired.")
        return self.model_copy(update={"data": {n: key for n, key in self.data.items() if n != number}})

    def replace(self, path: Path) -> None:
        """Put these keys in the place of a key file: written beside it first, then moved over it."""
        beside = path.with_suffix(".new")
        beside.unlink(missing_ok=True)
        self.write(beside)
        os.replace(beside, path)

    def write(self, path: Path) -> None:
        """Write the keys to a new file that only its owner may read; an existing file is never replaced."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(self.model_dump_json(indent=1))
            out.flush()
            os.fsync(out.fileno())


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


class WebSettings(BaseSettings):
    """Everything an operator may set for the web service."""

    model_config = SettingsConfigDict(env_prefix="RENBEN_WEB_", extra="forbid", frozen=True)

    folder: Path = Path("renben-web")
    """Where the embedded database, uploaded files and, in demo mode, the keys are kept."""
    database: str = ""
    """postgresql://user:password@host:port/name, sqlite:///path, or empty for SQLite in the folder."""
    demo: bool = False
    """Synthetic people, demo accounts and a day that can be turned; refuses a database with real accounts."""
    key_file: Path | None = None
    """JSON file with the keys; required outside demo mode."""
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    """Host names under which the service may be called."""
    https: bool = True
    """Send cookies over TLS only and redirect plain requests; only demo mode may switch it off."""
    profile: Literal["mlps3", "asvs2"] = "mlps3"
    """Password and session rules: GB/T 22239 level 3, or OWASP ASVS level 2."""
    cipher: Literal["aes256gcm", "sm4gcm"] = "aes256gcm"
    """Seals personal fields; sm4gcm also makes blind indexes with SM3 (GB/T 39786). After a change: `renben keys rotate`."""
    second_factor: bool = True
    """Officers and administrators see no personal page before they have confirmed a second factor."""
    party: str = Field(default="", pattern=r"^([a-z0-9][a-z0-9-]{1,39})?$")
    """Our name towards other systems, such as taiyuan-residence; empty: no signed messages in or out."""
    durability: Literal["normal", "full"] = "normal"
    """SQLite only: full also survives a power cut, at about a third of the speed."""
    door_factor: float = Field(default=1.0, gt=0)
    """Multiplies how often the public doors of guard/policy.yaml may be called; raise it for a shared counter account."""
    proxies: int = Field(default=0, ge=0)
    """Proxies in front that are ours: the address of a visitor is read that far from the end of X-Forwarded-For."""
    prepared: bool = True
    """Whether PostgreSQL keeps statements prepared; switched off behind a pooler that hands a connection to others."""
    log_level: Literal["WARNING", "INFO", "DEBUG"] = "WARNING"
    """Detail of the log on standard error; no level writes personal values."""

    @model_validator(mode="after")
    def _closed_outside_demo(self) -> "WebSettings":
        if not self.demo and not self.https:
            raise ValueError("https may be switched off in demo mode only; put a TLS proxy in front instead")
        return self

    @property
    def key_path(self) -> Path:
        """Where the keys are."""
        return self.key_file or self.folder / "keys.json"

    def keys(self) -> Keys:
        """The secret keys; demo mode makes them once in its folder.

        Raises:
            ConfigError: no key file outside demo mode, or an unreadable one.
        """
        path = self.key_path
        if not path.exists():
            if not self.demo:
                raise ConfigError(
                    f"key file {path}: not found. Make one with `renben serve --new-keys {path}`, keep it "
                    "away from the database and its backups, and set RENBEN_WEB_KEY_FILE."
                )
            Keys.fresh().write(path)
        try:
            return Keys.model_validate(json.loads(path.read_text(encoding="utf-8")))
        except ValueError as error:
            raise ConfigError(
                f"key file {path}: not a valid key file ({type(error).__name__}); restore it."
            ) from error

    def django_database(self) -> dict[str, object]:
        """Django's DATABASES['default'] for the chosen database."""
        if not self.database or self.database.startswith("sqlite"):
            return self._sqlite()
        url = urlsplit(self.database)
        if url.scheme not in ("postgresql", "postgres"):
            raise ConfigError(f"database {url.scheme}://...: unknown kind; use postgresql:// or sqlite:///.")
        return {
            "ENGINE": "renben.web.engines.postgresql",
            "NAME": unquote(url.path.lstrip("/")),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": url.hostname or "",
            "PORT": str(url.port or ""),
            "CONN_HEALTH_CHECKS": True,
            "CONN_MAX_AGE": CONNECTION_SECONDS,
            "OPTIONS": {"server_side_binding": True, "prepare_threshold": PREPARED_AFTER}
            if self.prepared
            else {},
        }

    def _sqlite(self) -> dict[str, object]:
        name = self.database.removeprefix("sqlite:///") or str(self.folder / "web.sqlite3")
        return {
            "ENGINE": "renben.web.engines.sqlite",
            "NAME": name,
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 10,
                "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={self.durability.upper()};",
            },
        }


@lru_cache(maxsize=1)
def web_settings() -> WebSettings:
    """The settings of this process, read once."""
    return WebSettings()
