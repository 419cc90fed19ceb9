"""The history's tables, and how older files are brought up to date."""

import sqlite3
from collections.abc import Sequence

Migration = tuple[str, ...]
"""The statements that lead from one version to the next."""

MIGRATIONS: tuple[Migration, ...] = (
    (
        # times: whole microseconds since 1970 in UTC; `party`: what the repeat guard compares (E.164 or dial string);
        # `owner_*` and `boot*`: the process that places the call and the computer's clock that nobody sets (owner.py)
        """CREATE TABLE calls (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            request_id TEXT NOT NULL UNIQUE,
            requested_at INTEGER NOT NULL,
            begun_at INTEGER NOT NULL,
            finished_at INTEGER,
            origin TEXT NOT NULL,
            outcome TEXT NOT NULL,
            party TEXT NOT NULL,
            dialed TEXT NOT NULL,
            e164 TEXT NOT NULL,
            extension TEXT NOT NULL,
            region TEXT NOT NULL,
            display TEXT NOT NULL,
            line TEXT NOT NULL,
            name TEXT NOT NULL,
            code INTEGER,
            message TEXT NOT NULL DEFAULT '',
            problem TEXT NOT NULL DEFAULT '',
            server TEXT NOT NULL DEFAULT '',
            callid TEXT NOT NULL DEFAULT '',
            owner_pid INTEGER NOT NULL,
            owner_started TEXT NOT NULL,
            boot TEXT NOT NULL,
            boot_us INTEGER NOT NULL
        )""",
        "CREATE INDEX calls_by_party ON calls (party, outcome, id)",
        "CREATE INDEX calls_under_way ON calls (id) WHERE outcome = 'placing'",
    ),
    (
        # what became of a call after the PBX took it on (`CallProgress`; `end` is a word of SQL), and the user's note
        "ALTER TABLE calls ADD COLUMN state TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE calls ADD COLUMN call_end TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE calls ADD COLUMN answered_at INTEGER",
        "ALTER TABLE calls ADD COLUMN ended_at INTEGER",
        "ALTER TABLE calls ADD COLUMN talk_s INTEGER",
        "ALTER TABLE calls ADD COLUMN note TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX calls_live ON calls (id) WHERE state IN ('requested', 'ringing', 'calling', 'connected')",
    ),
)
"""Number n leads from version n to n + 1. What was released is never changed, only added to."""


def version_of(connection: sqlite3.Connection) -> int:
    """The file's version; 0 when it is empty."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Bring a file up to date in one transaction: killed half-way, it is as before.

    Args:
        connection: In autocommit mode.
        migrations: All of them, from version 0 on.
    """
    if version_of(connection) == len(migrations):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for migration in migrations[version_of(connection) :]:
            for statement in migration:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")  # takes no parameters
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
