CREATE TABLE archive_runs (
    id            TEXT PRIMARY KEY, -- a ULID: sorts by age
    "trigger"     TEXT NOT NULL,
    request_id    TEXT NOT NULL,
    dry_run       INTEGER NOT NULL,
    started_at_ms INTEGER NOT NULL,
    finished_at_ms INTEGER NOT NULL DEFAULT 0,
    result        TEXT NOT NULL DEFAULT '',
    message       TEXT NOT NULL DEFAULT '',
    candidates    INTEGER NOT NULL DEFAULT 0,
    archived      INTEGER NOT NULL DEFAULT 0,
    groups_left   INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE archive_items (
    run           TEXT NOT NULL REFERENCES archive_runs (id) ON DELETE CASCADE,
    n             INTEGER NOT NULL,
    chat          TEXT NOT NULL,
    name          TEXT NOT NULL,
    policy        TEXT NOT NULL,
    leave         INTEGER NOT NULL,
    last_activity INTEGER NOT NULL,
    state         TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'skipped')),
    PRIMARY KEY (run, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX archive_items_pending ON archive_items (run, chat, leave) WHERE state = 'pending';

-- Single values, by name.
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
