-- The last reaction of each person to a message; empty where it was taken back, so
-- that an older one that arrives late does not bring it back.
CREATE TABLE reactions (
    message INTEGER NOT NULL REFERENCES messages (pk) ON DELETE CASCADE,
    person  INTEGER NOT NULL, -- ids.pk as it came; 0: the account itself
    text    TEXT NOT NULL,
    ts      INTEGER NOT NULL,
    PRIMARY KEY (message, person)
) STRICT, WITHOUT ROWID;

-- 1 where there are any, so that lists look for no others.
ALTER TABLE messages ADD COLUMN reacted INTEGER NOT NULL DEFAULT 0;
