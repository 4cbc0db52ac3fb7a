-- One row for both events of a message. An event's id is made of its place and its
-- time, and its message's row says where it is: so the outbox needs no index.
CREATE TABLE events (
    seq         INTEGER PRIMARY KEY, -- of the first event
    more        INTEGER NOT NULL,    -- 1: the next place is the same message's second event
    event       TEXT NOT NULL,       -- of the first
    ts_ms       INTEGER NOT NULL,
    id_ms       INTEGER,             -- the time in the id, where it is not ts_ms
    id          TEXT,                -- of an earlier version
    message     INTEGER,             -- messages.pk, while the event has no payload of its own
    chat        INTEGER,             -- ids.pk, as the event shows it
    participant INTEGER,             -- ids.pk, 0 in direct chats
    ack         INTEGER,
    payload     BLOB                 -- last, so that nothing has to be read past it
) STRICT;
INSERT INTO events (seq, more, event, ts_ms, id, message, chat, participant, ack, payload)
    SELECT seq, 0, event, ts_ms, id, message, chat, participant, ack, payload FROM outbox;

-- The place of the newest event there ever was, while the outbox may be empty.
INSERT OR REPLACE INTO settings (name, value)
    SELECT 'last-event', CAST(seq AS TEXT) FROM sqlite_sequence WHERE name = 'outbox';
-- Distinguishes ids of databases.
INSERT INTO settings (name, value) VALUES ('event-salt', lower(hex(randomblob(5))));

ALTER TABLE messages ADD COLUMN event INTEGER; -- outbox.seq, once there was one
UPDATE messages SET event = o.seq FROM (SELECT message, min(seq) AS seq FROM outbox WHERE message IS NOT NULL GROUP BY message) o
    WHERE o.message = messages.pk;

DROP TABLE outbox;
ALTER TABLE events RENAME TO outbox;
