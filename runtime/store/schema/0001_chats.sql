-- Times are unix seconds unless a name ends in _ms. Booleans are 0 and 1.

-- Every chat, person and group by number. Rows are never deleted.
CREATE TABLE ids (
    pk    INTEGER PRIMARY KEY,
    id    TEXT NOT NULL UNIQUE,
    phone INTEGER REFERENCES ids (pk) -- of a LID: its phone number, once known
) STRICT;
CREATE INDEX ids_phone ON ids (phone) WHERE phone IS NOT NULL;

-- What is known of people, under the phone number where that is known.
CREATE TABLE contacts (
    pk            INTEGER PRIMARY KEY REFERENCES ids (pk),
    name          TEXT NOT NULL,
    push_name     TEXT NOT NULL,
    business_name TEXT NOT NULL,
    name_key      TEXT NOT NULL -- how lists sort the best of them
) STRICT;
CREATE INDEX contacts_by_name ON contacts (name_key, pk);

-- One row for each id that chats come under. The chat of a LID whose phone
-- number is known is merged into that one, which then has the state of both.
CREATE TABLE chats (
    pk            INTEGER PRIMARY KEY REFERENCES ids (pk),
    id            TEXT NOT NULL,
    merged_into   INTEGER REFERENCES chats (pk),
    listed        INTEGER NOT NULL DEFAULT 0, -- shown when merged
    apart         INTEGER NOT NULL DEFAULT 0, -- shown apart: something arrived under this very id
    name          TEXT NOT NULL DEFAULT '',
    name_key      TEXT NOT NULL DEFAULT '',
    history_name  TEXT NOT NULL DEFAULT '',
    ts            INTEGER NOT NULL DEFAULT 0, -- of the last message
    last          INTEGER,                    -- messages.pk of the last message
    conv_ts       INTEGER NOT NULL DEFAULT 0,
    own_ts        INTEGER NOT NULL DEFAULT 0, -- the same three of what arrived under this very id
    own_last      INTEGER,
    own_conv_ts   INTEGER NOT NULL DEFAULT 0,
    archived      INTEGER, -- NULL: not known, so that a later history may say
    pinned_at     INTEGER,
    muted_until   INTEGER,
    marked_unread INTEGER,
    unread        INTEGER NOT NULL DEFAULT 0,
    imported      INTEGER NOT NULL DEFAULT 0, -- a history has been read for it
    cleared_ts    INTEGER NOT NULL DEFAULT 0  -- history up to here was deleted
) STRICT;
CREATE INDEX chats_by_ts ON chats (ts DESC, id) WHERE listed = 1;
CREATE INDEX chats_by_conv ON chats (conv_ts DESC, id) WHERE listed = 1;
CREATE INDEX chats_by_name ON chats (name_key, id) WHERE listed = 1;
CREATE INDEX chats_by_id ON chats (id) WHERE listed = 1;
CREATE INDEX chats_apart_by_ts ON chats (own_ts DESC, id) WHERE apart = 1;
CREATE INDEX chats_apart_by_conv ON chats (own_conv_ts DESC, id) WHERE apart = 1;
CREATE INDEX chats_apart_by_name ON chats (name_key, id) WHERE apart = 1;
CREATE INDEX chats_apart_by_id ON chats (id) WHERE apart = 1;
CREATE INDEX chats_archived ON chats (pk) WHERE listed = 1 AND archived = 1;
CREATE INDEX chats_unread ON chats (pk) WHERE listed = 1 AND (unread > 0 OR marked_unread = 1);
CREATE INDEX chats_merged ON chats (merged_into) WHERE merged_into IS NOT NULL;

