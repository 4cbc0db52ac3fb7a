CREATE TABLE outbox (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    id      TEXT NOT NULL UNIQUE, -- sorts as seq does
    event   TEXT NOT NULL,
    ts_ms   INTEGER NOT NULL,
    payload BLOB NOT NULL -- last, so that nothing has to be read past it
) STRICT;

-- How far each webhook is; everything but seq is about the event after it.
CREATE TABLE webhooks (
    key        TEXT PRIMARY KEY,
    seq        INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    next_at_ms INTEGER NOT NULL DEFAULT 0,
    request_id TEXT NOT NULL DEFAULT '',
    error      TEXT NOT NULL DEFAULT ''
) STRICT;

-- Events given up, with their payload: the outbox forgets.
CREATE TABLE dead_letters (
    pk           INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook      TEXT NOT NULL REFERENCES webhooks (key) ON DELETE CASCADE,
    replay       INTEGER NOT NULL DEFAULT 0,
    seq          INTEGER NOT NULL,
    event_id     TEXT NOT NULL,
    event        TEXT NOT NULL,
    payload      BLOB NOT NULL,
    ts_ms        INTEGER NOT NULL,
    attempts     INTEGER NOT NULL,
    request_id   TEXT NOT NULL,
    error        TEXT NOT NULL,
    failed_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX dead_letters_by_webhook ON dead_letters (webhook, replay, pk);
