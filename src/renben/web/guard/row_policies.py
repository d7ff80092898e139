"""PostgreSQL row policies, as migrations make them and take them away: who may see and write a row of a table."""

from typing import Any

JOBS = ("sweeper", "flow", "registry", "review", "search", "duplicates", "setup")
"""Jobs of the system, which every policy lets through; one more needs a migration that makes the policies anew."""
ACCOUNT = "(SELECT current_setting('renben.user', true))"
PERSON = "(SELECT current_setting('renben.person', true))"


def in_range(column: str = "region") -> str:
    """That the row's region lies in one of the actor's ranges."""
    one = (
        "({1} >= (SELECT current_setting('renben.low{0}', true)) COLLATE \"C\" "
        "AND {1} < (SELECT current_setting('renben.high{0}', true)) COLLATE \"C\")"
    )
    return " OR ".join(one.format(number, column) for number in (1, 2, 3))


def of_office(column: str = "office") -> str:
    """That the row names no office, or the one for which the actor's account works (programme/seats)."""
    mine = f"(SELECT seat.office FROM programme_seat seat WHERE seat.user_id::text = {ACCOUNT})"
    return f"({column} = '' OR {column} = {mine})"


def hold(editor: Any, table: str, rule: str) -> None:
    """Let only rows through that a rule (SQL) or a job of the system allows, to read and to write, the owner too."""
    jobs = ", ".join(f"'{job}'" for job in JOBS)
    allowed = f"(SELECT current_setting('renben.job', true)) IN ({jobs}) OR {rule}"
    editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    editor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    editor.execute(f"CREATE POLICY scope ON {table} USING ({allowed}) WITH CHECK ({allowed})")


def release(editor: Any, table: str) -> None:
    """Take a table's policy away."""
    editor.execute(f"DROP POLICY scope ON {table}")
    editor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