-- Keys of a higher number arrived later. Foreign keys are checked at commit:
-- checked at each statement they would make SQLite keep an undo journal for
-- every insert of several rows, which halves the speed of an import.
CREATE TABLE messages (
    pk           INTEGER PRIMARY KEY,
    chat         INTEGER NOT NULL REFERENCES chats (pk) DEFERRABLE INITIALLY DEFERRED,
    arrived      INTEGER NOT NULL, -- ids.pk of the id it came under
    via_lid      INTEGER NOT NULL, -- arrived <> chat
    stanza       TEXT NOT NULL,
    from_me      INTEGER NOT NULL,
    participant  INTEGER NOT NULL, -- ids.pk as it came; 0 in direct chats
    ts           INTEGER NOT NULL,
    ack          INTEGER NOT NULL,
    type         TEXT NOT NULL,
    body         TEXT NOT NULL,
    sender_name  TEXT NOT NULL,
    from_api     INTEGER NOT NULL DEFAULT 0,
    edited_at    INTEGER NOT NULL DEFAULT 0,
    pinned_until INTEGER NOT NULL DEFAULT 0,
    starred      INTEGER NOT NULL DEFAULT 0,
    detail       TEXT, -- JSON of what few messages have: media, place, cards, quote, mentions
    raw          BLOB
) STRICT;
-- The last two columns tell two senders' messages under one stanza id apart.
CREATE UNIQUE INDEX messages_once ON messages (chat, stanza, from_me, participant);
CREATE INDEX messages_by_chat ON messages (chat, ts);
CREATE INDEX messages_by_chat_state ON messages (chat, via_lid, from_me, ack, ts);
-- Lists of all chats' messages merge a walk for each state: an import pays for
-- every index whose order is not its own, and this one serves them all.
CREATE INDEX messages_by_state ON messages (from_me, ack, ts);

-- Stanzas that leave no row behind, or not any more: their second arrival
-- must be known as one.
CREATE TABLE seen (
    chat        INTEGER NOT NULL,
    stanza      TEXT NOT NULL,
    from_me     INTEGER NOT NULL,
    participant INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (chat, stanza, from_me, participant)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_at ON seen (at);

-- How far a group message has come with each member.
CREATE TABLE receipts (
    message     INTEGER NOT NULL REFERENCES messages (pk) ON DELETE CASCADE,
    participant INTEGER NOT NULL,
    ack         INTEGER NOT NULL,
    PRIMARY KEY (message, participant)
) STRICT, WITHOUT ROWID;

CREATE TABLE groups (
    pk          INTEGER PRIMARY KEY REFERENCES ids (pk),
    subject     TEXT NOT NULL DEFAULT '',
    subject_key TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    owner       INTEGER NOT NULL DEFAULT 0,
    created_at  INTEGER NOT NULL DEFAULT 0,
    announce    INTEGER,
    locked      INTEGER
) STRICT;
CREATE INDEX groups_by_subject ON groups (subject_key, pk);

CREATE TABLE participants (
    grp    INTEGER NOT NULL REFERENCES groups (pk) ON DELETE CASCADE,
    person INTEGER NOT NULL REFERENCES ids (pk),
    lid    INTEGER NOT NULL DEFAULT 0,
    role   TEXT NOT NULL,
    PRIMARY KEY (grp, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE pictures (
    pk         INTEGER PRIMARY KEY REFERENCES ids (pk),
    url        TEXT NOT NULL,
    fetched_at INTEGER NOT NULL
) STRICT;

CREATE TABLE media (
    key      TEXT PRIMARY KEY,
    path     TEXT NOT NULL,
    bucket   TEXT NOT NULL,
    mimetype TEXT NOT NULL,
    size     INTEGER NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX media_by_age ON media (at, key);

CREATE TABLE history_jobs (
    pk       INTEGER PRIMARY KEY AUTOINCREMENT,
    stanza   TEXT NOT NULL UNIQUE,
    notice   BLOB NOT NULL, -- emptied when imported
    state    TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'imported', 'failed')),
    progress INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    retry_at INTEGER NOT NULL DEFAULT 0,
    error    TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX history_jobs_pending ON history_jobs (pk) WHERE state = 'pending';
