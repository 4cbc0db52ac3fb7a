-- Messages of the account that wait to be sent, in the order of their keys.
CREATE TABLE waiting (
    message  INTEGER PRIMARY KEY REFERENCES messages (pk) ON DELETE CASCADE,
    tries    INTEGER NOT NULL DEFAULT 0, -- how often it was handed to WhatsApp
    retry_ms INTEGER NOT NULL DEFAULT 0 -- until then it may be under way
) STRICT;

-- What was sent while there were limits, for as long as limits reach back.
CREATE TABLE paced (
    pk    INTEGER PRIMARY KEY,
    chat  INTEGER NOT NULL REFERENCES ids (pk),
    at_ms INTEGER NOT NULL,
    fresh INTEGER NOT NULL -- the first message of its chat
) STRICT;
CREATE INDEX paced_at ON paced (at_ms);

-- An account that was linked before counts from its oldest message.
INSERT INTO settings (name, value) SELECT 'linked-at', CAST(min(ts) AS TEXT) FROM messages WHERE ts > 0 HAVING count(*) > 0;
