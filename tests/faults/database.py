"""Databases to be mistreated: an own PostgreSQL cluster that may crash, a disk that fills, a restored copy."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import uuid
from pathlib import Path

import psycopg

from tests import once
from tests.web.service import ROOT, Service, clean_environment, free_port

SERVER = os.environ.get("RENBEN_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432")


def create(server: str = SERVER, like: str = "") -> str:
    """A fresh database on a PostgreSQL server: empty, or like another one to which nobody is connected."""
    name = f"renben_fault_{uuid.uuid4().hex[:10]}"
    source = like.rsplit("/", 1)[1] if like else "template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {source}")  # type: ignore[arg-type]
    return f"{server}/{name}"


def _demo(folder: Path) -> None:
    """A database as the first start of the demo leaves it, its keys, and its name."""
    database = create()
    Service(folder, database).start().stop()
    (folder / once.DATABASE).write_text(database, encoding="utf-8")


def populated(folder: Path) -> str:
    """A database with the demo in it, and its keys in a folder; a first start makes it once in a run.

    Args:
        folder: of the service; does not exist yet.
    """
    made = once.once("postgresql-demo", _demo)
    folder.mkdir(parents=True)
    shutil.copy(made / "keys.json", folder / "keys.json")
    return create(like=(made / once.DATABASE).read_text(encoding="utf-8"))


def drop(database: str) -> None:
    """Remove a database, whatever role its address names."""
    server, name = re.sub("//[^@]+@", "//postgres@", database).rsplit("/", 1)
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]


def populated_in(server: str, folder: Path) -> str:
    """The same in another server, taken over by a dump."""
    made = once.once("postgresql-demo", _demo)
    folder.mkdir(parents=True)
    shutil.copy(made / "keys.json", folder / "keys.json")
    return dumped_into((made / once.DATABASE).read_text(encoding="utf-8"), create(server))


def dumped_into(source: str, target: str) -> str:
    """Copy a database into an empty one, also while the first is written to; returns the second."""
    dump = subprocess.run(
        ["pg_dump", "--no-owner", "--no-privileges", source], check=True, capture_output=True
    )
    fill = ["psql", "-q", "-v", "ON_ERROR_STOP=1", target]
    subprocess.run(fill, input=dump.stdout, check=True, stdout=subprocess.DEVNULL)
    return target


def as_application(folder: Path, role: str) -> str:
    """A populated database and the application role on it; its address for that role."""
    database = populated(folder)
    command = [
        sys.executable,
        "-m",
        "renben",
        "serve",
        "--demo",
        "--folder",
        str(folder),
        "--database",
        database,
    ]
    subprocess.run([*command, "--roles", role], env=clean_environment(), check=True, capture_output=True)
    return database.replace("//postgres@", f"//{role}@")


class Cluster:
    """An own PostgreSQL server in a folder, which may be stopped without warning."""

    def __init__(self, folder: Path, *options: str) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
        self.tools = found[-1].parent if found else Path(shutil.which("pg_ctl") or "").parent
        self.folder, self.port = folder / "cluster", free_port()
        folder.chmod(0o755)
        self.folder.mkdir()
        shutil.chown(self.folder, "postgres", "postgres")
        self.run(
            "initdb", "-D", str(self.folder), "-A", "trust", "-U", "postgres", "--locale=C.UTF-8", *options
        )
        self.start()

    @property
    def server(self) -> str:
        """Where it listens."""
        return f"postgresql://postgres@127.0.0.1:{self.port}"

    def run(self, tool: str, *arguments: str, room: int = 0) -> None:
        """Run one of PostgreSQL's tools as its user, with room for files of so many bytes at most, 0 for any size."""
        command = [str(self.tools / tool), *arguments]
        if room:
            command = ["bash", "-c", f'ulimit -S -f {room // 1024}; exec "$0" "$@"', *command]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    def start(self, room: int = 0) -> None:
        """Start and wait."""
        options = f"-p {self.port} -k /tmp -c listen_addresses=127.0.0.1 -c autovacuum=off"
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", str(self.folder), "-o", options, "-l", log, "-w", "start", room=room)

    def crash(self) -> None:
        """Stop without writing anything back, then recover."""
        self.run("pg_ctl", "-D", str(self.folder), "-m", "immediate", "-w", "stop")
        self.start()

    def restart(self, room: int = 0) -> None:
        """Stop at once and start again, with room for files of so many bytes at most, 0 for any size."""
        self.run("pg_ctl", "-D", str(self.folder), "-m", "fast", "-w", "stop")
        self.start(room)

    def fill(self, database: str, table: str, size: int) -> None:
        """Grow a table's file to a size (bytes) by rows that are taken back: the space stays, the rows do not."""
        with psycopg.connect(database) as connection:
            while int(connection.execute("SELECT pg_relation_size(%s)", [table]).fetchone()[0]) < size:  # type: ignore[index]
                connection.execute(
                    f"INSERT INTO {table} (key, digest, nonce, at) "  # type: ignore[arg-type]
                    "SELECT gen_random_uuid()::text || repeat('x', 20), repeat('d', 60), repeat('n', 30), now() "
                    "FROM generate_series(1, 500)"
                )
            connection.rollback()

    def stop(self) -> None:
        """Stop gently."""
        self.run("pg_ctl", "-D", str(self.folder), "-m", "fast", "-w", "stop")


def restored(service: Service, folder: Path) -> Service:
    """A copy of the running service's database, made while it runs, under a service of its own."""
    folder.mkdir(parents=True)
    shutil.copy(service.folder / "keys.json", folder / "keys.json")
    if not service.database:
        with sqlite3.connect(service.folder / "web.sqlite3", timeout=30) as source:
            source.execute(f"VACUUM INTO '{folder / 'web.sqlite3'}'")
        return Service(folder)
    server = service.database.rsplit("/", 1)[0]
    return Service(folder, dumped_into(service.database, create(server)))


def verified(service: Service) -> bool:
    """Whether `renben audit verify` finds the seals sound."""
    command = [sys.executable, "-m", "renben", "audit", "verify", "--demo", "--folder", str(service.folder)]
    command += ["--database", service.database] if service.database else []
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("RENBEN_", "DJANGO_"))}
    return (
        subprocess.run(
            command, env={**clean, "PYTHONPATH": str(ROOT / "src")}, stdout=subprocess.DEVNULL
        ).returncode
        == 0
    )
