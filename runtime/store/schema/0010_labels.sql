-- Labels keep their row when they are deleted, so that no new one gets the number of
-- an old one, whose chats WhatsApp may still name.
CREATE TABLE labels (
    id      TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    color   INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    raw     BLOB NOT NULL -- the engine's own form
) STRICT, WITHOUT ROWID;

-- A label may be told after its chats.
CREATE TABLE chat_labels (
    label TEXT NOT NULL,
    chat  INTEGER NOT NULL REFERENCES ids (pk),
    PRIMARY KEY (label, chat)
) STRICT, WITHOUT ROWID;
CREATE INDEX chat_labels_by_chat ON chat_labels (chat, label);

-- An account that was linked before has read its labels past: the app state has to
-- be fetched again.
INSERT INTO settings (name, value) SELECT 'app-state-behind', '1' WHERE EXISTS (SELECT 1 FROM chats);
